// SPDX-License-Identifier: Apache-2.0
// From sound to the features of a speech model, in one kernel for each type: the signal is cut into
// overlapping frames; of each the spectrum, the energies in mel bands, their logarithms and, if
// wanted, the cosine transform of those (MFCC). One frame is in memory at a time.
#ifndef MOTE_OPS_FEATURES_FEATURES_H_
#define MOTE_OPS_FEATURES_FEATURES_H_

#include "base/fixed_point.h"
#include "base/kernel.h"

namespace mote {

/// What both types need to know of the frames and bands. `window`, `step`: samples. mel_bins is at
/// most fft_length / 2 + 1.
struct FeatureShape {
  int32_t rows, samples;  // of the input
  int32_t frames, window, step;
  int32_t fft_length, stages;
  int32_t mel_bins, weights;  // weights of all bands together
  int32_t coefficients;       // of the cosine transform; 0: the logarithms are the result
  int32_t magnitude;          // 1: bands add up magnitudes; 0: their squares
};

struct FeaturesFloat32Params {
  FeatureShape shape;
  float log_offset;  // added before the logarithm
};

/// Tables: the window; those of a transform (ops/signal/signal.h); the bands, as pairs of
/// their first bin and their number of bins, and the weights of those; the cosine transform,
/// coefficients × mel_bins, or nothing. scratch: fft_length + 2.
void features_float32(const FeaturesFloat32Params& params, const float* input, const float* window,
                      const int32_t* radices, const int16_t* order, const float* twiddles,
                      const float* split_twiddles, const int16_t* bands, const float* weights,
                      const float* cosines, float* scratch, float* output);
bool check_features_float32(const FeaturesFloat32Params& params, const Operand* operands);

/// The same in fixed point, which is the same on every device. Logarithms have 16 fractional bits.
struct FeaturesInt16Params {
  FeatureShape shape;
  int32_t log2_offset;  // log2 of what undoes the scaling of samples, transform and weights
  int32_t floor;        // the least logarithm
  QuantizedMultiplier multiplier;  // from 16 fractional bits to the output's scale
  int32_t output_zero_point;
};

/// Tables as above, with the window in 32768ths and weights in 4096ths, at least 0. `tables`: that
/// of log2_fixed(), then the cosine transform in 32768ths. scratch: mel_bins + (window + fft_length
/// + 3) / 2 words.
void features_int16_int8(const FeaturesInt16Params& params, const int16_t* input,
                         const int16_t* window, const int32_t* radices, const int16_t* order,
                         const int16_t* twiddles, const int16_t* split_twiddles,
                         const int16_t* bands, const int16_t* weights, const int16_t* tables,
                         int32_t* scratch, int8_t* output);
bool check_features_int16_int8(const FeaturesInt16Params& params, const Operand* operands);
void features_int16_int16(const FeaturesInt16Params& params, const int16_t* input,
                          const int16_t* window, const int32_t* radices, const int16_t* order,
                          const int16_t* twiddles, const int16_t* split_twiddles,
                          const int16_t* bands, const int16_t* weights, const int16_t* tables,
                          int32_t* scratch, int16_t* output);
bool check_features_int16_int16(const FeaturesInt16Params& params, const Operand* operands);
void features_int16_float32(const FeaturesInt16Params& params, const int16_t* input,
                            const int16_t* window, const int32_t* radices, const int16_t* order,
                            const int16_t* twiddles, const int16_t* split_twiddles,
                            const int16_t* bands, const int16_t* weights, const int16_t* tables,
                            int32_t* scratch, float* output);
bool check_features_int16_float32(const FeaturesInt16Params& params, const Operand* operands);

}  // namespace mote

#endif  // MOTE_OPS_FEATURES_FEATURES_H_
