// SPDX-License-Identifier: Apache-2.0
// The definition of features in float32.
#include "base/elementary.h"
#include "ops/features/feature_frames.h"
#include "ops/features/features.h"
#include "ops/signal/rfft_row.h"

namespace mote {
namespace {

/// The square, or the magnitude, of each bin; it takes the place of the bin's first half.
void square_bins(int32_t bins, bool magnitude, float* spectrum) {
  for (int32_t k = 0; k < bins; ++k) {
    float real = spectrum[2 * k], imaginary = spectrum[2 * k + 1];
    float square = real * real + imaginary * imaginary;
    spectrum[k] = magnitude ? sqrt(square) : square;
  }
}

void log_mel(const FeaturesFloat32Params& p, const float* bins, const int16_t* bands,
             const float* weights, float* output) {
  for (int32_t m = 0; m < p.shape.mel_bins; ++m) {
    int32_t start = bands[2 * m], width = bands[2 * m + 1];
    float sum = 0;
    for (int32_t i = 0; i < width; ++i) sum += weights[i] * bins[start + i];
    weights += width;
    output[m] = log(sum + p.log_offset);
  }
}

void cosine_transform(const FeatureShape& s, const float* input, const float* cosines,
                      float* output) {
  for (int32_t c = 0; c < s.coefficients; ++c) {
    float sum = 0;
    for (int32_t m = 0; m < s.mel_bins; ++m) sum += cosines[c * s.mel_bins + m] * input[m];
    output[c] = sum;
  }
}

}  // namespace

void features_float32(const FeaturesFloat32Params& p, const float* input, const float* window,
                      const int32_t* radices, const int16_t* order, const float* twiddles,
                      const float* split_twiddles, const int16_t* bands, const float* weights,
                      const float* cosines, float* scratch, float* output) {
  const FeatureShape& s = p.shape;
  int32_t n = s.fft_length / 2;
  for_each_frame(s, input, output, [&](const float* samples, float* features) {
    auto sample = [&](int32_t i) { return i < s.window ? samples[i] * window[i] : 0.0f; };
    fft::rfft_row(n, sample, radices, s.stages, order, twiddles, split_twiddles, scratch);
    square_bins(n + 1, s.magnitude != 0, scratch);
    if (s.coefficients == 0) {
      log_mel(p, scratch, bands, weights, features);
    } else {
      log_mel(p, scratch, bands, weights, scratch + n + 1);
      cosine_transform(s, scratch + n + 1, cosines, features);
    }
  });
}

bool check_features_float32(const FeaturesFloat32Params& p, const Operand* operands) {
  const FeatureShape& s = p.shape;
  return check_frames<float, float>(s, operands, 10) &&
         operands[9].holds<float>(s.fft_length + 2) &&
         (s.coefficients == 0 || operands[8].holds<float>(s.coefficients, s.mel_bins));
}

}  // namespace mote
