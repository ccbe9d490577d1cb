// SPDX-License-Identifier: Apache-2.0
#include "train/compress/prune_channels.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "ir/record.h"
#include "ir/verifier.h"
#include "train/quantize/values.h"

namespace mote::compress {
namespace {

using Kept = std::vector<int>;  // channels that stay, in order

/// The sum of magnitudes of each channel's slice.
std::vector<double> magnitudes(const Tensor& tensor, int axis) {
  quantize::ChannelIndex channel(tensor.shape, axis);
  std::vector<double> sums(channel.channels(), 0);
  for (size_t i = 0; i < static_cast<size_t>(tensor.shape.elements()); ++i) {
    sums[channel(i)] += std::abs(tensor.as<float>()[i]);
  }
  return sums;
}

bool prunable(const ChannelGroup& group) {
  bool made = std::any_of(group.slices.begin(), group.slices.end(),
                          [](const Slice& slice) { return slice.made; });
  return !group.fixed && made && group.channels > 1;
}

/// A multiple of `multiple` that is at least `wanted`, at most `channels`.
int rounded_up(double wanted, int multiple, int channels) {
  int least = static_cast<int>(std::ceil(kLeastKept * channels));
  int count = std::max({static_cast<int>(std::ceil(wanted - 1e-9)), least, 1});
  if (channels >= multiple) count = (count + multiple - 1) / multiple * multiple;
  return std::min(count, channels);
}

/// The `count` most important channels, the first of equals, in order.
Kept most_important(const std::vector<double>& scores, int count) {
  Kept order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return scores[static_cast<size_t>(a)] > scores[static_cast<size_t>(b)];
  });
  order.resize(static_cast<size_t>(count));
  std::sort(order.begin(), order.end());
  return order;
}

/// How many channels of each group stay.
std::vector<int> counts_of(const std::vector<std::vector<double>>& scores,
                           const ChannelPruning& options) {
  double threshold = 0;
  if (options.overall) {
    std::vector<double> all;
    for (const auto& group : scores) all.insert(all.end(), group.begin(), group.end());
    std::sort(all.begin(), all.end());
    threshold = all[static_cast<size_t>(options.part * static_cast<double>(all.size()))];
  }
  std::vector<int> counts;
  for (const std::vector<double>& group : scores) {
    int channels = static_cast<int>(group.size());
    double wanted = options.overall
                        ? static_cast<double>(std::count_if(
                              group.begin(), group.end(), [&](double s) { return s >= threshold; }))
                        : (1 - options.part) * channels;
    counts.push_back(rounded_up(wanted, options.multiple, channels));
  }
  return counts;
}

/// The tensor with only the kept channels in dimension `axis`.
Tensor taken(const Tensor& tensor, int axis, int channels, const Kept& kept) {
  const Shape& shape = tensor.shape;
  auto size = static_cast<size_t>(shape[axis]);
  auto inner = static_cast<size_t>(shape.product(axis + 1, shape.rank));
  auto outer = static_cast<size_t>(shape.product(0, axis));
  std::vector<bool> stays(static_cast<size_t>(channels), false);
  for (int c : kept) stays[static_cast<size_t>(c)] = true;
  std::vector<float> values;
  size_t left = 0;
  for (size_t i = 0; i < size; ++i) left += stays[i % static_cast<size_t>(channels)];
  for (size_t o = 0; o < outer; ++o) {
    for (size_t i = 0; i < size; ++i) {
      if (!stays[i % static_cast<size_t>(channels)]) continue;
      const float* from = tensor.as<float>() + (o * size + i) * inner;
      values.insert(values.end(), from, from + inner);
    }
  }
  Tensor result = tensor;
  result.shape[axis] = static_cast<int32_t>(left);
  result.data = quantize::bytes_of_values(values);
  return result;
}

/// RESHAPE's new shape, as its output has it now.
void renew_shape(Graph* graph, Node* node) {
  const Shape shape = graph->tensor(node->outputs[0]).shape;  // a copy: tensors move below
  if (node->inputs.size() > 1 && node->inputs[1] != kAbsent) {
    Tensor constant = graph->tensor(node->inputs[1]);
    constant.data =
        quantize::bytes_of_values(std::vector<int32_t>(shape.dims, shape.dims + shape.rank));
    graph->tensors.push_back(std::move(constant));
    node->inputs[1] = static_cast<TensorId>(graph->tensors.size()) - 1;
  }
  if (node->attributes.count("new_shape")) {
    node->attributes["new_shape"] = std::vector<int64_t>(shape.dims, shape.dims + shape.rank);
  }
}

void remove(Graph* graph, const ChannelGroup& group, const Kept& kept) {
  for (const Slice& slice : group.slices) {
    Tensor& constant = graph->tensor(slice.constant);
    constant = taken(constant, slice.axis, group.channels, kept);
  }
  for (TensorId id : group.tensors) {
    Shape& shape = graph->tensor(id).shape;
    int32_t& last = shape[shape.rank - 1];
    last = last / group.channels * static_cast<int32_t>(kept.size());
  }
}

}  // namespace

std::vector<double> importance(const Graph& graph, const ChannelGroup& group) {
  std::map<size_t, std::vector<double>> layers;
  for (const Slice& slice : group.slices) {
    if (!slice.made) continue;
    std::vector<double>& sums = layers[slice.node];
    sums.resize(static_cast<size_t>(group.channels), 0);
    std::vector<double> own = magnitudes(graph.tensor(slice.constant), slice.axis);
    for (size_t c = 0; c < own.size(); ++c) sums[c % sums.size()] += own[c];
  }
  std::vector<double> scores(static_cast<size_t>(group.channels), 0);
  for (const auto& [node, sums] : layers) {
    double mean = std::accumulate(sums.begin(), sums.end(), 0.0) / static_cast<double>(sums.size());
    double each = mean * static_cast<double>(layers.size());
    for (size_t c = 0; c < sums.size(); ++c) scores[c] += each > 0 ? sums[c] / each : 0;
  }
  return scores;
}

int64_t macs_of(const Graph& graph) {
  int64_t all = 0;
  for (const Node& node : graph.nodes) {
    if (node.record->macs) all += node.record->macs(NodeView(graph, node));
  }
  return all;
}

Result<PrunedChannels> prune_channels(const Graph& graph, const ChannelPruning& options) {
  std::vector<ChannelGroup> groups = channel_groups(graph);
  std::erase_if(groups, [](const ChannelGroup& group) { return !prunable(group); });
  if (groups.empty()) {
    return fail(
        "no channels can be pruned: they are taken out of float CONV_2D, DEPTHWISE_CONV_2D and "
        "FULLY_CONNECTED between other layers; prune the float model and quantise it then");
  }
  std::vector<std::vector<double>> scores;
  for (const ChannelGroup& group : groups) scores.push_back(importance(graph, group));
  std::vector<int> counts = counts_of(scores, options);
  PrunedChannels result;
  result.graph = graph;
  for (size_t g = 0; g < groups.size(); ++g) {
    remove(&result.graph, groups[g], most_important(scores[g], counts[g]));
    result.groups.push_back({groups[g].name, groups[g].channels, counts[g]});
  }
  for (Node& node : result.graph.nodes) {
    if (node.record->name == "RESHAPE") renew_shape(&result.graph, &node);
  }
  result.macs_before = macs_of(graph);
  result.macs_after = macs_of(result.graph);
  Result<void> fine = verify(result.graph);
  if (!fine.ok()) return fail("pruning broke the graph (a bug of mote): {}", fine.error().message);
  return result;
}

}  // namespace mote::compress
