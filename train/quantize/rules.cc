// SPDX-License-Identifier: Apache-2.0
#include "train/quantize/rules.h"

#include <fmt/format.h>

#include "ir/record.h"

namespace mote::quantize {
namespace {

constexpr RuleRow kRules[] = {
    {"CONV_2D", Rule::kWeighted, 0, true},
    {"DEPTHWISE_CONV_2D", Rule::kWeighted, 3},
    {"FULLY_CONNECTED", Rule::kWeighted, 0, true},
    {"ADD", Rule::kOwn},
    {"SUB", Rule::kOwn},
    {"MUL", Rule::kOwn},
    {"MEAN", Rule::kOwn},
    {"SUM", Rule::kOwn},
    {"QUANTIZE", Rule::kOwn},  // between 8 and 16 bits (mixed.h)
    {"RELU", Rule::kOwn},
    {"RELU6", Rule::kOwn},
    {"LEAKY_RELU", Rule::kOwn},
    {"PRELU", Rule::kOwn},
    {"HARD_SWISH", Rule::kOwn},
    {"ELU", Rule::kOwn},
    {"GELU", Rule::kOwn},
    {"AVERAGE_POOL_2D", Rule::kSame},
    {"MAX_POOL_2D", Rule::kSame},
    {"RESHAPE", Rule::kSame},
    {"SQUEEZE", Rule::kSame},
    {"EXPAND_DIMS", Rule::kSame},
    {"TRANSPOSE", Rule::kSame},
    {"PAD", Rule::kSame},
    {"MIRROR_PAD", Rule::kSame},
    {"SLICE", Rule::kSame},
    {"STRIDED_SLICE", Rule::kSame},
    {"CONCATENATION", Rule::kSame},
    {"PACK", Rule::kSame},
    {"UNPACK", Rule::kSame},
    {"SPLIT", Rule::kSame},
    {"SPLIT_V", Rule::kSame},
    {"MAXIMUM", Rule::kSame},
    {"MINIMUM", Rule::kSame},
    {"SPACE_TO_DEPTH", Rule::kSame},
    {"DEPTH_TO_SPACE", Rule::kSame},
    {"SPACE_TO_BATCH_ND", Rule::kSame},
    {"BATCH_TO_SPACE_ND", Rule::kSame},
    {"RESIZE_BILINEAR", Rule::kSame},
    {"RESIZE_NEAREST_NEIGHBOR", Rule::kSame},
    {"SOFTMAX", Rule::kUnit},
    {"LOGISTIC", Rule::kUnit},
    {"TANH", Rule::kSigned},
    {"L2_NORMALIZATION", Rule::kSigned},
};

}  // namespace

const RuleRow* rule_of(const Node& node) {
  for (const RuleRow& row : kRules) {
    if (row.name == node.record->name) return &row;
  }
  return nullptr;
}

bool is_weighted(const Graph& graph, const Node& node) {
  const RuleRow* row = rule_of(node);
  return row && row->rule == Rule::kWeighted && graph.tensor(node.inputs[1]).constant();
}

bool is_activation(const Graph& graph, TensorId id) {
  return id != kAbsent && graph.tensor(id).dtype == DType::kFloat32 && !graph.tensor(id).constant();
}

std::string node_text(const Graph& graph, const Node& node) {
  std::string output = node.outputs.empty() ? "" : graph.tensor(node.outputs[0]).name;
  return fmt::format("{} '{}'", node.record->name, output);
}

}  // namespace mote::quantize
