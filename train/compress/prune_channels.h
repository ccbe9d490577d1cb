// SPDX-License-Identifier: Apache-2.0
// Structured pruning: takes whole channels out of a float network, so that it has fewer
// multiplications, weights and activations on every device. The channels that go are those whose
// filters are the smallest; fine-tuning afterwards (mote-train --stage finetune) brings back most
// of the accuracy.
#ifndef MOTE_TRAIN_COMPRESS_PRUNE_CHANNELS_H_
#define MOTE_TRAIN_COMPRESS_PRUNE_CHANNELS_H_

#include "base/host/result.h"
#include "train/compress/channels.h"

namespace mote::compress {

struct ChannelPruning {
  double part = 0.25;    // of the channels that go
  bool overall = false;  // the least important ones of all groups; else the same part of each
  int multiple = 4;      // groups keep a multiple of it, which is what kernels compute at a time
};

/// At least this part of a group stays, however unimportant its channels are.
constexpr double kLeastKept = 0.25;

struct PrunedGroup {
  std::string name;
  int before = 0, after = 0;
};

struct PrunedChannels {
  Graph graph;
  std::vector<PrunedGroup> groups;  // that could be pruned
  int64_t macs_before = 0, macs_after = 0;
};

/// How much a group's channels matter: of each layer that makes them, the sum of the filter's and
/// the bias's magnitudes in parts of the layer's mean, added up.
std::vector<double> importance(const Graph& graph, const ChannelGroup& group);

/// Multiply-accumulates of one inference.
int64_t macs_of(const Graph& graph);

/// REQUIRES: verify(graph) passed, part in [0, 1). Errors: no group of channels can be pruned (an
/// integer model, or one of other operators), with what to do.
Result<PrunedChannels> prune_channels(const Graph& graph, const ChannelPruning& options);

}  // namespace mote::compress

#endif  // MOTE_TRAIN_COMPRESS_PRUNE_CHANNELS_H_
