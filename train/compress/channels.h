// SPDX-License-Identifier: Apache-2.0
// Which channels of a network stand and fall together. A channel that a convolution makes runs
// through activations, depthwise convolutions, pooling, padding and RESHAPE unchanged; a residual
// ADD ties the channels of both its inputs. What is tied is one group: its channel c is slice c of
// some constants, and can be taken out of all of them at once.
#ifndef MOTE_TRAIN_COMPRESS_CHANNELS_H_
#define MOTE_TRAIN_COMPRESS_CHANNELS_H_

#include <string>
#include <vector>

#include "ir/graph.h"

namespace mote::compress {

/// Dimension `axis` of a constant counts channels: index i is channel i % channels (a flattened map
/// has each channel many times).
struct Slice {
  TensorId constant = kAbsent;
  int axis = 0;
  size_t node = 0;
  bool made = false;  // the weights or bias that the channel is made of; else what reads it
};

struct ChannelGroup {
  std::string name;  // of the first tensor with these channels
  int channels = 0;
  bool fixed = false;  // the model's inputs or outputs, or an operator that isn't known
  std::vector<Slice> slices;
  std::vector<TensorId> tensors;  // whose innermost dimension counts these channels
};

/// The groups, in the order in which they are made. Each activation of rank 1 or more is in one.
/// REQUIRES: verify(graph) passed.
std::vector<ChannelGroup> channel_groups(const Graph& graph);

}  // namespace mote::compress

#endif  // MOTE_TRAIN_COMPRESS_CHANNELS_H_
