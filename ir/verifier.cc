// SPDX-License-Identifier: Apache-2.0
#include "ir/verifier.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace mote {
namespace {

Result<void> check_arity(const std::vector<OperandSpec>& specs, const std::vector<TensorId>& ids,
                         const char* kind) {
  bool variadic = !specs.empty() && (specs.back().arity == OperandSpec::kVariadic ||
                                     specs.back().arity == OperandSpec::kAnyNumber);
  if (ids.size() > specs.size() && !variadic) {
    return fail("has {} {}s, takes at most {}", ids.size(), kind, specs.size());
  }
  for (size_t i = 0; i < specs.size(); ++i) {
    bool given = i < ids.size() && ids[i] != kAbsent;
    bool needed = specs[i].arity == OperandSpec::kOne || specs[i].arity == OperandSpec::kVariadic ||
                  (specs[i].arity == OperandSpec::kAnyNumber && i < ids.size());
    if (!given && needed) {
      return fail("{} {} ({}) is missing", kind, i, specs[i].name);
    }
  }
  for (size_t i = specs.size(); i < ids.size(); ++i) {
    if (ids[i] == kAbsent) return fail("{} {} is missing", kind, i);
  }
  return {};
}

Result<void> check_attribute(const AttributeSpec& spec, const Attribute& value) {
  if (value.index() != spec.fallback.index()) {
    return fail("attribute {} has the wrong type", spec.name);
  }
  if (auto* integer = std::get_if<int64_t>(&value)) {
    // Attributes travel as 32-bit integers to kernels and .tflite files.
    int64_t low = std::max<int64_t>(spec.low, INT32_MIN),
            high = std::min<int64_t>(spec.high, INT32_MAX);
    if (*integer < low || *integer > high) {
      return fail("attribute {} is {}, must lie in {}..{}", spec.name, *integer, low, high);
    }
  }
  if (auto* text = std::get_if<std::string>(&value)) {
    if (std::find(spec.choices.begin(), spec.choices.end(), *text) == spec.choices.end()) {
      return fail("attribute {} is {}, must be one of {}", spec.name, *text,
                  fmt::join(spec.choices, ", "));
    }
  }
  if (auto* real = std::get_if<double>(&value)) {
    if (!std::isfinite(*real)) return fail("attribute {} isn't a finite number", spec.name);
  }
  return {};
}

Result<void> check_attributes(const OperatorRecord& record, const Attributes& attributes) {
  for (const auto& attribute : attributes) {
    const std::string& name = attribute.first;
    auto spec = std::find_if(record.attributes.begin(), record.attributes.end(),
                             [&, &key = name](const AttributeSpec& s) { return key == s.name; });
    if (spec == record.attributes.end()) return fail("has no attribute {}", name);
    MOTE_CHECK_OK(check_attribute(*spec, attribute.second));
  }
  return {};
}

bool types_match(const Graph& graph, const std::vector<TensorId>& ids,
                 const std::vector<DType>& row) {
  if (row.empty()) return ids.empty();
  for (size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] == kAbsent) continue;
    if (graph.tensor(ids[i]).dtype != row[std::min(i, row.size() - 1)]) return false;
  }
  return true;
}

std::string types_text(const Graph& graph, const std::vector<TensorId>& ids) {
  std::vector<std::string_view> names;
  for (TensorId id : ids) names.push_back(id == kAbsent ? "-" : name_of(graph.tensor(id).dtype));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string row_text(const std::vector<DType>& row) {
  std::vector<std::string_view> names;
  for (DType dtype : row) names.push_back(name_of(dtype));
  return fmt::format("{}", fmt::join(names, ", "));
}

/// int8 and uint8 operands compute in real numbers only with a scale; records that don't care about
/// scales (RESHAPE) give a check of their own.
Result<void> check_quantized(const NodeView& node) {
  auto needs_scale = [](const Tensor& t) {
    return (t.dtype == DType::kInt8 || t.dtype == DType::kUInt8) &&
           t.quantization.scales.size() != 1;
  };
  for (int i = 0; i < node.input_count(); ++i) {
    if (node.has_input(i) && needs_scale(node.input(i))) {
      return fail("{} needs one scale and zero point", node.input_text(i));
    }
  }
  for (int i = 0; i < node.output_count(); ++i) {
    if (needs_scale(node.output(i))) {
      return fail("{} needs one scale and zero point", node.output_text(i));
    }
  }
  return {};
}

/// Variables stand where the operator wants one, and nowhere else: any other operand is a value,
/// which passes may move to another place in time.
Result<void> check_variables(const Graph& graph, const Node& node) {
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kAbsent) continue;
    bool wanted = input_spec(*node.record, i).variable != OperandSpec::kNone;
    if (graph.tensor(node.inputs[i]).variable == wanted) continue;
    std::string text = NodeView(graph, node).input_text(static_cast<int>(i));
    if (wanted) return fail("{} must be a variable", text);
    return fail("{} is a variable; READ_VARIABLE gives its value", text);
  }
  return {};
}

/// A node's own state is as its record says.
Result<void> check_state(const Graph& graph, const Node& node) {
  if (!node.record->state) return {};
  NodeView view(graph, node);
  MOTE_TRY(Tensor wanted, node.record->state(view));
  const Tensor& state = graph.tensor(node.inputs.back());
  std::string text = view.input_text(view.input_count() - 1);
  if (state.dtype != wanted.dtype || state.shape != wanted.shape) {
    return fail("{} must be {}", text, type_text(wanted));
  }
  if (initial_value(state) == initial_value(wanted)) return {};
  return fail("{} has another initial value than the operator's own", text);
}

Result<void> check_node_before_shapes(const Graph& graph, const Node& node) {
  MOTE_CHECK_OK(check_arity(node.record->inputs, node.inputs, "input"));
  MOTE_CHECK_OK(check_arity(node.record->outputs, node.outputs, "output"));
  MOTE_CHECK_OK(check_attributes(*node.record, node.attributes));
  if (node.bodies.size() != node.record->bodies.size()) {
    return fail("has {} bodies, takes {}", node.bodies.size(), node.record->bodies.size());
  }
  MOTE_CHECK_OK(check_variables(graph, node));
  MOTE_CHECK_OK(check_types(graph, node));
  return check_state(graph, node);
}

/// The zero points that a type can hold; wider ones would overflow kernels.
bool zero_point_in_range(DType dtype, int32_t zero_point) {
  switch (dtype) {
    case DType::kInt8:
      return zero_point >= -128 && zero_point <= 127;
    case DType::kUInt8:
      return zero_point >= 0 && zero_point <= 255;
    case DType::kInt16:
      return zero_point >= -32768 && zero_point <= 32767;
    default:
      return zero_point == 0;
  }
}

Result<void> check_quantization(const Tensor& tensor) {
  const Quantization& q = tensor.quantization;
  if (q.scales.empty()) return {};
  if (q.zero_points.size() != q.scales.size()) {
    return fail("has {} scales but {} zero points", q.scales.size(), q.zero_points.size());
  }
  for (float scale : q.scales) {
    if (!std::isfinite(scale) || scale <= 0) return fail("has scale {}, must be positive", scale);
  }
  for (int32_t zero_point : q.zero_points) {
    if (!zero_point_in_range(tensor.dtype, zero_point)) {
      return fail("has zero point {}, which {} can't hold", zero_point, name_of(tensor.dtype));
    }
  }
  if (q.per_channel()) {
    if (q.axis < 0 || q.axis >= tensor.shape.rank) {
      return fail("is quantised along dimension {}, but has {}", q.axis, tensor.shape.rank);
    }
    if (static_cast<size_t>(tensor.shape[q.axis]) != q.scales.size()) {
      return fail("has {} scales for {} channels", q.scales.size(), tensor.shape[q.axis]);
    }
  }
  return {};
}

Result<void> check_tensor(const Tensor& tensor) {
  for (int i = 0; i < tensor.shape.rank; ++i) {
    if (tensor.shape[i] < 1) return fail("dimension {} is {}", i, tensor.shape[i]);
  }
  if (tensor.bytes() > INT32_MAX) return fail("takes {} bytes, over 2 GB", tensor.bytes());
  if (tensor.data && tensor.data->size() != tensor.bytes()) {
    return fail("holds {} bytes of constant data, its shape needs {}", tensor.data->size(),
                tensor.bytes());
  }
  if (tensor.variable && tensor.name.empty()) return fail("is a variable without a name");
  return check_quantization(tensor);
}

/// The variables met so far, by name.
using Variables = std::map<std::string, const Tensor*>;

class GraphVerifier {
 public:
  GraphVerifier(const Graph& graph, Variables& variables, int depth)
      : graph_(graph), variables_(variables), depth_(depth), made_(graph.tensors.size()) {}

  Result<void> run() {
    MOTE_CHECK_OK(check_tensors());
    MOTE_CHECK_OK(define_inputs());
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      Result<void> result = check_node(graph_.nodes[i]);
      if (!result.ok()) return fail("{}: {}", locate(graph_, i), result.error().message);
    }
    return check_outputs();
  }

 private:
  bool in_range(TensorId id) const {
    return id >= 0 && static_cast<size_t>(id) < graph_.tensors.size();
  }

  Result<void> check_tensors() {
    for (size_t i = 0; i < graph_.tensors.size(); ++i) {
      Result<void> result = check_tensor(graph_.tensors[i]);
      if (!result.ok()) {
        return fail("tensor {} '{}' {}: {}", i, graph_.tensors[i].name,
                    type_text(graph_.tensors[i]), result.error().message);
      }
      made_[i] = graph_.tensors[i].constant() || graph_.tensors[i].variable;
      if (graph_.tensors[i].variable) MOTE_CHECK_OK(check_variable(graph_.tensors[i]));
    }
    return {};
  }

  /// Variables of one name are the same.
  Result<void> check_variable(const Tensor& tensor) {
    const Tensor& first = *variables_.emplace(tensor.name, &tensor).first->second;
    bool same = first.dtype == tensor.dtype && first.shape == tensor.shape;
    if (!same) {
      return fail("variable '{}' is {} here and {} elsewhere", tensor.name, type_text(tensor),
                  type_text(first));
    }
    if (initial_value(first) == initial_value(tensor)) return {};
    return fail("variable '{}' has two initial values", tensor.name);
  }

  Result<void> define_inputs() {
    for (TensorId id : graph_.inputs) {
      if (!in_range(id)) return fail("graph input {}: no such tensor", id);
      if (made_[static_cast<size_t>(id)]) {
        return fail("graph input '{}': is a constant, a variable or listed twice",
                    graph_.tensor(id).name);
      }
      made_[static_cast<size_t>(id)] = true;
    }
    return {};
  }

  Result<void> check_node(const Node& node) {
    for (TensorId id : node.inputs) {
      if (id == kAbsent) continue;
      if (!in_range(id)) return fail("input tensor {} doesn't exist", id);
      if (!made_[static_cast<size_t>(id)]) {
        return fail("input tensor '{}' is used before anything has computed it",
                    graph_.tensor(id).name);
      }
    }
    for (TensorId id : node.outputs) {
      if (!in_range(id)) return fail("output tensor {} doesn't exist", id);
      if (graph_.tensor(id).variable) {
        return fail("output tensor '{}' is a variable, which ASSIGN_VARIABLE changes",
                    graph_.tensor(id).name);
      }
      if (made_[static_cast<size_t>(id)]) {
        return fail("output tensor '{}' already has a value", graph_.tensor(id).name);
      }
      made_[static_cast<size_t>(id)] = true;
    }
    MOTE_CHECK_OK(check_bodies(node));
    return verify_node(graph_, node);
  }

  Result<void> check_bodies(const Node& node) {
    if (node.bodies.empty()) return {};
    if (depth_ == kMostNesting) return fail("is nested in {} others, which is too deep", depth_);
    for (const Graph& body : node.bodies) {
      Result<void> result = GraphVerifier(body, variables_, depth_ + 1).run();
      if (!result.ok()) return fail("body '{}', {}", body.name, result.error().message);
    }
    return {};
  }

  Result<void> check_outputs() const {
    bool works = std::any_of(graph_.nodes.begin(), graph_.nodes.end(), changes_state);
    if (graph_.outputs.empty() && !works) return fail("the graph has no output");
    for (TensorId id : graph_.outputs) {
      if (!in_range(id)) return fail("graph output {}: no such tensor", id);
      if (!made_[static_cast<size_t>(id)]) {
        return fail("graph output '{}' is never computed", graph_.tensor(id).name);
      }
      if (graph_.tensor(id).variable) {
        return fail("graph output '{}' is a variable; READ_VARIABLE gives its value",
                    graph_.tensor(id).name);
      }
    }
    return {};
  }

  const Graph& graph_;
  Variables& variables_;
  int depth_;               // of bodies around the graph
  std::vector<bool> made_;  // tensors that have a value at this point of the walk
};

}  // namespace

bool accepts_types(const Graph& graph, const Node& node) {
  return node.record->types.empty() ||
         std::ranges::any_of(node.record->types, [&](const TypeRow& row) {
           return types_match(graph, node.inputs, row.inputs) &&
                  types_match(graph, node.outputs, row.outputs);
         });
}

Result<void> check_types(const Graph& graph, const Node& node) {
  constexpr size_t kMost = 8;
  if (accepts_types(graph, node)) return {};
  const std::vector<TypeRow>& types = node.record->types;
  std::vector<std::string> accepted;
  for (const TypeRow& row : types) {
    if (accepted.size() == kMost) break;
    accepted.push_back(row_text(row.inputs) + " -> " + row_text(row.outputs));
  }
  std::string rest = types.size() <= kMost ? ""
                                           : fmt::format("; and {} more, see mote ops --markdown",
                                                         types.size() - kMost);
  return fail("types {} -> {} aren't supported; supported are: {}{}",
              types_text(graph, node.inputs), types_text(graph, node.outputs),
              fmt::join(accepted, "; "), rest);
}

std::string locate(const Graph& graph, size_t index) {
  const Node& node = graph.nodes[index];
  std::string text = fmt::format("operator {} {}", index, node.record->name);
  if (!node.outputs.empty() && node.outputs[0] >= 0 &&
      static_cast<size_t>(node.outputs[0]) < graph.tensors.size()) {
    text += fmt::format(" (output '{}')", graph.tensor(node.outputs[0]).name);
  }
  return text;
}

Result<std::vector<Shape>> infer_shapes(const Graph& graph, const Node& node) {
  MOTE_CHECK_OK(check_node_before_shapes(graph, node));
  return node.record->infer(NodeView(graph, node));
}

Result<void> verify_node(const Graph& graph, const Node& node) {
  MOTE_TRY(std::vector<Shape> shapes, infer_shapes(graph, node));
  NodeView view(graph, node);
  for (size_t i = 0; i < shapes.size(); ++i) {
    if (shapes[i] != view.output(static_cast<int>(i)).shape) {
      return fail("{} should be {}", view.output_text(static_cast<int>(i)), shape_text(shapes[i]));
    }
  }
  return node.record->check ? node.record->check(view) : check_quantized(view);
}

Result<void> verify(const Graph& graph) {
  Variables variables;
  return GraphVerifier(graph, variables, 0).run();
}

}  // namespace mote
