// SPDX-License-Identifier: Apache-2.0
// The definition of pooling: one walk over windows, five ways to fold one.
#include "ops/pool_2d/pool_2d.h"

#include "base/elementary.h"

namespace mote {
namespace {

constexpr float kLowest = -3.40282347e+38f;

/// fold(value, x) over the window at (out_y, out_x) of one channel, beginning with `value`.
/// `picture` is the batch's input from the channel on; *count gets the number of elements.
template <typename Value, typename T, typename Fold>
Value fold_window(const Window& w, const T* picture, int32_t out_y, int32_t out_x, Value value,
                  Fold fold, int32_t* count) {
  Taps rows = rows_of(w, out_y), columns = columns_of(w, out_x);
  for (int32_t i = rows.begin; i < rows.end; ++i) {
    const T* row = picture + (rows.origin + i * w.dilation_h) * w.input_w * w.input_c;
    for (int32_t j = columns.begin; j < columns.end; ++j) {
      value = fold(value, row[(columns.origin + j * w.dilation_w) * w.input_c]);
    }
  }
  *count = (rows.end - rows.begin) * (columns.end - columns.begin);
  return value;
}

/// Writes finish(folded, count) for each output element, in memory order.
template <typename Value, typename T, typename Fold, typename Finish>
void pool(const Window& w, const T* input, T* output, Value start, Fold fold, Finish finish) {
  for (int32_t n = 0; n < w.batches; ++n) {
    const T* picture = input + n * w.input_h * w.input_w * w.input_c;
    for (int32_t y = 0; y < w.output_h; ++y) {
      for (int32_t x = 0; x < w.output_w; ++x) {
        for (int32_t c = 0; c < w.output_c; ++c) {
          int32_t count = 0;
          Value folded = fold_window(w, picture + c, y, x, start, fold, &count);
          *output++ = finish(folded, count);
        }
      }
    }
  }
}

template <typename T>
bool check_pool(const Window& w, const Operand* operands) {
  return w.output_c == w.input_c && check_window<T>(w, operands[0], operands[1]);
}

template <typename T>
constexpr int32_t kLeast = static_cast<T>(-1) > 0 ? 0
                           : sizeof(T) == 1       ? -128
                                                  : -32768;

template <typename T>
bool check_integers_pool(const Pool2dIntegerParams& p, const Operand* operands) {
  constexpr int32_t kMost = kLeast<T> + (sizeof(T) == 1 ? 255 : 65535);
  return check_pool<T>(p.window, operands) &&
         all_within(kLeast<T>, kMost, p.output_min, p.output_max) && p.output_min <= p.output_max;
}

template <typename T>
void average_integers(const Pool2dIntegerParams& p, const T* input, T* output) {
  pool(
      p.window, input, output, int32_t{0},
      [](int32_t sum, T x) { return wrapping_add(sum, int32_t{x}); },
      [&](int32_t sum, int32_t count) {
        return static_cast<T>(clamp(rounded_mean(sum, count), p.output_min, p.output_max));
      });
}

template <typename T>
void most_of_integers(const Pool2dIntegerParams& p, const T* input, T* output) {
  pool(
      p.window, input, output, kLeast<T>,
      [](int32_t most, T x) { return x > most ? int32_t{x} : most; },
      [&](int32_t most, int32_t) {
        return static_cast<T>(clamp(most, p.output_min, p.output_max));
      });
}

}  // namespace

#define MOTE_DEFINE(name, T)                                                                 \
  void average_pool_2d_##name(const Pool2dIntegerParams& p, const T* input, T* output) {     \
    average_integers(p, input, output);                                                      \
  }                                                                                          \
  bool check_average_pool_2d_##name(const Pool2dIntegerParams& p, const Operand* operands) { \
    return check_integers_pool<T>(p, operands) && every_window_meets_picture(p.window);      \
  }                                                                                          \
  void max_pool_2d_##name(const Pool2dIntegerParams& p, const T* input, T* output) {         \
    most_of_integers(p, input, output);                                                      \
  }                                                                                          \
  bool check_max_pool_2d_##name(const Pool2dIntegerParams& p, const Operand* operands) {     \
    return check_integers_pool<T>(p, operands);                                              \
  }
MOTE_POOLED_TYPES(MOTE_DEFINE)
#undef MOTE_DEFINE

void average_pool_2d_float32(const Pool2dFloat32Params& p, const float* input, float* output) {
  pool(
      p.window, input, output, 0.0f, [](float sum, float x) { return sum + x; },
      [&](float sum, int32_t count) {
        return clamp(sum / static_cast<float>(count), p.output_min, p.output_max);
      });
}

bool check_average_pool_2d_float32(const Pool2dFloat32Params& p, const Operand* operands) {
  return check_pool<float>(p.window, operands) && every_window_meets_picture(p.window);
}

void l2_pool_2d_float32(const Pool2dFloat32Params& p, const float* input, float* output) {
  pool(
      p.window, input, output, 0.0f, [](float sum, float x) { return sum + x * x; },
      [&](float sum, int32_t count) {
        return clamp(sqrt(sum / static_cast<float>(count)), p.output_min, p.output_max);
      });
}

bool check_l2_pool_2d_float32(const Pool2dFloat32Params& p, const Operand* operands) {
  return check_average_pool_2d_float32(p, operands);
}

void max_pool_2d_float32(const Pool2dFloat32Params& p, const float* input, float* output) {
  pool(
      p.window, input, output, kLowest, [](float most, float x) { return x > most ? x : most; },
      [&](float most, int32_t) { return clamp(most, p.output_min, p.output_max); });
}

bool check_max_pool_2d_float32(const Pool2dFloat32Params& p, const Operand* operands) {
  return check_pool<float>(p.window, operands);
}

}  // namespace mote
