// SPDX-License-Identifier: Apache-2.0
#include "train/torch/rounding.h"

#include "train/quantize/values.h"
#include "train/quantize/weights.h"

namespace mote::train {

Rounding::Rounding(const Graph& real, const Graph& integers, int weight_bits)
    : real_(real), scales_(real.tensors.size()), weight_bits_(weight_bits) {
  std::map<std::string, const Tensor*> by_name;
  for (const Tensor& tensor : integers.tensors) by_name[tensor.name] = &tensor;
  for (size_t id = 0; id < real.tensors.size(); ++id) {
    auto found = by_name.find(real.tensors[id].name);
    if (real.tensors[id].constant() || found == by_name.end()) continue;
    const Quantization& q = found->second->quantization;
    if (!q.quantized()) continue;
    scales_[id] = {found->second->dtype, static_cast<double>(q.scale()), q.zero_point()};
  }
}

torch::Tensor Rounding::activation(TensorId id, const torch::Tensor& x) const {
  const Scale& s = scales_[static_cast<size_t>(id)];
  if (s.dtype == DType::kFloat32) return x;
  const int64_t low = s.dtype == DType::kInt16 ? -32768 : -128;
  return torch::fake_quantize_per_tensor_affine(x, s.scale, s.zero_point, low, -low - 1);
}

torch::Tensor Rounding::weights(const Node& node, size_t i, const torch::Tensor& w) const {
  if (i != 1 || !is_weighted(node)) return w;
  const bool depthwise = node.record->name == "DEPTHWISE_CONV_2D";
  Tensor plain = real_.tensor(node.inputs[1]);
  plain.data = tensor_bytes(w);
  const Tensor integers = quantize::quantize_weights(
      plain, {.axis = depthwise ? 3 : 0, .bits = depthwise ? 8 : weight_bits_});
  const std::vector<float> rounded = quantize::real_values(integers, *integers.data);
  const torch::Tensor to = torch::tensor(rounded).reshape(w.sizes());
  return w + (to - w).detach();
}

}  // namespace mote::train
