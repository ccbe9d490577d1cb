// SPDX-License-Identifier: Apache-2.0
// The compiler's picture of a model: tensors, and nodes in execution order. A node names its
// operator by record and keeps its attributes as named values, so one importer, one text form and
// one verifier serve all operators. A node of control flow (IF, WHILE, CALL_ONCE) holds the graphs
// that it may run, its bodies. Graphs are plain values: copying one is the way to try a pass.
#ifndef MOTE_IR_GRAPH_H_
#define MOTE_IR_GRAPH_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/dtype.h"
#include "base/host/file.h"
#include "base/shape.h"

namespace mote {

struct OperatorRecord;

/// Affine quantisation: real = scale · (q - zero_point), with one pair for the whole tensor or one
/// for each index of dimension `axis`. Empty scales: not quantised.
struct Quantization {
  std::vector<float> scales;
  std::vector<int32_t> zero_points;  // as many as scales
  int axis = 0;

  bool quantized() const { return !scales.empty(); }
  bool per_channel() const { return scales.size() > 1; }
  float scale() const { return scales.empty() ? 0.0f : scales[0]; }
  int32_t zero_point() const { return zero_points.empty() ? 0 : zero_points[0]; }
  bool operator==(const Quantization&) const = default;
};

/// Per-tensor quantisation, the common case.
Quantization quantization(float scale, int32_t zero_point);

struct Tensor {
  std::string name;
  DType dtype = DType::kFloat32;
  Shape shape;
  Quantization quantization;
  std::shared_ptr<const Bytes> data;  // set for constants; little-endian, row-major
  /// State: keeps its bytes from one run to the next. Variables of one name are one variable,
  /// wherever in a model and its bodies they stand. A reset gives them `data` or, without it, the
  /// zero point.
  bool variable = false;

  bool constant() const { return data != nullptr && !variable; }
  uint64_t bytes() const { return bytes_of(dtype, static_cast<uint64_t>(shape.elements())); }
  /// A constant's elements. REQUIRES: constant() and T is dtype's C++ type.
  template <typename T>
  const T* as() const {
    return reinterpret_cast<const T*>(data->data());
  }
};

/// An attribute's value. Enumerations are strings ("SAME", "RELU6").
using Attribute = std::variant<bool, int64_t, double, std::string, std::vector<int64_t>>;
using Attributes = std::map<std::string, Attribute>;

using TensorId = int;
constexpr TensorId kAbsent = -1;  // an optional input that isn't there

struct Node;

struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;  // in execution order
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;

  const Tensor& tensor(TensorId id) const { return tensors[static_cast<size_t>(id)]; }
  Tensor& tensor(TensorId id) { return tensors[static_cast<size_t>(id)]; }
};

struct Node {
  const OperatorRecord* record = nullptr;
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;
  Attributes attributes;
  std::vector<Graph> bodies = {};  // as many as the record has
};

/// Calls visit(graph) for all bodies of the graph's nodes, however deep, then for the graph itself.
template <typename G, typename Visit>
void for_each_graph(G& graph, Visit visit) {
  for (auto& node : graph.nodes) {
    for (auto& body : node.bodies) for_each_graph(body, visit);
  }
  visit(graph);
}

/// What a reset puts into a variable. REQUIRES: tensor.variable.
Bytes initial_value(const Tensor& tensor);

/// "int8[1,49,10,1]": a tensor's type in messages and text forms.
std::string type_text(DType dtype, const Shape& shape);
std::string type_text(const Tensor& tensor);
/// "[1,49,10,1]"; "[]" for a scalar.
std::string shape_text(const Shape& shape);

}  // namespace mote

#endif  // MOTE_IR_GRAPH_H_
