// SPDX-License-Identifier: Apache-2.0
// Cross-layer equalisation: where one layer's output goes through nothing or RELU into just one
// other, a channel may be divided by any positive number in the first layer and multiplied by it in
// the second; the answers stay the same but for rounding. Chosen so that the channel's weights have
// the same range in both, a small channel beside a large one doesn't lose its bits. It helps where
// a whole layer has one scale; scales for each channel take care of the first layer's by
// themselves.
#ifndef MOTE_TRAIN_QUANTIZE_EQUALIZE_H_
#define MOTE_TRAIN_QUANTIZE_EQUALIZE_H_

#include "ir/graph.h"

namespace mote::quantize {

/// What equalisation found and did.
struct Equalization {
  size_t pairs = 0;           // of layers
  size_t refused = 0;         // that follow each other, but through an activation such as RELU6
  double largest_factor = 1;  // by which a channel was scaled, either way
};

/// Scales channels of CONV_2D, DEPTHWISE_CONV_2D (multiplier 1) and FULLY_CONNECTED until nothing
/// moves. REQUIRES: a float graph that passed verify().
Equalization equalize(Graph* graph);

}  // namespace mote::quantize

#endif  // MOTE_TRAIN_QUANTIZE_EQUALIZE_H_
