// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/stored_weights.h"

#include <cmath>
#include <cstring>

#include "ir/record.h"
#include "ir/verifier.h"

namespace mote::tflite {
namespace {

std::shared_ptr<const Bytes> shared(Bytes bytes) {
  return std::make_shared<const Bytes>(std::move(bytes));
}

/// Two values to a byte, the low nibble first.
Bytes unpack_int4(const Bytes& packed, size_t elements) {
  Bytes wide(elements);
  for (size_t i = 0; i < elements; ++i) {
    uint8_t nibble = packed[i / 2] >> (i % 2 * 4) & 15;
    wide[i] = static_cast<uint8_t>(nibble >= 8 ? nibble | 0xf0 : nibble);
  }
  return wide;
}

/// IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction.
float from_half(uint16_t half) {
  int exponent = half >> 10 & 31;
  float fraction = static_cast<float>(half & 1023);
  float magnitude = exponent == 0    ? std::ldexp(fraction, -24)
                    : exponent == 31 ? (fraction != 0 ? NAN : INFINITY)
                                     : std::ldexp(fraction + 1024, exponent - 25);
  return half & 0x8000 ? -magnitude : magnitude;
}

Bytes widen_halves(const Bytes& halves) {
  Bytes wide(halves.size() * 2);
  for (size_t i = 0; i < halves.size() / 2; ++i) {
    uint16_t half;
    std::memcpy(&half, halves.data() + 2 * i, sizeof half);
    float value = from_half(half);
    std::memcpy(wide.data() + 4 * i, &value, sizeof value);
  }
  return wide;
}

bool is_quantized_8(const Tensor& tensor) {
  return tensor.constant() && tensor.quantization.quantized() &&
         (tensor.dtype == DType::kInt8 || tensor.dtype == DType::kUInt8);
}

/// scale · (q - zero_point) of each element.
Tensor dequantized(const Tensor& stored) {
  const Quantization& q = stored.quantization;
  int64_t inner = stored.shape.product(q.axis + 1, stored.shape.rank);
  Bytes wide(stored.data->size() * sizeof(float));
  for (size_t i = 0; i < stored.data->size(); ++i) {
    size_t channel = q.per_channel() ? i / static_cast<size_t>(inner) % q.scales.size() : size_t{0};
    int32_t value =
        stored.dtype == DType::kInt8 ? static_cast<int8_t>((*stored.data)[i]) : (*stored.data)[i];
    int32_t zero_point = q.zero_points.empty() ? 0 : q.zero_points[channel];
    float real = q.scales[channel] * static_cast<float>(value - zero_point);
    std::memcpy(wide.data() + i * sizeof real, &real, sizeof real);
  }
  Tensor tensor = stored;
  tensor.dtype = DType::kFloat32;
  tensor.quantization = {};
  tensor.data = shared(std::move(wide));
  return tensor;
}

}  // namespace

Result<void> StoredWeights::spend(uint64_t bytes) {
  if (bytes > *left_bytes_) return fail("the weights take more than 1 GiB once they are unpacked");
  *left_bytes_ -= bytes;
  return {};
}

Result<void> StoredWeights::widen(Tensor* tensor) {
  if (!tensor->constant()) return {};
  if (tensor->dtype == DType::kInt4) {
    auto elements = static_cast<size_t>(tensor->shape.elements());
    MOTE_CHECK_OK(spend(elements));
    tensor->data = shared(unpack_int4(*tensor->data, elements));
    tensor->dtype = DType::kInt8;
  } else if (tensor->dtype == DType::kFloat16) {
    MOTE_CHECK_OK(spend(2 * tensor->data->size()));
    tensor->data = shared(widen_halves(*tensor->data));
    tensor->dtype = DType::kFloat32;
  }
  return {};
}

Result<void> StoredWeights::expand_hybrid(Graph* graph, Node* node) {
  if (accepts_types(*graph, *node)) return {};
  Node wide = *node;
  for (TensorId& id : wide.inputs) {
    if (id == kAbsent || !is_quantized_8(graph->tensor(id))) continue;
    auto [at, fresh] = expanded_.try_emplace(id, static_cast<TensorId>(graph->tensors.size()));
    if (fresh) {
      MOTE_CHECK_OK(spend(graph->tensor(id).bytes() * sizeof(float)));
      graph->tensors.push_back(dequantized(graph->tensor(id)));
    }
    id = at->second;
  }
  if (accepts_types(*graph, wide)) *node = std::move(wide);
  return {};
}

bool is_float_identity(const Graph& graph, const Node& node) {
  if (node.record->name != "DEQUANTIZE" || node.inputs.size() != 1) return false;
  if (node.inputs[0] == kAbsent) return false;
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  return input.constant() && input.dtype == DType::kFloat32 && output.dtype == DType::kFloat32 &&
         input.shape == output.shape;
}

}  // namespace mote::tflite
