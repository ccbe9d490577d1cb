// SPDX-License-Identifier: Apache-2.0
// CONV_2D's kernels for int16 activations, and which of them a node gets.
#include "ops/conv_2d/conv_2d.op.h"
#include "ops/conv_2d/four_windows.h"
#include "ops/quantized/folding_wide.op.h"
#include "ops/quantized/quantization_rules.op.h"
#include "ops/window/window_shape.op.h"

namespace mote {
namespace {

const KernelInfo kInt16 = MOTE_KERNEL(conv_2d_int16, Conv2dInt16Params, "conv_2d", "reference.cc",
                                      MOTE_FIELDS(Conv2dInt16Params, MOTE_WINDOW_FIELDS(window),
                                                  filter_c, MOTE_INT16_OUTPUT_FIELDS(output)));
const KernelInfo kInt16Narrow =
    MOTE_KERNEL(conv_2d_int16_narrow, Conv2dInt16Params, "conv_2d", "reference.cc",
                MOTE_FIELDS(Conv2dInt16Params, MOTE_WINDOW_FIELDS(window), filter_c,
                            MOTE_INT16_OUTPUT_FIELDS(output)));
const KernelInfo kInt16Dsp =
    MOTE_KERNEL(conv_2d_int16_dsp, Conv2dInt16Params, "conv_2d", "dsp_int16.cc",
                MOTE_FIELDS(Conv2dInt16Params, MOTE_WINDOW_FIELDS(window), filter_c,
                            MOTE_INT16_OUTPUT_FIELDS(output)));
const KernelInfo kInt16Mve =
    MOTE_KERNEL(conv_2d_int16_mve, Conv2dInt16Params, "conv_2d", "mve_int16.cc",
                MOTE_FIELDS(Conv2dInt16Params, MOTE_WINDOW_FIELDS(window), filter_c,
                            MOTE_INT16_OUTPUT_FIELDS(output)));

/// For dsp_int16.cc: channels two by two, of each two the depths four by four, channel after
/// channel in the order 0, 2, 1, 3 in which SXTB16 wants them; both filled up with zeros.
std::vector<uint32_t> pack_fours(const WeightMatrix& weights) {
  std::vector<uint32_t> packed;
  auto byte = [&](int c, int d) -> uint32_t {
    bool there = c < weights.channels && d < weights.depth;
    return there ? static_cast<uint8_t>(weights.at(c, d)) : 0;
  };
  for (int first = 0; first < weights.channels; first += 2) {
    for (int d = 0; d < weights.depth; d += 4) {
      for (int c = first; c < first + 2; ++c) {
        packed.push_back(byte(c, d) | byte(c, d + 2) << 8 | byte(c, d + 1) << 16 |
                         byte(c, d + 3) << 24);
      }
    }
  }
  return packed;
}

/// With sums of 32 bits, if that is possible.
bool lower_folded(Lowering& node, const Conv2dInt16Params& params,
                  const std::vector<WideChannelRequantization>& channels) {
  const Window& w = params.window;
  const Tensor& filter = node.input(1);
  bool constant = filter.constant() && (!node.has_input(2) || node.input(2).constant());
  bool plain = params.filter_c == w.input_c && fits_four_windows(w);
  if (!node.target().dsp || !constant || !plain) return false;
  int depth = w.filter_h * w.filter_w * w.input_c;
  WeightMatrix weights{filter.as<int8_t>(), w.output_c, depth};
  auto folded = fold_wide_channels(weights, channels);
  if (!folded) return false;
  bool mve = node.target().mve;
  int step = mve ? depth : (depth + 3) / 4 * 4;
  bool in_place = mve ? has_single_taps(w) : reads_fours_in_place(w);
  node.emit(
      mve ? kInt16Mve : kInt16Dsp, params,
      {node.in(0), mve ? node.in(1) : node.constant(pack_fours(weights)),
       mve ? node.constant(fold_wide_fours(*folded)) : node.constant(*folded),
       in_place ? node.nothing() : node.scratch(static_cast<uint32_t>(kTileWindows * step) * 2),
       node.out()});
  return true;
}

}  // namespace

void lower_conv_2d_int16(Lowering& node, const Conv2dInt16Params& params,
                         const std::vector<QuantizedMultiplier>& multipliers) {
  const Tensor* bias = node.has_input(2) ? &node.input(2) : nullptr;
  if (!has_wide_sums(node, 2)) {
    node.emit(kInt16Narrow, params,
              {node.in(0), node.in(1), node.constant(with_bias(multipliers, bias)), node.out()});
    return;
  }
  auto channels = with_wide_bias(multipliers, bias);
  if (lower_folded(node, params, channels)) return;
  node.emit(kInt16, params, {node.in(0), node.in(1), node.constant(channels), node.out()});
}

std::vector<const KernelInfo*> conv_2d_int16_kernels() {
  return {&kInt16, &kInt16Narrow, &kInt16Dsp, &kInt16Mve};
}

}  // namespace mote
