// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/unsigned_tensors.h"

#include <algorithm>
#include <map>
#include <set>

#include "ir/verifier.h"

namespace mote::tflite {
namespace {

/// Operators whose TFLite kernels for uint8 and int8 are the same arithmetic on values less their
/// zero points, or copies. Not among them are means, which round half away from zero, and functions
/// that one of the two looks up in a table made with floats.
constexpr std::string_view kSameInBoth[] = {
    "ADD",
    "ARG_MAX",
    "ARG_MIN",
    "BATCH_TO_SPACE_ND",
    "CONCATENATION",
    "CONV_2D",
    "DEPTHWISE_CONV_2D",
    "DEPTH_TO_SPACE",
    "DEQUANTIZE",
    "EXPAND_DIMS",
    "FULLY_CONNECTED",
    "GATHER",
    "MAXIMUM",
    "MAX_POOL_2D",
    "MINIMUM",
    "MIRROR_PAD",
    "MUL",
    "PACK",
    "PAD",
    "QUANTIZE",
    "RELU",
    "RELU6",
    "RELU_N1_TO_1",
    "RESHAPE",
    "RESIZE_NEAREST_NEIGHBOR",
    "REVERSE_V2",
    "SLICE",
    "SOFTMAX",
    "SPACE_TO_BATCH_ND",
    "SPACE_TO_DEPTH",
    "SPLIT",
    "SPLIT_V",
    "SQUEEZE",
    "STRIDED_SLICE",
    "SUB",
    "TILE",
    "TRANSPOSE",
    "UNPACK",
};

bool is_unsigned(const Tensor& tensor) {
  return tensor.dtype == DType::kUInt8 && tensor.quantization.scales.size() == 1;
}

/// With the same real values; a constant's bytes have their top bits flipped.
Tensor signed_form(const Tensor& tensor) {
  Tensor result = tensor;
  result.name += "_int8";
  result.dtype = DType::kInt8;
  result.quantization.zero_points = {tensor.quantization.zero_point() - 128};
  if (!tensor.constant()) return result;
  Bytes bytes = *tensor.data;
  for (uint8_t& byte : bytes) byte ^= 0x80;
  result.data = std::make_shared<const Bytes>(std::move(bytes));
  return result;
}

/// Weights of FULLY_CONNECTED with zero point 0, which faster kernels take, if int8 can hold them.
Tensor symmetric_form(const Tensor& tensor) {
  int32_t zero_point = tensor.quantization.zero_point();
  Bytes bytes = *tensor.data;
  for (uint8_t& byte : bytes) {
    int32_t value = byte - zero_point;
    if (value < -128 || value > 127) return signed_form(tensor);
    byte = static_cast<uint8_t>(value);
  }
  Tensor result = signed_form(tensor);
  result.quantization.zero_points = {0};
  result.data = std::make_shared<const Bytes>(std::move(bytes));
  return result;
}

class Signer {
 public:
  Signer(Graph& graph, const OperatorRecord& quantize) : graph_(graph), quantize_(quantize) {}

  Result<void> run() {
    std::vector<Node> nodes = std::move(graph_.nodes);
    graph_.nodes.clear();
    for (Node& node : nodes) {
      Node changed = node;
      if (better_signed(node)) {
        sign(&changed);
      } else {
        MOTE_CHECK_OK(leave(node));
      }
      graph_.nodes.push_back(std::move(changed));
    }
    for (TensorId id : graph_.outputs) restore(id);
    return {};
  }

 private:
  bool plain(TensorId id) const {
    return id != kAbsent && is_unsigned(graph_.tensor(id)) && !graph_.tensor(id).variable;
  }

  /// Whether the node is to compute in int8: it can, and what it takes is int8 by now or it doesn't
  /// compute in uint8.
  bool better_signed(const Node& node) const {
    if (std::ranges::find(kSameInBoth, node.record->name) == std::end(kSameInBoth)) return false;
    return !accepts_types(graph_, node) ||
           std::ranges::any_of(node.inputs, [&](TensorId id) { return missing_.contains(id); });
  }

  /// Filters of convolutions stay: the records take uint8 ones beside int8 inputs.
  static bool keeps_filter(const Node& node, size_t input) {
    return input == 1 &&
           (node.record->name == "CONV_2D" || node.record->name == "DEPTHWISE_CONV_2D");
  }

  void sign(Node* node) {
    for (size_t i = 0; i < node->inputs.size(); ++i) {
      TensorId& id = node->inputs[i];
      if (!plain(id) || keeps_filter(*node, i)) continue;
      bool filter = i == 1 && node->record->name == "FULLY_CONNECTED";
      id = signed_input(id, filter);
    }
    for (TensorId& id : node->outputs) {
      if (!plain(id)) continue;
      TensorId fresh = add(signed_form(graph_.tensor(id)));
      signed_[id] = fresh;
      missing_.insert(id);
      id = fresh;
    }
  }

  TensorId signed_input(TensorId id, bool filter) {
    auto found = signed_.find(id);
    if (found != signed_.end()) return found->second;
    const Tensor& tensor = graph_.tensor(id);
    bool constant = tensor.constant();
    TensorId fresh = add(filter && constant ? symmetric_form(tensor) : signed_form(tensor));
    if (!constant) convert(id, fresh);
    return signed_[id] = fresh;
  }

  /// A node that keeps its uint8 operands.
  Result<void> leave(const Node& node) {
    for (TensorId id : node.inputs) restore(id);
    if (accepts_types(graph_, node)) return {};
    Node other = node;
    bool found = false;
    size_t tensors = graph_.tensors.size();
    for (std::vector<TensorId>* ids : {&other.inputs, &other.outputs}) {
      for (TensorId& id : *ids) {
        if (!plain(id)) continue;
        id = add(signed_form(graph_.tensor(id)));
        found = true;
      }
    }
    bool signed_only = found && accepts_types(graph_, other);
    graph_.tensors.resize(tensors);
    if (!signed_only) return {};  // what is wrong, verify() will say
    return fail(
        "operator {} (output '{}') has uint8 operands, for which TFLite rounds otherwise than for "
        "int8; mote has it in int8: convert the model again with int8",
        node.record->name, node.outputs.empty() ? "" : graph_.tensor(node.outputs[0]).name);
  }

  /// The uint8 values of a tensor that was computed in int8.
  void restore(TensorId id) {
    if (id == kAbsent || !missing_.contains(id)) return;
    missing_.erase(id);
    convert(signed_.at(id), id);
  }

  void convert(TensorId from, TensorId to) {
    graph_.nodes.push_back(Node{&quantize_, {from}, {to}, {}});
  }

  TensorId add(Tensor tensor) {
    graph_.tensors.push_back(std::move(tensor));
    return static_cast<TensorId>(graph_.tensors.size()) - 1;
  }

  Graph& graph_;
  const OperatorRecord& quantize_;
  std::map<TensorId, TensorId> signed_;  // a uint8 tensor's int8 form
  std::set<TensorId> missing_;           // uint8 tensors that have no value
};

}  // namespace

Result<void> sign_tensors(Graph* graph, const OperatorBook& book) {
  const OperatorRecord* quantize = find_record(book, "QUANTIZE");
  if (!quantize) return {};
  Result<void> result;
  for_each_graph(*graph, [&](Graph& one) {
    if (result.ok()) result = Signer(one, *quantize).run();
  });
  return result;
}

}  // namespace mote::tflite
