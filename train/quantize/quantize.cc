// SPDX-License-Identifier: Apache-2.0
#include "train/quantize/quantize.h"

#include <algorithm>
#include <numeric>

#include "compiler/passes/passes.h"
#include "ir/record.h"
#include "ir/verifier.h"
#include "train/quantize/mixed.h"
#include "train/quantize/rules.h"
#include "train/quantize/values.h"
#include "train/quantize/weights.h"

namespace mote::quantize {
namespace {

class Quantizer {
 public:
  Quantizer(MixedGraph mixed, const std::map<TensorId, Range>& ranges,
            const std::map<TensorId, Range>& wide_ranges, const QuantizeOptions& options)
      : mixed_(std::move(mixed)),
        source_(mixed_.graph),
        ranges_(ranges),
        wide_ranges_(wide_ranges),
        options_(options),
        graph_(source_),
        group_(source_.tensors.size()) {
    std::iota(group_.begin(), group_.end(), 0);
  }

  Result<Graph> run() {
    MOTE_CHECK_OK(check_operators());
    share_ranges();
    for (const Node& node : source_.nodes) {
      for (TensorId id : node.outputs) quantize_activation(id);
    }
    for (TensorId id : source_.inputs) quantize_activation(id);
    for (Node& node : graph_.nodes) {
      MOTE_CHECK_OK(quantize_inputs(&node));
    }
    MOTE_CHECK_OK(compact_tensors(graph_));
    if (options_.float_io) graph_ = with_float_ends(std::move(graph_));
    Result<void> fine = verify(graph_);
    if (!fine.ok()) return fail("it has no integer form: {}", fine.error().message);
    return std::move(graph_);
  }

 private:
  bool is_wide(TensorId id) const { return mixed_.wide[static_cast<size_t>(id)]; }

  TensorId find(TensorId id) {
    while (group_[static_cast<size_t>(id)] != id) id = group_[static_cast<size_t>(id)];
    return id;
  }

  Result<void> check_operators() {
    for (const Node& node : source_.nodes) {
      if (!rule_of(node)) {
        return fail("{}: mote has no rule for quantising it", node_text(source_, node));
      }
      for (TensorId id : node.outputs) {
        if (id == kAbsent || source_.tensor(id).dtype == DType::kFloat32) continue;
        return fail("{}: isn't a float operator; only float models can be quantised",
                    node_text(source_, node));
      }
    }
    return {};
  }

  /// Tensors that must have one scale get one group, whose range holds all of theirs. What a fixed
  /// range is copied into has that range.
  void share_ranges() {
    for (const Node& node : source_.nodes) {
      if (rule_of(node)->rule != Rule::kSame) continue;
      TensorId first = find(node.outputs[0]);
      for (const std::vector<TensorId>& side : {node.inputs, node.outputs}) {
        for (TensorId id : side) {
          if (is_activation(source_, id)) group_[static_cast<size_t>(find(id))] = first;
        }
      }
    }
    for (TensorId id = 0; id < static_cast<TensorId>(source_.tensors.size()); ++id) {
      const Range* own = own_range(id);
      if (!own) continue;
      auto [at, added] = shared_.try_emplace(find(id), *own);
      at->second.low = std::min(at->second.low, own->low);
      at->second.high = std::max(at->second.high, own->high);
    }
    for (const Node& node : source_.nodes) {
      Rule rule = rule_of(node)->rule;
      TensorId output = node.outputs[0];
      if (rule == Rule::kUnit) fixed_[find(output)] = unit(is_wide(output));
      if (rule == Rule::kSigned) fixed_[find(output)] = plus_minus_one(is_wide(output));
    }
  }

  const Range* own_range(TensorId id) const {
    auto twin = mixed_.twins.find(id);
    const auto& ranges = is_wide(id) && !wide_ranges_.empty() ? wide_ranges_ : ranges_;
    auto found = ranges.find(twin == mixed_.twins.end() ? id : twin->second);
    return found == ranges.end() ? nullptr : &found->second;
  }

  static Quantization unit(bool wide) {
    return wide ? quantization(1.0f / 32768, 0) : quantization(1.0f / 256, -128);
  }
  static Quantization plus_minus_one(bool wide) {
    return wide ? quantization(1.0f / 32768, 0) : quantization(1.0f / 128, 0);
  }

  static Quantization of_range(Range r, bool wide) {
    float low = std::min(r.low, 0.0f), high = std::max(r.high, 0.0f);
    if (wide) {
      float most = std::max(-low, high);
      return quantization(most > 0 ? most / 32767 : 1.0f, 0);
    }
    if (low == high) return quantization(1.0f, 0);
    float scale = (high - low) / 255;
    return quantization(scale,
                        rounded<int32_t>(-128.0 - static_cast<double>(low) / scale, -128, 127));
  }

  void quantize_activation(TensorId id) {
    Tensor& tensor = graph_.tensor(id);
    tensor.dtype = is_wide(id) ? DType::kInt16 : DType::kInt8;
    auto fixed = fixed_.find(find(id));
    auto range = shared_.find(find(id));
    tensor.quantization =
        fixed != fixed_.end()
            ? fixed->second
            : of_range(range == shared_.end() ? Range() : range->second, is_wide(id));
  }

  Result<void> quantize_inputs(Node* node) {
    const RuleRow& row = *rule_of(*node);
    if (row.rule == Rule::kWeighted) return quantize_weighted(node, row);
    for (TensorId& id : node->inputs) {
      bool real = id != kAbsent && source_.tensor(id).dtype == DType::kFloat32;
      if (real && source_.tensor(id).constant()) {
        id = constant(id, node->outputs[0], row.rule == Rule::kSame);
      }
    }
    return {};
  }

  Result<void> quantize_weighted(Node* node, const RuleRow& row) {
    for (size_t i = 1; i < node->inputs.size(); ++i) {
      if (node->inputs[i] == kAbsent || source_.tensor(node->inputs[i]).constant()) continue;
      return fail("{}: its input {} isn't constant", node_text(source_, *node), i);
    }
    const bool wide = is_wide(node->outputs[0]);
    const float input_scale = graph_.tensor(node->inputs[0]).quantization.scale();
    const bool biased = node->inputs.size() > 2 && node->inputs[2] != kAbsent;
    WeightOptions options{.axis = row.axis, .bits = row.narrow ? options_.weight_bits : 8};
    if (biased && !wide) {
      options.least_scales = least_scales(source_.tensor(node->inputs[2]), input_scale);
    }
    TensorId weights = add(quantize_weights(source_.tensor(node->inputs[1]), options));
    node->inputs[1] = weights;
    if (!biased) return {};
    node->inputs[2] = add(quantize_bias(source_.tensor(node->inputs[2]), input_scale,
                                        graph_.tensor(weights).quantization, wide));
    return {};
  }

  TensorId add(Tensor tensor) {
    graph_.tensors.push_back(std::move(tensor));
    return static_cast<TensorId>(graph_.tensors.size()) - 1;
  }

  /// A constant operand, in the scale of the output or in its own.
  TensorId constant(TensorId id, TensorId output, bool same_scale) {
    Tensor tensor = source_.tensor(id);
    std::vector<float> values = floats_of(*tensor.data);
    auto [low, high] = std::minmax_element(values.begin(), values.end());
    tensor.quantization =
        same_scale ? graph_.tensor(output).quantization : of_range({*low, *high}, is_wide(output));
    tensor.dtype = graph_.tensor(output).dtype;
    tensor.data = std::make_shared<const Bytes>(stored_values(tensor, values));
    return add(std::move(tensor));
  }

  const MixedGraph mixed_;
  const Graph& source_;
  const std::map<TensorId, Range>& ranges_;
  const std::map<TensorId, Range>& wide_ranges_;
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
                             const QuantizeOptions& options,
                             const std::map<TensorId, Range>& wide_ranges) {
  return Quantizer(split_widths(graph, options), ranges, wide_ranges, options).run();
}

}  // namespace mote::quantize
