// SPDX-License-Identifier: Apache-2.0
#include "train/quantize/quantize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "compiler/passes/passes.h"
#include "ir/record.h"
#include "ir/verifier.h"
#include "ops/book.h"

namespace mote::quantize {
namespace {

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
  int axis = 0;  // kWeighted: the weights' dimension of output channels
};

constexpr RuleRow kRules[] = {
    {"CONV_2D", Rule::kWeighted, 0},
    {"DEPTHWISE_CONV_2D", Rule::kWeighted, 3},
    {"FULLY_CONNECTED", Rule::kWeighted, 0},
    {"ADD", Rule::kOwn},
    {"SUB", Rule::kOwn},
    {"MUL", Rule::kOwn},
    {"MEAN", Rule::kOwn},
    {"SUM", Rule::kOwn},
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

const RuleRow* rule_of(const Node& node) {
  for (const RuleRow& row : kRules) {
    if (row.name == node.record->name) return &row;
  }
  return nullptr;
}

std::string node_text(const Graph& graph, const Node& node) {
  std::string output = node.outputs.empty() ? "" : graph.tensor(node.outputs[0]).name;
  return fmt::format("{} '{}'", node.record->name, output);
}

template <typename T>
std::shared_ptr<const Bytes> bytes_of_values(const std::vector<T>& values) {
  auto bytes = std::make_shared<Bytes>(values.size() * sizeof(T));
  std::memcpy(bytes->data(), values.data(), bytes->size());
  return bytes;
}

template <typename T>
T rounded(double value, double low, double high) {
  return static_cast<T>(std::clamp(std::round(value), low, high));
}

class Quantizer {
 public:
  Quantizer(const Graph& graph, const std::map<TensorId, Range>& ranges,
            const QuantizeOptions& options)
      : source_(graph), ranges_(ranges), options_(options), graph_(graph) {
    group_.resize(graph.tensors.size());
    std::iota(group_.begin(), group_.end(), 0);
  }

  Result<Graph> run() {
    MOTE_CHECK_OK(share_ranges());
    for (const Node& node : source_.nodes) quantize_outputs(node);
    for (TensorId id : source_.inputs) quantize_activation(id, range(id));
    for (Node& node : graph_.nodes) {
      MOTE_CHECK_OK(quantize_inputs(&node));
    }
    if (options_.float_io) add_float_ends();
    MOTE_CHECK_OK(compact_tensors(graph_));
    Result<void> fine = verify(graph_);
    if (!fine.ok()) return fail("it has no integer form: {}", fine.error().message);
    return std::move(graph_);
  }

 private:
  bool is_real(TensorId id) const {
    return id != kAbsent && source_.tensor(id).dtype == DType::kFloat32;
  }
  bool is_activation(TensorId id) const { return is_real(id) && !source_.tensor(id).constant(); }

  TensorId find(TensorId id) {
    while (group_[static_cast<size_t>(id)] != id) id = group_[static_cast<size_t>(id)];
    return id;
  }

  /// Tensors that must have one scale get one group, whose range holds all of theirs.
  Result<void> share_ranges() {
    for (const Node& node : source_.nodes) {
      const RuleRow* row = rule_of(node);
      if (!row) {
        return fail("{}: mote has no rule for quantising it", node_text(source_, node));
      }
      for (TensorId id : node.outputs) {
        if (!is_real(id)) {
          return fail("{}: isn't a float operator; only float models can be quantised",
                      node_text(source_, node));
        }
      }
      if (row->rule != Rule::kSame) continue;
      TensorId first = find(node.outputs[0]);
      for (const std::vector<TensorId>& side : {node.inputs, node.outputs}) {
        for (TensorId id : side) {
          if (is_activation(id)) group_[static_cast<size_t>(find(id))] = first;
        }
      }
    }
    for (const auto& [id, own] : ranges_) {
      auto [at, added] = shared_.try_emplace(find(id), own);
      at->second.low = std::min(at->second.low, own.low);
      at->second.high = std::max(at->second.high, own.high);
    }
    // What a fixed range is copied into has that range.
    for (const Node& node : source_.nodes) {
      Rule rule = rule_of(node)->rule;
      if (rule == Rule::kUnit) fixed_[find(node.outputs[0])] = unit();
      if (rule == Rule::kSigned) fixed_[find(node.outputs[0])] = plus_minus_one();
    }
    return {};
  }

  Range range(TensorId id) {
    auto found = shared_.find(find(id));
    return found == shared_.end() ? Range() : found->second;
  }

  bool wide() const { return options_.activations == DType::kInt16; }
  Quantization unit() const {
    return wide() ? quantization(1.0f / 32768, 0) : quantization(1.0f / 256, -128);
  }
  Quantization plus_minus_one() const {
    return wide() ? quantization(1.0f / 32768, 0) : quantization(1.0f / 128, 0);
  }

  Quantization of_range(Range r) const {
    float low = std::min(r.low, 0.0f), high = std::max(r.high, 0.0f);
    if (wide()) {
      float most = std::max(-low, high);
      return quantization(most > 0 ? most / 32767 : 1.0f, 0);
    }
    if (low == high) return quantization(1.0f, 0);
    float scale = (high - low) / 255;
    return quantization(scale,
                        rounded<int32_t>(-128.0 - static_cast<double>(low) / scale, -128, 127));
  }

  void quantize_activation(TensorId id, Range r) {
    Tensor& tensor = graph_.tensor(id);
    tensor.dtype = options_.activations;
    auto fixed = fixed_.find(find(id));
    tensor.quantization = fixed == fixed_.end() ? of_range(r) : fixed->second;
  }

  void quantize_outputs(const Node& node) {
    for (TensorId id : node.outputs) quantize_activation(id, range(id));
  }

  Result<void> quantize_inputs(Node* node) {
    const RuleRow& row = *rule_of(*node);
    for (size_t i = 1; row.rule == Rule::kWeighted && i < node->inputs.size(); ++i) {
      if (node->inputs[i] == kAbsent || source_.tensor(node->inputs[i]).constant()) continue;
      return fail("{}: its input {} isn't constant", node_text(source_, *node), i);
    }
    for (size_t i = 0; i < node->inputs.size(); ++i) {
      TensorId id = node->inputs[i];
      if (!is_real(id) || !source_.tensor(id).constant()) continue;
      if (row.rule != Rule::kWeighted) {
        node->inputs[i] = constant(id, row.rule == Rule::kSame ? node->outputs[0] : kAbsent);
      } else if (i == 1) {
        node->inputs[i] = weights(*node, row.axis);
      }
    }
    bool biased = row.rule == Rule::kWeighted && node->inputs.size() > 2;
    if (biased && node->inputs[2] != kAbsent) node->inputs[2] = bias(*node);
    return {};
  }

  std::vector<float> values_of(TensorId id) const {
    const Tensor& tensor = source_.tensor(id);
    return {tensor.as<float>(), tensor.as<float>() + tensor.shape.elements()};
  }

  TensorId add(Tensor tensor) {
    graph_.tensors.push_back(std::move(tensor));
    return static_cast<TensorId>(graph_.tensors.size()) - 1;
  }

  /// A constant operand, in the scale of `like` or in its own.
  TensorId constant(TensorId id, TensorId like) {
    std::vector<float> values = values_of(id);
    Tensor tensor = source_.tensor(id);
    auto [low, high] = std::minmax_element(values.begin(), values.end());
    tensor.quantization =
        like == kAbsent ? of_range({*low, *high}) : graph_.tensor(like).quantization;
    tensor.dtype = options_.activations;
    double scale = tensor.quantization.scale(), zero = tensor.quantization.zero_point();
    if (wide()) {
      std::vector<int16_t> out;
      for (float v : values) out.push_back(rounded<int16_t>(v / scale, -32767, 32767));
      tensor.data = bytes_of_values(out);
    } else {
      std::vector<int8_t> out;
      for (float v : values) out.push_back(rounded<int8_t>(v / scale + zero, -128, 127));
      tensor.data = bytes_of_values(out);
    }
    return add(std::move(tensor));
  }

  /// int8 weights with a scale for each index of `axis`, from -127 to 127. A scale isn't smaller
  /// than the bias's integers allow.
  TensorId weights(const Node& node, int axis) {
    TensorId id = node.inputs[1];
    Tensor tensor = source_.tensor(id);
    std::vector<float> values = values_of(id);
    auto channels = static_cast<size_t>(tensor.shape.dims[axis]);
    size_t inner = 1;
    for (int d = axis + 1; d < tensor.shape.rank; ++d) {
      inner *= static_cast<size_t>(tensor.shape.dims[d]);
    }
    auto channel = [&](size_t i) { return i / inner % channels; };
    std::vector<float> most(channels, 0);
    for (size_t i = 0; i < values.size(); ++i) {
      most[channel(i)] = std::max(most[channel(i)], std::abs(values[i]));
    }
    bool biased = node.inputs.size() > 2 && node.inputs[2] != kAbsent;
    std::vector<float> biases =
        biased ? values_of(node.inputs[2]) : std::vector<float>(channels, 0);
    float input_scale = graph_.tensor(node.inputs[0]).quantization.scale();
    Quantization q;
    q.axis = axis;
    for (size_t c = 0; c < channels; ++c) {
      float needed = std::abs(biases[c]) / (input_scale * 1073741824.0f);
      float scale = std::max(most[c] / 127, wide() ? 0.0f : needed);
      q.scales.push_back(scale > 0 ? scale : 1.0f);
      q.zero_points.push_back(0);
    }
    std::vector<int8_t> out;
    for (size_t i = 0; i < values.size(); ++i) {
      out.push_back(
          rounded<int8_t>(static_cast<double>(values[i]) / q.scales[channel(i)], -127, 127));
    }
    tensor.dtype = DType::kInt8;
    tensor.quantization = q;
    tensor.data = bytes_of_values(out);
    return add(std::move(tensor));
  }

  TensorId bias(const Node& node) {
    TensorId id = node.inputs[2];
    Tensor tensor = source_.tensor(id);
    std::vector<float> values = values_of(id);
    double input_scale = graph_.tensor(node.inputs[0]).quantization.scale();
    const Quantization& w = graph_.tensor(node.inputs[1]).quantization;
    Quantization q;
    std::vector<int32_t> narrow;
    std::vector<int64_t> wide_values;
    for (size_t c = 0; c < values.size(); ++c) {
      auto scale = static_cast<float>(input_scale * w.scales[c]);
      q.scales.push_back(scale);
      q.zero_points.push_back(0);
      double value = static_cast<double>(values[c]) / scale;
      narrow.push_back(rounded<int32_t>(value, -2147483648.0, 2147483647.0));
      wide_values.push_back(rounded<int64_t>(value, -549755813888.0, 549755813887.0));
    }
    tensor.dtype = wide() ? DType::kInt64 : DType::kInt32;
    tensor.quantization = q;
    tensor.data = wide() ? bytes_of_values(wide_values) : bytes_of_values(narrow);
    return add(std::move(tensor));
  }

  /// Float inputs before a QUANTIZE, float outputs behind a DEQUANTIZE.
  void add_float_ends() {
    const OperatorRecord* quantize = find_record(operator_book(), "QUANTIZE");
    const OperatorRecord* dequantize = find_record(operator_book(), "DEQUANTIZE");
    for (TensorId& id : graph_.inputs) {
      Tensor real = source_.tensor(id);
      graph_.tensor(id).name += "/quantized";
      TensorId outside = add(std::move(real));
      graph_.nodes.insert(
          graph_.nodes.begin(),
          Node{.record = quantize, .inputs = {outside}, .outputs = {id}, .attributes = {}});
      id = outside;
    }
    for (TensorId& id : graph_.outputs) {
      Tensor real = source_.tensor(id);
      graph_.tensor(id).name += "/quantized";
      TensorId outside = add(std::move(real));
      graph_.nodes.push_back(
          Node{.record = dequantize, .inputs = {id}, .outputs = {outside}, .attributes = {}});
      id = outside;
    }
  }

  const Graph& source_;
  const std::map<TensorId, Range>& ranges_;
  const QuantizeOptions& options_;
  Graph graph_;
  std::vector<TensorId> group_;
  std::map<TensorId, Range> shared_;
  std::map<TensorId, Quantization> fixed_;
};

}  // namespace

int levels_of(DType activations) {
  return activations == DType::kInt16 ? 65534 : 255;
}

Result<Graph> quantize_graph(const Graph& graph, const std::map<TensorId, Range>& ranges,
                             const QuantizeOptions& options) {
  return Quantizer(graph, ranges, options).run();
}

}  // namespace mote::quantize
