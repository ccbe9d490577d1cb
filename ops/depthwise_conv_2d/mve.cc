// SPDX-License-Identifier: Apache-2.0
// DEPTHWISE_CONV_2D with 3×3 filters on vectors of 16 bytes. Sixteen channels at a time, and four
// rows of the picture, are transposed into words: each holds four rows of one channel's column. One
// load of four such words is a patch of four by four, and one multiplication (VMLADAV) with a
// vector of weights in its place gives an output: with a stride of 1, a patch gives two by two of
// them. Two rows further, two of the four move up, so that no row is read again once its outputs
// may have overwritten it: it may run in place.
#include "ops/depthwise_conv_2d/depthwise_conv_2d.h"
#include "ops/depthwise_conv_2d/patches.h"

namespace mote {
namespace {

constexpr int32_t kGroup = 16;  // channels

/// A patch reads four columns and begins two after the last one; vectors of four outputs may need
/// some more patches than there are outputs.
int32_t patch_columns(const Window& w) {
  int32_t patches = w.stride_w == 1 ? (w.output_w + 1) / 2 : (w.output_w + 3) / 4 * 4;
  return 2 * patches + 2;
}

/// A group of channels on its way through a picture.
struct Group {
  const Window& window;
  Steps input_steps, output_steps;
  uint32_t* columns;  // kGroup words each, and one column of padding behind them
  int32_t column_count, channels;
  const int8_t* picture;  // from the group's first channel on, like all that follows
  const uint32_t* weights;
  const FoldedChannel* channel;
};

/// Rows y and y + 1 come into the columns.
void next_rows(const Group& g, int32_t y) {
  const Window& w = g.window;
  TwoRows rows;
  rows.count = clamp(g.column_count - w.pad_w, 0, w.input_w), rows.channels = g.channels;
  if (rows.count == 0) return;
  for (int32_t i = 0; i < 2; ++i) {
    bool inside = y + i >= 0 && y + i < w.input_h;
    rows.from[i] = inside ? g.picture + (y + i) * g.input_steps.row
                          : reinterpret_cast<const int8_t*>(g.columns + g.column_count * kGroup);
    rows.step[i] = inside ? g.input_steps.pixel : 0;
  }
  shift_rows(g.columns + w.pad_w * kGroup, rows);
}

/// What is the same for all rows of outputs.
void begin_run(const Window& w, const Steps& steps, PatchRun* run) {
  const bool dense = w.stride_w == 1;
  for (int32_t i = 0; i < 4; ++i) {
    run->patch_offsets[i] = (i - 2) * kGroup * 4;
    run->output_offsets[i] = dense ? i % 2 * steps.pixel + i / 2 * steps.row : i * steps.pixel;
  }
  run->step = (dense ? 2 : 4) * steps.pixel;
}

/// Which outputs there are from row y on.
void set_masks(const Window& w, int32_t y, PatchRun* run) {
  const bool dense = w.stride_w == 1;
  const int32_t columns = dense ? 2 : 4, rest = w.output_w % columns;
  run->mask = dense && y + 1 == w.output_h ? 0x00ff : 0xffff;
  run->last_mask = rest == 0 ? 0 : run->mask & (dense ? 0x0f0f : 0xffffu >> 4 * (4 - rest));
  run->count = w.output_w / columns;
  if (run->count > 0) return;
  run->count = 1;
  run->mask = run->last_mask;
  run->last_mask = 0;
}

/// One row of outputs at a time, or two with a stride of 1.
void run_group(const Group& g, PatchRun* run, int8_t* output) {
  const Window& w = g.window;
  const int32_t rows = 3 - w.stride_h;
  next_rows(g, -w.pad_h);
  for (int32_t y = 0; y < w.output_h; y += rows, output += rows * g.output_steps.row) {
    next_rows(g, y * w.stride_h - w.pad_h + 2);
    set_masks(w, y, run);
    run->columns = g.columns, run->weights = g.weights, run->channel = g.channel;
    run->channels = g.channels, run->output = output;
    w.stride_w == 1 ? run_dense_patches(*run) : run_sparse_patches(*run);
  }
}

void run_channels(const DepthwiseConv2dInt8DspParams& p, const int8_t* input,
                  const uint32_t* weights, const FoldedChannel* channels, uint32_t* columns,
                  int8_t* output) {
  const Window& w = p.window;
  Group g{w,
          steps_of(p, w.input_h, w.input_w),
          steps_of(p, w.output_h, w.output_w),
          columns,
          patch_columns(w),
          0,
          input,
          weights,
          channels};
  PatchRun run;
  begin_run(w, g.output_steps, &run);
  for (int32_t c = 0; c < w.output_c; c += kGroup) {
    g.channels = w.output_c - c < kGroup ? w.output_c - c : kGroup;
    run_group(g, &run, output + c);
    g.picture += kGroup, g.weights += 3 * kGroup, g.channel += kGroup;
  }
}

}  // namespace

void depthwise_conv_2d_int8_mve(const DepthwiseConv2dInt8DspParams& p, const int8_t* input,
                                const uint32_t* weights, const FoldedChannel* channels,
                                uint32_t* columns, int8_t* output) {
  const Window& w = p.window;
  uint32_t zeros = 0x01010101u * static_cast<uint8_t>(-p.input_offset);
  for (int32_t i = 0; i < (patch_columns(w) + 1) * kGroup; ++i) columns[i] = zeros;
  int32_t output_bytes = w.output_h * w.output_w * w.output_c;
  for (int32_t n = 0; n < w.batches; ++n) {
    run_channels(p, input, weights, channels, columns, output);
    clamp_outputs(output, output_bytes, p.output);
    input += w.input_h * w.input_w * w.input_c;
    output += output_bytes;
  }
}

bool check_depthwise_conv_2d_int8_mve(const DepthwiseConv2dInt8DspParams& p,
                                      const Operand* operands) {
  const Window& w = p.window;
  return check_plain_3x3(p, operands[0], operands[4]) &&
         operands[1].holds<uint32_t>(int64_t{3} * w.output_c + 1) &&
         check_folded(operands[2], w.output_c) &&
         operands[3].holds<uint32_t>(patch_columns(w) + 1, kGroup);
}

}  // namespace mote
