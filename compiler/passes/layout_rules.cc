// SPDX-License-Identifier: Apache-2.0
#include "compiler/passes/layout_rules.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "ir/record.h"

namespace mote {
namespace {

// ---- constant operands that are lists of integers

std::optional<std::vector<int32_t>> list_of(const Graph& graph, TensorId id) {
  const Tensor& tensor = graph.tensor(id);
  if (!tensor.constant() || tensor.dtype != DType::kInt32) return {};
  return std::vector<int32_t>(tensor.as<int32_t>(), tensor.as<int32_t>() + tensor.shape.elements());
}

/// A constant like `id` with other elements.
TensorId list_like(Graph& graph, TensorId id, const std::vector<int32_t>& values) {
  Tensor tensor = graph.tensor(id);
  Bytes bytes(values.size() * sizeof(int32_t));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  tensor.data = std::make_shared<const Bytes>(std::move(bytes));
  graph.tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(graph.tensors.size()) - 1;
}

/// Reorders operand i, which has `each` integers for each dimension.
bool reorder_operand(Graph& graph, Node& node, int i, size_t each, const Permutation& p) {
  TensorId& id = node.inputs[static_cast<size_t>(i)];
  std::optional<std::vector<int32_t>> values = list_of(graph, id);
  if (!values || values->size() != each * p.size()) return false;
  std::vector<int32_t> reordered(values->size());
  for (size_t d = 0; d < p.size(); ++d) {
    for (size_t k = 0; k < each; ++k) {
      reordered[static_cast<size_t>(p[d]) * each + k] = (*values)[d * each + k];
    }
  }
  id = list_like(graph, id, reordered);
  return true;
}

/// Renames the axes that operand i lists; all of them are in range, since the graph verified.
bool rename_axes(Graph& graph, Node& node, int i, const Permutation& p) {
  TensorId& id = node.inputs[static_cast<size_t>(i)];
  std::optional<std::vector<int32_t>> axes = list_of(graph, id);
  if (!axes) return false;
  int rank = static_cast<int>(p.size());
  for (int32_t& axis : *axes) axis = p[static_cast<size_t>(axis < 0 ? axis + rank : axis)];
  id = list_like(graph, id, *axes);
  return true;
}

// ---- rules

std::optional<Permutation> elementwise(Graph&, Node&, const Permutation& p) {
  return p;
}

/// Rows along the last dimension, which stays the last one.
std::optional<Permutation> along_last(Graph&, Node&, const Permutation& p) {
  if (p.empty() || p.back() != static_cast<int>(p.size()) - 1) return {};
  return p;
}

std::optional<Permutation> concatenation(Graph&, Node& node, const Permutation& p) {
  int64_t axis = 0;
  auto found = node.attributes.find("axis");
  if (found != node.attributes.end()) axis = std::get<int64_t>(found->second);
  if (axis < 0) axis += static_cast<int64_t>(p.size());
  node.attributes["axis"] = int64_t{p[static_cast<size_t>(axis)]};
  return p;
}

std::optional<Permutation> pad(Graph& graph, Node& node, const Permutation& p) {
  if (!reorder_operand(graph, node, 1, 2, p)) return {};
  return p;
}

std::optional<Permutation> tile(Graph& graph, Node& node, const Permutation& p) {
  if (!reorder_operand(graph, node, 1, 1, p)) return {};
  return p;
}

std::optional<Permutation> slice(Graph& graph, Node& node, const Permutation& p) {
  if (!reorder_operand(graph, node, 1, 1, p) || !reorder_operand(graph, node, 2, 1, p)) return {};
  return p;
}

std::optional<Permutation> strided_slice(Graph& graph, Node& node, const Permutation& p) {
  for (const char* name : {"begin_mask", "end_mask", "shrink_axis_mask"}) {
    auto found = node.attributes.find(name);
    if (found == node.attributes.end()) continue;
    int64_t mask = std::get<int64_t>(found->second), reordered = 0;
    if (mask != 0 && std::string_view(name) == "shrink_axis_mask") return {};
    for (size_t d = 0; d < p.size(); ++d) reordered |= (mask >> d & 1) << p[d];
    found->second = reordered;
  }
  for (int i : {1, 2, 3}) {
    if (!reorder_operand(graph, node, i, 1, p)) return {};
  }
  return p;
}

std::optional<Permutation> split_v(Graph& graph, Node& node, const Permutation& p) {
  if (!rename_axes(graph, node, 2, p)) return {};
  return p;
}

std::optional<Permutation> split(Graph& graph, Node& node, const Permutation& p) {
  if (!rename_axes(graph, node, 0, p)) return {};
  return p;
}

/// What is left of the order when dimensions go. Those that go must keep their order among
/// themselves, since floats are summed in it.
std::optional<Permutation> reduce(Graph& graph, Node& node, const Permutation& p) {
  if (!rename_axes(graph, node, 1, p)) return {};
  std::vector<int32_t> summed = *list_of(graph, node.inputs[1]);
  Permutation in_order;
  std::ranges::copy_if(p, std::back_inserter(in_order),
                       [&](int d) { return std::ranges::count(summed, d) != 0; });
  if (!is_identity(in_order)) return {};
  auto keep = node.attributes.find("keep_dims");
  if (keep != node.attributes.end() && std::get<bool>(keep->second)) return p;
  Permutation left;
  for (int d : p) {
    if (std::ranges::count(summed, d) != 0) continue;
    int before = 0;
    for (int other = 0; other < d; ++other)
      before += std::ranges::count(summed, other) == 0 ? 1 : 0;
    left.push_back(before);
  }
  return left;
}

#define MOTE_ROW(name) {name, 0, 0, elementwise},
constexpr LayoutRule kRules[] = {
    // clang-format off
    MOTE_ROW("ABS") MOTE_ROW("ADD") MOTE_ROW("CAST") MOTE_ROW("CEIL") MOTE_ROW("COS")
    MOTE_ROW("DEQUANTIZE") MOTE_ROW("DIV") MOTE_ROW("ELU") MOTE_ROW("EQUAL") MOTE_ROW("EXP")
    MOTE_ROW("FLOOR") MOTE_ROW("FLOOR_DIV") MOTE_ROW("FLOOR_MOD") MOTE_ROW("GELU")
    MOTE_ROW("GREATER") MOTE_ROW("GREATER_EQUAL") MOTE_ROW("HARD_SWISH") MOTE_ROW("LEAKY_RELU")
    MOTE_ROW("LESS") MOTE_ROW("LESS_EQUAL") MOTE_ROW("LOG") MOTE_ROW("LOGICAL_AND")
    MOTE_ROW("LOGICAL_NOT") MOTE_ROW("LOGICAL_OR") MOTE_ROW("LOGISTIC") MOTE_ROW("MAXIMUM")
    MOTE_ROW("MINIMUM") MOTE_ROW("MUL") MOTE_ROW("NEG") MOTE_ROW("NOT_EQUAL") MOTE_ROW("POW")
    MOTE_ROW("PRELU") MOTE_ROW("QUANTIZE") MOTE_ROW("RELU") MOTE_ROW("RELU6")
    MOTE_ROW("RELU_0_TO_1") MOTE_ROW("RELU_N1_TO_1") MOTE_ROW("ROUND") MOTE_ROW("RSQRT")
    MOTE_ROW("SELECT_V2") MOTE_ROW("SIGN") MOTE_ROW("SIN") MOTE_ROW("SQRT") MOTE_ROW("SQUARE")
    MOTE_ROW("SQUARED_DIFFERENCE") MOTE_ROW("SUB") MOTE_ROW("TANH")
    // clang-format on
    {"CONCATENATION", 0, 0, concatenation},
    {"LOG_SOFTMAX", 0, 1, along_last},
    {"MEAN", 0, 1, reduce},
    {"MIRROR_PAD", 0, 1, pad},
    {"PAD", 0, 1, pad},
    {"PADV2", 0, 1, pad},
    {"REDUCE_MAX", 0, 1, reduce},
    {"REDUCE_MIN", 0, 1, reduce},
    {"REDUCE_PROD", 0, 1, reduce},
    {"SLICE", 0, 1, slice},
    {"SOFTMAX", 0, 1, along_last},
    {"SPLIT", 1, 1, split},
    {"SPLIT_V", 0, 1, split_v},
    {"STRIDED_SLICE", 0, 1, strided_slice},
    {"SUM", 0, 1, reduce},
    {"TILE", 0, 1, tile},
};
#undef MOTE_ROW

}  // namespace

const LayoutRule* layout_rule(std::string_view record) {
  const LayoutRule* found =
      std::ranges::find_if(kRules, [&](const LayoutRule& rule) { return rule.name == record; });
  return found == std::end(kRules) ? nullptr : found;
}

}  // namespace mote
