// SPDX-License-Identifier: Apache-2.0
#include "ir/record.h"

#include <algorithm>
#include <cassert>

namespace mote {
namespace {

const char* role(const std::vector<OperandSpec>& specs, int i) {
  if (specs.empty()) return "?";
  return specs[std::min(static_cast<size_t>(i), specs.size() - 1)].name;
}

std::string operand_text(const char* kind, int i, const char* role, const Tensor& tensor) {
  return fmt::format("{} {} ({}) '{}' {}", kind, i, role, tensor.name, type_text(tensor));
}

}  // namespace

const OperandSpec& input_spec(const OperatorRecord& record, size_t i) {
  return record.inputs[std::min(i, record.inputs.size() - 1)];
}

bool touches_state(const Graph& graph, const Node& node) {
  auto is_variable = [&](TensorId id) { return id != kAbsent && graph.tensor(id).variable; };
  if (std::any_of(node.inputs.begin(), node.inputs.end(), is_variable)) return true;
  return std::any_of(node.bodies.begin(), node.bodies.end(), [](const Graph& body) {
    return std::any_of(body.nodes.begin(), body.nodes.end(),
                       [&](const Node& inner) { return touches_state(body, inner); });
  });
}

bool changes_state(const Node& node) {
  for (size_t i = 0; i < node.inputs.size() && !node.record->inputs.empty(); ++i) {
    OperandSpec::Variable variable = input_spec(*node.record, i).variable;
    if (variable == OperandSpec::kWriteHandle || variable == OperandSpec::kUpdated ||
        variable == OperandSpec::kOwned) {
      return true;
    }
  }
  return std::any_of(node.bodies.begin(), node.bodies.end(), [](const Graph& body) {
    return std::any_of(body.nodes.begin(), body.nodes.end(), changes_state);
  });
}

Result<Tensor> make_state(const Graph& graph, const Node& node) {
  MOTE_TRY(Tensor state, node.record->state(NodeView(graph, node)));
  state.variable = true;
  state.name = graph.tensor(node.outputs[0]).name + "/state";
  return state;
}

const OperatorRecord* find_record(const OperatorBook& book, std::string_view name) {
  auto found = std::find_if(book.begin(), book.end(),
                            [&](const OperatorRecord* record) { return record->name == name; });
  return found == book.end() ? nullptr : *found;
}

const Attribute& NodeView::attribute(const char* name) const {
  auto found = node_.attributes.find(name);
  if (found != node_.attributes.end()) return found->second;
  for (const AttributeSpec& spec : node_.record->attributes) {
    if (std::string_view(spec.name) == name) return spec.fallback;
  }
  assert(false && "the record declares no such attribute");
  static const Attribute none = int64_t{0};
  return none;
}

bool NodeView::flag(const char* name) const {
  return std::get<bool>(attribute(name));
}

int32_t NodeView::integer(const char* name) const {
  return static_cast<int32_t>(std::get<int64_t>(attribute(name)));
}

float NodeView::real(const char* name) const {
  return static_cast<float>(std::get<double>(attribute(name)));
}

const std::string& NodeView::choice(const char* name) const {
  return std::get<std::string>(attribute(name));
}

const std::vector<int64_t>& NodeView::integers(const char* name) const {
  return std::get<std::vector<int64_t>>(attribute(name));
}

std::string NodeView::input_text(int i) const {
  return operand_text("input", i, role(node_.record->inputs, i), input(i));
}

std::string NodeView::output_text(int i) const {
  return operand_text("output", i, role(node_.record->outputs, i), output(i));
}

}  // namespace mote
