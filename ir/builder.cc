// SPDX-License-Identifier: Apache-2.0
#include "ir/builder.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "ir/verifier.h"

namespace mote {
namespace {

[[noreturn]] void abort_with(const Graph& graph, const Error& error) {
  fmt::print(stderr, "GraphBuilder '{}': {}\n", graph.name, error.message);
  abort();
}

template <typename T, typename Draw>
Bytes fill(uint64_t elements, Draw draw) {
  Bytes bytes(elements * sizeof(T));
  for (uint64_t i = 0; i < elements; ++i) {
    T value = draw();
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
  }
  return bytes;
}

}  // namespace

TensorId GraphBuilder::add(Tensor tensor) {
  if (tensor.name.empty()) tensor.name = fmt::format("t{}", graph_.tensors.size());
  graph_.tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(graph_.tensors.size()) - 1;
}

TensorId GraphBuilder::input(DType dtype, Shape shape, Quantization q, std::string name) {
  TensorId id = add({std::move(name), dtype, shape, std::move(q), nullptr});
  graph_.inputs.push_back(id);
  return id;
}

TensorId GraphBuilder::constant(DType dtype, Shape shape, Bytes data, Quantization q,
                                std::string name) {
  return add({std::move(name), dtype, shape, std::move(q),
              std::make_shared<const Bytes>(std::move(data))});
}

TensorId GraphBuilder::variable(DType dtype, Shape shape, std::string name, Quantization q,
                                Bytes initial) {
  Tensor tensor{std::move(name), dtype, shape, std::move(q), nullptr};
  if (!initial.empty()) tensor.data = std::make_shared<const Bytes>(std::move(initial));
  tensor.variable = true;
  return add(std::move(tensor));
}

TensorId GraphBuilder::random_constant(std::mt19937& random, DType dtype, Shape shape,
                                       Quantization q) {
  uint64_t elements = static_cast<uint64_t>(shape.elements());
  Bytes data =
      dtype == DType::kInt32
          ? fill<int32_t>(elements, [&] { return random_int(random, -20000, 20000); })
      : dtype == DType::kInt64
          ? fill<int64_t>(elements, [&] { return random_int(random, -10'000'000, 10'000'000); })
          : random_bytes(random, dtype, elements);
  return constant(dtype, shape, std::move(data), std::move(q));
}

TensorId GraphBuilder::random_weights(std::mt19937& random, DType dtype, Shape shape,
                                      Quantization q) {
  uint64_t elements = static_cast<uint64_t>(shape.elements());
  if (dtype == DType::kInt4) {
    Bytes data =
        fill<int8_t>(elements, [&] { return static_cast<int8_t>(random_int(random, -8, 7)); });
    return constant(DType::kInt8, shape, std::move(data), std::move(q));
  }
  bool narrow = random_int(random, 0, 3) != 0;
  if (dtype == DType::kUInt8 && narrow) {
    int low = std::max(0, q.zero_point() - 127), high = std::min(255, q.zero_point() + 127);
    Bytes data = fill<uint8_t>(elements,
                               [&] { return static_cast<uint8_t>(random_int(random, low, high)); });
    return constant(dtype, shape, std::move(data), std::move(q));
  }
  if (dtype != DType::kInt8 || !narrow) {
    return random_constant(random, dtype, shape, std::move(q));
  }
  Bytes data =
      fill<int8_t>(elements, [&] { return static_cast<int8_t>(random_int(random, -127, 127)); });
  return constant(dtype, shape, std::move(data), std::move(q));
}

void GraphBuilder::add_node(Node node) {
  if (node.record->state && node.inputs.size() < node.record->inputs.size()) {
    Result<Tensor> state = make_state(graph_, node);
    if (!state.ok()) abort_with(graph_, state.error());
    node.inputs.push_back(add(*std::move(state)));
  }
  Result<std::vector<Shape>> shapes = infer_shapes(graph_, node);
  if (!shapes.ok()) abort_with(graph_, shapes.error());
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    graph_.tensor(node.outputs[i]).shape = (*shapes)[i];
  }
  graph_.nodes.push_back(std::move(node));
}

std::vector<TensorId> GraphBuilder::node(const OperatorRecord& record, std::vector<TensorId> inputs,
                                         Attributes attributes, DType dtype, Quantization q,
                                         int outputs) {
  Node node{&record, std::move(inputs), {}, std::move(attributes)};
  for (int i = 0; i < outputs; ++i) node.outputs.push_back(add({{}, dtype, {}, q, nullptr}));
  std::vector<TensorId> ids = node.outputs;
  add_node(std::move(node));
  return ids;
}

std::vector<TensorId> GraphBuilder::node(const OperatorRecord& record, std::vector<TensorId> inputs,
                                         Attributes attributes, const std::vector<DType>& dtypes,
                                         const std::vector<Quantization>& quantizations) {
  Node node{&record, std::move(inputs), {}, std::move(attributes)};
  for (size_t i = 0; i < dtypes.size(); ++i) {
    Quantization q = i < quantizations.size() ? quantizations[i] : Quantization();
    node.outputs.push_back(add({{}, dtypes[i], {}, std::move(q), nullptr}));
  }
  std::vector<TensorId> ids = node.outputs;
  add_node(std::move(node));
  return ids;
}

std::vector<TensorId> GraphBuilder::node(const OperatorRecord& record, std::vector<TensorId> inputs,
                                         Attributes attributes, std::vector<Graph> bodies) {
  Node node{&record, std::move(inputs), {}, std::move(attributes), std::move(bodies)};
  const Graph& like = node.bodies.back();
  for (TensorId id : like.outputs) {
    const Tensor& tensor = like.tensor(id);
    node.outputs.push_back(add({{}, tensor.dtype, tensor.shape, tensor.quantization, nullptr}));
  }
  graph_.nodes.push_back(node);
  return node.outputs;
}

TensorId GraphBuilder::node(const OperatorRecord& record, std::vector<TensorId> inputs,
                            Attributes attributes, DType dtype, Quantization q, std::string name) {
  TensorId id = node(record, std::move(inputs), std::move(attributes), dtype, std::move(q), 1)[0];
  if (!name.empty()) graph_.tensor(id).name = std::move(name);
  return id;
}

Graph GraphBuilder::build(std::vector<TensorId> outputs) {
  graph_.outputs = std::move(outputs);
  Result<void> verified = verify(graph_);
  if (!verified.ok()) abort_with(graph_, verified.error());
  return graph_;
}

int random_int(std::mt19937& random, int low, int high) {
  uint64_t range = static_cast<uint64_t>(static_cast<int64_t>(high) - low) + 1;
  return static_cast<int>(low + static_cast<int64_t>(random() * range >> 32));
}

float random_float(std::mt19937& random, float low, float high) {
  return low + (high - low) * static_cast<float>(random() >> 8) * (1.0f / (1 << 24));
}

Bytes random_bytes(std::mt19937& random, DType dtype, uint64_t elements) {
  switch (dtype) {
    case DType::kFloat32:
      return fill<float>(elements, [&] { return random_float(random, -1, 1); });
    case DType::kBool:
      return fill<uint8_t>(elements, [&] { return static_cast<uint8_t>(random() >> 31); });
    default:
      return fill<uint8_t>(bytes_of(dtype, elements),
                           [&] { return static_cast<uint8_t>(random() >> 24); });
  }
}

std::vector<Bytes> random_inputs(std::mt19937& random, const Graph& graph) {
  std::vector<Bytes> inputs;
  for (TensorId id : graph.inputs) {
    const Tensor& tensor = graph.tensor(id);
    inputs.push_back(
        random_bytes(random, tensor.dtype, static_cast<uint64_t>(tensor.shape.elements())));
  }
  return inputs;
}

Quantization random_quantization(std::mt19937& random) {
  float scale = random_float(random, 0.01f, 0.1f);
  return quantization(scale, random_int(random, -128, 127));
}

Quantization random_quantization(std::mt19937& random, DType dtype) {
  switch (dtype) {
    case DType::kInt8:
      return random_quantization(random);
    case DType::kUInt8: {
      Quantization q = random_quantization(random);
      q.zero_points[0] += 128;
      return q;
    }
    case DType::kInt16:
      return quantization(random_float(random, 0.0001f, 0.001f), 0);
    default:
      return {};
  }
}

Quantization random_weight_quantization(std::mt19937& random, DType dtype) {
  if (dtype == DType::kFloat32) return {};
  float scale = random_float(random, 0.002f, 0.02f);
  return quantization(scale, dtype == DType::kUInt8 ? random_int(random, 90, 160) : 0);
}

Quantization random_channel_quantization(std::mt19937& random, int axis, int channels) {
  Quantization q;
  q.axis = axis;
  for (int i = 0; i < channels; ++i) {
    q.scales.push_back(random_float(random, 0.002f, 0.02f));
    q.zero_points.push_back(0);
  }
  return q;
}

}  // namespace mote
