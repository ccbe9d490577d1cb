// SPDX-License-Identifier: Apache-2.0
// The definition of resizing.
#include "ops/resize/resize.h"

namespace mote {
namespace {

bool check_index(int32_t index, int32_t size) {
  return all_within(0, size - 1, index);
}
template <typename Fraction>
bool check_index(const ResizeTap<Fraction>& tap, int32_t size) {
  return all_within(0, size - 1, tap.low, tap.high);
}
bool check_index(const ResizeTap<int32_t>& tap, int32_t size) {
  return all_within(0, size - 1, tap.low, tap.high) && all_within(-1024, 1024, tap.fraction);
}

/// Whether a table is a constant of `count` entries that lie in a dimension of `size`.
template <typename Entry>
bool check_table(const Operand& table, int32_t count, int32_t size) {
  if (!table.constant || !table.holds<Entry>(count)) return false;
  const Entry* entries = static_cast<const Entry*>(table.constant);
  for (int32_t i = 0; i < count; ++i) {
    if (!check_index(entries[i], size)) return false;
  }
  return true;
}

template <typename T, typename Entry>
bool check_resize(const ResizeParams& p, const Operand* operands) {
  return operands[0].holds<T>(p.batches, p.input_h, p.input_w, p.channels) &&
         check_table<Entry>(operands[1], p.output_h, p.input_h) &&
         check_table<Entry>(operands[2], p.output_w, p.input_w) &&
         operands[3].holds<T>(p.batches, p.output_h, p.output_w, p.channels);
}

template <typename T>
T mix(const T* corners, const ResizeTap<int32_t>& y, const ResizeTap<int32_t>& x) {
  constexpr int64_t kOne = 1024, kHalf = kOne * kOne / 2;
  int64_t sum = corners[0] * (kOne - y.fraction) * (kOne - x.fraction) +
                corners[1] * y.fraction * (kOne - x.fraction) +
                corners[2] * (kOne - y.fraction) * x.fraction +
                corners[3] * int64_t{y.fraction} * x.fraction;
  return static_cast<T>((sum + (sum > 0 ? kHalf : -kHalf)) / (kOne * kOne));
}

float mix(const float* corners, const ResizeTap<float>& y, const ResizeTap<float>& x) {
  return corners[0] * (1.0f - y.fraction) * (1.0f - x.fraction) +
         corners[1] * y.fraction * (1.0f - x.fraction) +
         corners[2] * (1.0f - y.fraction) * x.fraction + corners[3] * y.fraction * x.fraction;
}

template <typename T, typename Tap>
void resize_bilinear(const ResizeParams& p, const T* input, const Tap* rows, const Tap* columns,
                     T* output) {
  int32_t row = p.input_w * p.channels;
  for (int32_t b = 0; b < p.batches; ++b, input += p.input_h * row) {
    for (int32_t y = 0; y < p.output_h; ++y) {
      const T *upper = input + rows[y].low * row, *lower = input + rows[y].high * row;
      for (int32_t x = 0; x < p.output_w; ++x) {
        int32_t left = columns[x].low * p.channels, right = columns[x].high * p.channels;
        for (int32_t c = 0; c < p.channels; ++c) {
          const T corners[] = {upper[left + c], lower[left + c], upper[right + c],
                               lower[right + c]};
          *output++ = mix(corners, rows[y], columns[x]);
        }
      }
    }
  }
}

}  // namespace

void resize_nearest(const ResizeParams& p, const uint8_t* input, const int32_t* rows,
                    const int32_t* columns, uint8_t* output) {
  int32_t row = p.input_w * p.channels;
  for (int32_t b = 0; b < p.batches; ++b, input += p.input_h * row) {
    for (int32_t y = 0; y < p.output_h; ++y) {
      for (int32_t x = 0; x < p.output_w; ++x) {
        const uint8_t* pixel = input + rows[y] * row + columns[x] * p.channels;
        for (int32_t c = 0; c < p.channels; ++c) *output++ = pixel[c];
      }
    }
  }
}

bool check_resize_nearest(const ResizeParams& p, const Operand* operands) {
  return check_resize<uint8_t, int32_t>(p, operands);
}

#define MOTE_DEFINE(name, T, Fraction)                                                             \
  void resize_bilinear_##name(const ResizeParams& p, const T* input,                               \
                              const ResizeTap<Fraction>* rows, const ResizeTap<Fraction>* columns, \
                              T* output) {                                                         \
    resize_bilinear(p, input, rows, columns, output);                                              \
  }                                                                                                \
  bool check_resize_bilinear_##name(const ResizeParams& p, const Operand* operands) {              \
    return check_resize<T, ResizeTap<Fraction>>(p, operands);                                      \
  }
MOTE_RESIZED_TYPES(MOTE_DEFINE)
#undef MOTE_DEFINE

}  // namespace mote
