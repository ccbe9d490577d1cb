// SPDX-License-Identifier: Apache-2.0
// The table of operators that can be quantised, and how the scale of what they give comes about.
#ifndef MOTE_TRAIN_QUANTIZE_RULES_H_
#define MOTE_TRAIN_QUANTIZE_RULES_H_

#include <string>
#include <string_view>

#include "ir/graph.h"

namespace mote::quantize {

/// How an operator's output is quantised.
enum class Rule {
  kWeighted,  // inputs: activation, weights, bias; the output's own range
  kOwn,       // the output's own range
  kSame,      // outputs and inputs share one range
  kUnit,      // SOFTMAX, LOGISTIC: 0 to 1
  kSigned,    // TANH, L2_NORMALIZATION: -1 to 1
};

struct RuleRow {
  std::string_view name;
  Rule rule;
  int axis = 0;         // kWeighted: the weights' dimension of output channels
  bool narrow = false;  // kWeighted: weights may have 4 bits, which mote's kernels store as such
};

/// The operator's row, or null.
const RuleRow* rule_of(const Node& node);

/// Whether the node has constant weights: CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED.
bool is_weighted(const Graph& graph, const Node& node);

/// Whether the tensor is a float32 that isn't constant.
bool is_activation(const Graph& graph, TensorId id);

/// "CONV_2D 'conv1'", for messages.
std::string node_text(const Graph& graph, const Node& node);

}  // namespace mote::quantize

#endif  // MOTE_TRAIN_QUANTIZE_RULES_H_
