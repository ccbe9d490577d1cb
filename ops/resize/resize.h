// SPDX-License-Identifier: Apache-2.0
// Pictures at another size, NHWC. Where an output row or column comes from is a table that the
// compiler makes, so the kernels know nothing of corners and pixel centres.
#ifndef MOTE_OPS_RESIZE_RESIZE_H_
#define MOTE_OPS_RESIZE_RESIZE_H_

#include "base/kernel.h"

namespace mote {

struct ResizeParams {
  int32_t batches;
  int32_t input_h, input_w;
  int32_t output_h, output_w;
  int32_t channels;  // resize_nearest: bytes of a pixel
};

/// rows, columns: for each of the output, the one of the input; constants.
void resize_nearest(const ResizeParams& params, const uint8_t* input, const int32_t* rows,
                    const int32_t* columns, uint8_t* output);
bool check_resize_nearest(const ResizeParams& params, const Operand* operands);

/// An output coordinate lies between two of the input: low · (1 - fraction) + high · fraction.
template <typename Fraction>
struct ResizeTap {
  int32_t low, high;
  Fraction fraction;  // integers: in 1/1024
};

// F(name, type, fraction): kernel resize_bilinear_name.
#define MOTE_RESIZED_TYPES(F) \
  F(int8, int8_t, int32_t) F(int16, int16_t, int32_t) F(float32, float, float)

#define MOTE_DECLARE(name, T, Fraction)                                                            \
  void resize_bilinear_##name(const ResizeParams& params, const T* input,                          \
                              const ResizeTap<Fraction>* rows, const ResizeTap<Fraction>* columns, \
                              T* output);                                                          \
  bool check_resize_bilinear_##name(const ResizeParams& params, const Operand* operands);
MOTE_RESIZED_TYPES(MOTE_DECLARE)
#undef MOTE_DECLARE

}  // namespace mote

#endif  // MOTE_OPS_RESIZE_RESIZE_H_
