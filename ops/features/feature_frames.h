// SPDX-License-Identifier: Apache-2.0
// What the feature kernels of all types share: their walk over frames, and their checks.
#ifndef MOTE_OPS_FEATURES_FEATURE_FRAMES_H_
#define MOTE_OPS_FEATURES_FEATURE_FRAMES_H_

#include "ops/features/features.h"
#include "ops/signal/fft.h"

namespace mote {

/// Calls visit(samples, features) for every frame.
template <typename In, typename Out, typename Visit>
void for_each_frame(const FeatureShape& s, const In* input, Out* output, Visit visit) {
  int32_t width = s.coefficients > 0 ? s.coefficients : s.mel_bins;
  for (int32_t r = 0; r < s.rows; ++r) {
    for (int32_t f = 0; f < s.frames; ++f) {
      visit(input + r * s.samples + f * s.step, output);
      output += width;
    }
  }
}

/// Whether bands stay inside the spectrum and use up the weights. REQUIRES: the operand holds them.
inline bool check_bands(const FeatureShape& s, const Operand& bands) {
  const int16_t* pairs = static_cast<const int16_t*>(bands.constant);
  if (!pairs) return false;
  int32_t weights = 0;
  for (int32_t m = 0; m < s.mel_bins; ++m) {
    int32_t start = pairs[2 * m], width = pairs[2 * m + 1];
    if (start < 0 || width < 0 || start + width > s.fft_length / 2 + 1) return false;
    weights += width;
  }
  return weights == s.weights;
}

/// What all types ask of operands 0 to 7 (input, window, four of the transform, bands, weights) and
/// of the last, the output.
template <typename T, typename Out>
bool check_frames(const FeatureShape& s, const Operand* operands, int output) {
  constexpr int32_t kMost = 32768;
  if (!fft::check_transform<T>(s.fft_length, s.stages, operands + 1)) return false;
  if (!all_within(1, s.fft_length, s.window) || !all_within(1, s.fft_length / 2 + 1, s.mel_bins) ||
      !all_within(0, s.mel_bins, s.coefficients) || !all_within(0, 1, s.magnitude) ||
      !all_within(1, kInt32Max, s.frames, s.step)) {
    return false;
  }
  int32_t width = s.coefficients > 0 ? s.coefficients : s.mel_bins;
  int64_t reach = int64_t{s.frames - 1} * s.step + s.window;
  return operands[0].holds<T>(s.rows, s.samples) && operands[1].holds<T>(s.window) &&
         reach <= s.samples && operands[6].holds<int16_t>(s.mel_bins, 2) &&
         operands[7].holds<T>(s.weights) && s.weights <= kMost * 2 &&
         operands[output].holds<Out>(s.rows, s.frames, width) && check_bands(s, operands[6]);
}

}  // namespace mote

#endif  // MOTE_OPS_FEATURES_FEATURE_FRAMES_H_
