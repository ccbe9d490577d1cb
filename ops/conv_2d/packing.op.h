// SPDX-License-Identifier: Apache-2.0
// Weights in the order in which the convolution kernels eat them.
#ifndef MOTE_OPS_CONV_2D_PACKING_OP_H_
#define MOTE_OPS_CONV_2D_PACKING_OP_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "ops/quantized/folding.op.h"
#include "ops/quantized/linear_channels.h"
#include "ops/window/window.h"

namespace mote {

/// Two channels at two depths as 16-bit numbers 256·second + first, as dsp.cc multiplies them.
uint32_t pack_two_channels(const WeightMatrix& weights, int first, int depth, int other_depth);

/// Whether such numbers have 16 bits: not where the second is -128, which TFLite doesn't write, and
/// the first negative.
bool fit_in_pairs(const WeightMatrix& weights);

/// Channels' weights in the order in which conv_2d_int8_dsp_folded and conv_2d_int8_dsp_folded_int4
/// widen a window: the whole words of each of its pieces (windows.h), then the bytes that are left
/// of each.
std::vector<int8_t> in_row_words(const WeightMatrix& weights, const Window& window);

/// For conv_2d_int8_dsp_folded: channels four by four, depths as they are widened (0 and 2, 1 and
/// 3), a word of the first two channels before one of the others; both filled up with zeros.
std::vector<uint32_t> pack_pairs(const WeightMatrix& weights);

/// For conv_2d_int8_dsp_linear: the same, each four channels a LinearBlock (dot_linear.h) with what
/// they round with; channels that aren't there have zeros.
std::vector<uint32_t> pack_linear(const WeightMatrix& weights, std::vector<LinearChannel> channels);

/// Whether weights have 4 bits, and sums of any inputs 20 bits, as dot_quads.h wants them.
bool fit_in_quads(const WeightMatrix& weights);

/// Four channels from `first` on, at two depths, as dot_quads.h multiplies them.
uint32_t pack_four_channels(const WeightMatrix& weights, int first, int depth, int other_depth);

/// For conv_2d_int8_dsp_folded_int4: channels four by four, depths as in pack_pairs(), both filled
/// up with zeros.
std::vector<uint32_t> pack_quads(const WeightMatrix& weights);

/// Channels `together` by `together`, of each the depths two by two, of each two channel after
/// channel, filled up with zeros: for conv_2d_int8_avx2 (16) and fully_connected_int8_avx2 (32).
template <typename T>
std::vector<T> pack_wide(const WeightMatrix& weights, int together) {
  std::vector<T> packed;
  for (int first = 0; first < weights.channels; first += together) {
    for (int d = 0; d < weights.depth; d += 2) {
      for (int i = 0; i < 2 * together; ++i) {
        int c = first + i / 2, depth = d + i % 2;
        bool there = c < weights.channels && depth < weights.depth;
        packed.push_back(there ? weights.at(c, depth) : 0);
      }
    }
  }
  return packed;
}

/// For conv_2d_int8_lanes: channels two by two, of each two the depths one by one, filled up with
/// zeros to an even number of either.
std::vector<int8_t> pack_lanes(const WeightMatrix& weights);

/// For conv_2d_int8_mve: [channels, filter_w, filter_h, input_c], the window column by column.
std::vector<int8_t> pack_strips(const WeightMatrix& weights, const Window& window);

/// Steps of two depths in which no sum leaves its lane (base/lanes.h), for each `together` channels
/// one after the other. None if two weights alone do.
std::optional<std::vector<uint8_t>> cut_chunks(const WeightMatrix& weights, int together);

}  // namespace mote

#endif  // MOTE_OPS_CONV_2D_PACKING_OP_H_
