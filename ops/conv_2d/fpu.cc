// SPDX-License-Identifier: Apache-2.0
// CONV_2D on an FPU: four windows at a time to all channels, in tiles of four by four
// (float_tiles.h). Zeros for padding change no sum: it begins with +0 and never becomes -0.
#include "base/math.h"
#include "ops/conv_2d/conv_2d.h"
#include "ops/conv_2d/float_tiles.h"

namespace mote {
namespace {

int32_t depth_of(const Window& w) {
  return w.filter_h * w.filter_w * w.input_c;
}

/// Up to four windows to four channels; outputs of one window and the next are `step` apart.
template <bool kFused>
void multiply_tile(const float* const* windows, int32_t count, const float* weights, int32_t depth,
                   float* to, int32_t step) {
  if (count == kTileWindows) {
    multiply_four_windows<kFused>(windows, weights, depth, to, step);
  } else {
    for (int32_t i = 0; i < count; ++i) {
      multiply_one_window<kFused>(windows[i], weights, depth, to + i * step);
    }
  }
}

/// The same for channels that are too few for a tile.
template <bool kFused>
void multiply_last_channels(const float* const* windows, int32_t count, const float* weights,
                            int32_t depth, int32_t channels, float* to, int32_t step) {
  float sums[kTileWindows * kTileChannels];
  multiply_tile<kFused>(windows, count, weights, depth, sums, kTileChannels);
  for (int32_t i = 0; i < count; ++i) {
    for (int32_t c = 0; c < channels; ++c) to[i * step + c] = sums[kTileChannels * i + c];
  }
}

template <bool kFused>
void convolve_tiles(const Conv2dFloat32Params& p, const float* input, const float* weights,
                    float* columns, float* output) {
  const int32_t channels = p.window.output_c, depth = depth_of(p.window);
  auto multiply = [&](const float* const* windows, int32_t count) {
    const float* w = weights;
    int32_t c = 0;
    for (; c + kTileChannels <= channels; c += kTileChannels, w += kTileChannels * (depth + 1)) {
      multiply_tile<kFused>(windows, count, w, depth, output + c, channels);
    }
    if (c < channels) {
      multiply_last_channels<kFused>(windows, count, w, depth, channels - c, output + c, channels);
    }
    clamp_all(output, count * channels, p.output_min, p.output_max);
    output += count * channels;
  };
  for_four_windows(p.window, input, has_single_taps(p.window) ? nullptr : columns, depth, multiply);
}

}  // namespace

void conv_2d_float32_fpu(const Conv2dFloat32Params& p, const float* input, const float* weights,
                         float* columns, float* output) {
  convolve_tiles<false>(p, input, weights, columns, output);
}

bool check_conv_2d_float32_fpu(const Conv2dFloat32Params& p, const Operand* operands) {
  const Window& w = p.window;
  return check_window<float>(w, operands[0], operands[3]) && p.filter_c == w.input_c &&
         fits_four_windows(w) &&
         operands[1].holds<float>((w.output_c + 3) / 4, depth_of(w) + 1, 4) &&
         (has_single_taps(w) ||
          operands[2].holds<float>(kTileWindows, w.filter_h, w.filter_w, w.input_c));
}

void conv_2d_float32_fused(const Conv2dFloat32Params& p, const float* input, const float* weights,
                           float* columns, float* output) {
  convolve_tiles<true>(p, input, weights, columns, output);
}

bool check_conv_2d_float32_fused(const Conv2dFloat32Params& p, const Operand* operands) {
  return check_conv_2d_float32_fpu(p, operands);
}

}  // namespace mote
