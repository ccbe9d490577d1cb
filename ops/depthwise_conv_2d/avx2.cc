// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D for hosts: eight channels of a pixel at a time. Taps outside of the picture
// read a pixel of zero points.
#include "ops/conv_2d/windows.h"
#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"
#include "ops/quantized/folded_eight.h"

namespace mote {

MOTE_EIGHT_BEGIN

namespace {

typedef const int8_t* TapPointers[kMostWideTaps];

/// Where each tap of the window reads.
void find_taps(const Window& w, const int8_t* picture, const PlacedWindow& at, const int8_t* zeros,
               TapPointers& taps) {
  int32_t n = 0;
  for (int32_t i = 0; i < w.filter_h; ++i) {
    for (int32_t j = 0; j < w.filter_w; ++j, ++n) {
      bool inside = i >= at.row_begin && i < at.row_end && j >= at.begin && j < at.end;
      uint32_t offset =
          static_cast<uint32_t>(i * w.dilation_h) * static_cast<uint32_t>(w.input_w * w.input_c) +
          static_cast<uint32_t>(j * w.dilation_w * w.input_c);
      taps[n] = inside ? picture + (at.origin + offset) : zeros;
    }
  }
}

}  // namespace

void depthwise_conv_2d_int8_avx2(const DepthwiseConv2dInt8Params& p, const int8_t* input,
                                 const int32_t* filter, const FoldedEight* channels, int8_t* zeros,
                                 int8_t* output) {
  const Window& w = p.window;
  const int32_t count = w.output_c, number = w.filter_h * w.filter_w;
  for (int32_t c = 0; c < count; ++c) zeros[c] = static_cast<int8_t>(-p.input_offset);
  for_each_window(w, input, [&](const int8_t* picture, const PlacedWindow& at) {
    TapPointers taps;
    find_taps(w, picture, at, zeros, taps);
    for (int32_t c = 0; c < count; c += 8) {
      Int32x8 sums{};
      const int32_t* weight = filter + c;
      // A weight's high half is 0, so that half of an input plays no part.
      for (int32_t t = 0; t < number; ++t, weight += count) {
        sums += mac_halves(widen_eight(taps[t] + c), load_vector<Int32x8>(weight));
      }
      store_bytes(requantize_eight(sums, channels[c / 8], p.output), 8, output + c);
    }
    output += count;
  });
}

MOTE_EIGHT_END

bool check_depthwise_conv_2d_int8_avx2(const DepthwiseConv2dInt8Params& p,
                                       const Operand* operands) {
  const Window& w = p.window;
  return has_eight() && check_packed_window(w, w.input_c, operands[0], operands[4]) &&
         w.input_c == w.output_c && w.output_c % 8 == 0 &&
         w.filter_h * w.filter_w <= kMostWideTaps &&
         operands[1].holds<int32_t>(w.filter_h, w.filter_w, w.output_c) &&
         operands[2].holds<FoldedEight>(w.output_c / 8) && operands[3].holds<int8_t>(w.output_c) &&
         all_within(-127, 128, p.input_offset) && is_valid(p.output);
}

}  // namespace mote
