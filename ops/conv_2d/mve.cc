// SPDX-License-Identifier: Apache-2.0
// CONV_2D on vectors of 16 bytes. Of the rows that an output row needs, each column is laid out as
// a strip: filter_h pieces of input_c bytes. A window is filter_w strips, its right neighbour's
// begins stride_w strips later, so that each byte is copied once for an output row and no window is
// put together. Filters of one tap read the picture as it is. Padding is the input's zero point,
// which the folded bias takes off again.
#include "ops/conv_2d/conv_2d.h"
#include "ops/conv_2d/dot_vectors.h"
#include "ops/conv_2d/windows.h"

namespace mote {
namespace {

/// A piece for each of `count` columns.
struct Pieces {
  const int8_t* from;
  int32_t from_step;
  int8_t* to;
  int32_t to_step;
  int32_t count, bytes;
};

#if MOTE_MVE_ASSEMBLY

/// Up to 16 bytes of each piece.
void copy_part(const Pieces& p, int32_t bytes) {
  const int8_t* from = p.from;
  int8_t* to = p.to;
  __asm__ volatile(
      "vctp.8 %[bytes]\n"
      "dls lr, %[count]\n"
      "1:\n"
      "vpstt\n"
      "vldrbt.8 q0, [%[from]]\n"
      "vstrbt.8 q0, [%[to]]\n"
      "add %[from], %[from], %[from_step]\n"
      "add %[to], %[to], %[to_step]\n"
      "le lr, 1b\n"
      : [from] "+r"(from), [to] "+r"(to)
      : [bytes] "r"(bytes), [count] "r"(p.count), [from_step] "r"(p.from_step),
        [to_step] "r"(p.to_step)
      : "lr", "q0", "memory");
}

#else

void copy_part(const Pieces& p, int32_t bytes) {
  for (int32_t i = 0; i < p.count; ++i) {
    for (int32_t k = 0; k < bytes && k < 16; ++k) {
      p.to[i * p.to_step + k] = p.from[i * p.from_step + k];
    }
  }
}

#endif

/// REQUIRES: count >= 1.
void copy_pieces(Pieces p) {
  for (int32_t left = p.bytes; left > 0; left -= 16, p.from += 16, p.to += 16) copy_part(p, left);
}

/// Columns that an output row needs, and how many of them are inside the picture.
struct Strips {
  int32_t columns, inside, bytes;  // of a strip
};

Strips strips_of(const Window& w) {
  int32_t columns = (w.output_w - 1) * w.stride_w + w.filter_w;
  return {columns, clamp(columns - w.pad_w, 0, w.input_w), w.filter_h * w.input_c};
}

/// The strips' inside for output row y; `padding` is a piece of it.
void fill_strips(const Window& w, const Strips& s, const int8_t* picture, int32_t y,
                 const int8_t* padding, int8_t* strips) {
  if (s.inside == 0) return;
  int8_t* to = strips + w.pad_w * s.bytes;
  for (int32_t i = 0; i < w.filter_h; ++i, to += w.input_c) {
    int32_t in_y = y * w.stride_h - w.pad_h + i * w.dilation_h;
    bool inside = in_y >= 0 && in_y < w.input_h;
    copy_pieces({inside ? picture + in_y * w.input_w * w.input_c : padding, inside ? w.input_c : 0,
                 to, s.bytes, s.inside, w.input_c});
  }
}

/// `count` pixels to all channels. Of the run, step and depth are set.
void multiply_pixels(const Conv2dInt8Params& p, PixelRun& run, const int8_t* from, int32_t count,
                     const int8_t* weights, const FoldedFour* four, int8_t* output) {
  const int32_t channels = p.window.output_c;
  run.output_step = channels;
  for (int32_t c = 0; c < channels; c += 4, weights += 4 * run.depth, ++four) {
    set_weights(run, weights, channels - c);
    run.from = from, run.count = count, run.four = four, run.output = output + c;
    multiply_run(run);
  }
  clamp_outputs(output, count * channels, p.output);
}

/// One tap, never on padding: a window is a pixel of the picture.
bool is_single_tap(const Window& w) {
  return w.filter_h == 1 && w.filter_w == 1 && w.pad_h == 0 && w.pad_w == 0;
}

bool takes_every_pixel(const Window& w) {
  return w.stride_h == 1 && w.stride_w == 1 && w.output_h == w.input_h && w.output_w == w.input_w;
}

/// Rows of pixels, or whole pictures where those touch each other.
void multiply_single_taps(const Conv2dInt8Params& p, const int8_t* input, const int8_t* weights,
                          const FoldedFour* channels, int8_t* output) {
  const Window& w = p.window;
  const bool all = takes_every_pixel(w);
  const int32_t rows = all ? 1 : w.output_h, pictures = all ? 1 : w.batches;
  const int32_t count = all ? w.batches * w.output_h * w.output_w : w.output_w;
  PixelRun run;
  run.step = w.stride_w * w.input_c, run.depth = w.input_c;
  for (int32_t n = 0; n < pictures; ++n, input += w.input_h * w.input_w * w.input_c) {
    for (int32_t y = 0; y < rows; ++y, output += count * w.output_c) {
      const int8_t* from = input + y * w.stride_h * w.input_w * w.input_c;
      multiply_pixels(p, run, from, count, weights, channels, output);
    }
  }
}

}  // namespace

void conv_2d_int8_mve(const Conv2dInt8Params& p, const int8_t* input, const int8_t* weights,
                      const FoldedFour* channels, int8_t* strips, int8_t* output) {
  const Window& w = p.window;
  if (is_single_tap(w)) return multiply_single_taps(p, input, weights, channels, output);
  const Strips s = strips_of(w);
  int8_t* padding = strips + s.columns * s.bytes;
  for (int32_t i = 0; i < s.columns * s.bytes + w.input_c; ++i) {
    strips[i] = static_cast<int8_t>(-p.input_offset);
  }
  PixelRun run;
  run.step = w.stride_w * s.bytes, run.depth = w.filter_w * s.bytes;
  for (int32_t n = 0; n < w.batches; ++n, input += w.input_h * w.input_w * w.input_c) {
    for (int32_t y = 0; y < w.output_h; ++y, output += w.output_w * w.output_c) {
      fill_strips(w, s, input, y, padding, strips);
      multiply_pixels(p, run, strips, w.output_w, weights, channels, output);
    }
  }
}

bool check_conv_2d_int8_mve(const Conv2dInt8Params& p, const Operand* operands) {
  const Window& w = p.window;
  if (!check_packed_window(w, p.filter_c, operands[0], operands[4]) || w.dilation_w != 1) {
    return false;
  }
  bool pixels_inside =
      (w.output_h - 1) * w.stride_h < w.input_h && (w.output_w - 1) * w.stride_w < w.input_w;
  const Strips s = strips_of(w);
  bool strips_fit = operands[3].holds<int8_t>(s.columns + 1, s.bytes) &&
                    int64_t{w.stride_w} * s.bytes <= INT32_MAX;
  return (is_single_tap(w) ? pixels_inside : strips_fit) &&
         operands[1].holds<int8_t>(w.output_c, w.filter_h, w.filter_w, w.input_c) &&
         check_folded_fours(operands[2], w.output_c) && all_within(-127, 128, p.input_offset) &&
         is_valid(p.output);
}

}  // namespace mote
