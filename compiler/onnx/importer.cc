// SPDX-License-Identifier: Apache-2.0
#include "compiler/onnx/importer.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "compiler/onnx/tensor_reader.h"
#include "ir/verifier.h"

namespace mote::onnx_import {
namespace {

using ::onnx::NodeProto;

bool standard_domain(const NodeProto& node) {
  return node.domain().empty() || node.domain() == "ai.onnx";
}

bool is(const NodeProto& node, std::string_view op) {
  return standard_domain(node) && node.op_type() == op;
}

std::string node_text(const ::onnx::GraphProto& graph, const NodeProto& node) {
  ptrdiff_t index = 0;
  for (const NodeProto& other : graph.node()) {
    if (&other == &node) break;
    ++index;
  }
  std::string name = !node.name().empty()     ? node.name()
                     : node.output_size() > 0 ? node.output(0)
                                              : std::to_string(index);
  return fmt::format("node {} {}", in_quotes(name), in_quotes(node.op_type()));
}

}  // namespace

Importer::Importer(const ::onnx::GraphProto& graph, int64_t opset, const OperatorBook& book)
    : graph_(graph), opset_(opset), out_(book), values_(out_) {
  for (const NodeProto& node : graph.node()) {
    for (const std::string& input : node.input()) users_[input].push_back(&node);
  }
}

Result<Graph> Importer::run(std::vector<std::string>* notes) {
  MOTE_CHECK_OK(check_operators());
  MOTE_CHECK_OK(values_.define(graph_, notes));
  for (const NodeProto& node : graph_.node()) {
    Result<void> result = import_node(node);
    if (!result.ok()) {
      return fail("{} (opset {}): {}", node_text(graph_, node), opset_, result.error().message);
    }
  }
  MOTE_CHECK_OK(finish_outputs());
  return std::move(out_.graph());
}

/// All operators that mote can't import, in one message.
Result<void> Importer::check_operators() const {
  std::vector<std::string> missing;
  for (const NodeProto& node : graph_.node()) {
    const Row* row = standard_domain(node) ? find_row(node.op_type()) : nullptr;
    bool linear = is(node, "QuantizeLinear") || is(node, "DequantizeLinear");
    if (linear || (row && (row->record.empty() || out_.record(row->record)))) continue;
    std::string why = !standard_domain(node)
                          ? fmt::format("no operator of domain {}", in_quotes(node.domain()))
                      : row ? fmt::format("needs {}, which mote doesn't have yet", row->record)
                            : "no operator of mote's does this";
    missing.push_back(fmt::format("{}: {}", node_text(graph_, node), why));
    constexpr size_t kMost = 50;
    if (missing.size() == kMost) break;
  }
  if (missing.empty()) return {};
  return fail("opset {}, {} that mote can't import: {}", opset_,
              missing.size() == 1 ? "an operator" : "operators", fmt::join(missing, "; "));
}

Result<void> Importer::import_node(const NodeProto& node) {
  bool done =
      node.output_size() > 0 && std::ranges::all_of(node.output(), [&](const std::string& name) {
        return name.empty() || values_.defined(name);
      });
  // A QuantizeLinear or an activation that the operator before it took in. No other value may be
  // computed twice.
  if (done && (is(node, "QuantizeLinear") || !activation_of(node).empty())) return {};
  if (is(node, "QuantizeLinear")) return import_quantize(node);
  if (is(node, "DequantizeLinear")) return import_dequantize(node);
  const Row& row = *find_row(node.op_type());
  std::optional<QuantizedForm> form = quantized_form(node, row);
  if (form) {
    Assembler::Mark mark = out_.mark();
    if (import_row(node, row, &*form).ok()) return {};
    values_.rewind(mark);
    for (const std::string& name : node.output()) values_.forget(name);
  }
  return import_row(node, row, nullptr);
}

Result<void> Importer::import_row(const NodeProto& node, const Row& row,
                                  const QuantizedForm* quantized) {
  Assembler::Mark mark = out_.mark();
  std::optional<Quantization> output;
  if (quantized) output = quantized->output;
  Op op(node, opset_, row.record, values_, out_, output);
  MOTE_CHECK_OK(row.import(op));
  MOTE_CHECK_OK(op.check_attributes());
  if (quantized) {
    MOTE_CHECK_OK(fuse(quantized->activation, mark));
    Value value = *values_.find(node.output(0));
    for (const std::string& name : quantized->names) {
      if (name != node.output(0)) values_.set(name, value);
    }
    for (const auto& [name, type] : quantized->quantized) {
      TensorId plain = type == DType::kInt8 ? value.quantized : kAbsent;
      values_.set(name, {type, plain, value.quantized});
    }
    out_.graph().tensor(value.quantized).name = quantized->quantized.front().first;
  }
  for (const std::string& name : node.output()) {
    bool wanted = users_.count(name) != 0 || is_output(name);
    if (!name.empty() && wanted && !values_.defined(name)) {
      return fail("its output {} isn't supported", in_quotes(name));
    }
  }
  return {};
}

/// Gives the activation to the last node since the mark that can have one.
Result<void> Importer::fuse(const std::string& activation, Assembler::Mark mark) {
  if (activation.empty()) return {};
  std::vector<Node>& nodes = out_.graph().nodes;
  for (size_t i = nodes.size(); i-- > mark.nodes;) {
    bool can = std::ranges::any_of(nodes[i].record->attributes, [](const AttributeSpec& spec) {
      return std::string_view(spec.name) == "fused_activation_function";
    });
    if (!can) continue;
    nodes[i].attributes["fused_activation_function"] = activation;
    return verify_node(out_.graph(), nodes[i]);
  }
  return fail("can't take in {}", activation);
}

bool Importer::is_output(const std::string& name) const {
  return std::ranges::any_of(graph_.output(), [&](const auto& one) { return one.name() == name; });
}

/// Outputs in ONNX's own types, each a tensor of its own with ONNX's name.
Result<void> Importer::finish_outputs() {
  for (const ::onnx::ValueInfoProto& output : graph_.output()) {
    Result<TensorId> id = values_.plain(output.name());
    if (!id.ok()) return fail("output {}: {}", in_quotes(output.name()), id.error().message);
    Tensor tensor = out_.tensor(*id);
    bool used = tensor.constant() || std::ranges::count(out_.graph().inputs, *id) != 0 ||
                std::ranges::count(out_.graph().outputs, *id) != 0;
    if (used) {
      // A node of its own computes it: inputs and constants can't be outputs.
      tensor.data = nullptr;
      Node copy{out_.record("RESHAPE"), {*id}, {}, {}};
      copy.attributes["new_shape"] =
          std::vector<int64_t>(tensor.shape.dims, tensor.shape.dims + tensor.shape.rank);
      id = out_.add(tensor);
      copy.outputs = {*id};
      if (!copy.record) return fail("output {} isn't computed", in_quotes(output.name()));
      out_.graph().nodes.push_back(copy);
    }
    out_.graph().tensor(*id).name = output.name();
    out_.graph().outputs.push_back(*id);
  }
  return {};
}

}  // namespace mote::onnx_import
