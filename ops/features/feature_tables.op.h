// SPDX-License-Identifier: Apache-2.0
// The tables of the feature operators in double: windows, mel bands, the cosine transform. They are
// those of tf.signal (stft, linear_to_mel_weight_matrix, mfccs_from_log_mel_spectrograms), so that
// models trained on its features get what they know.
#ifndef MOTE_OPS_FEATURES_FEATURE_TABLES_OP_H_
#define MOTE_OPS_FEATURES_FEATURE_TABLES_OP_H_

#include <cstdint>
#include <string>
#include <vector>

namespace mote {

/// "HANN" and "HAMMING" are periodic: their period is the size. "RECTANGULAR": ones.
std::vector<double> window_table(const std::string& kind, int32_t size);

/// Triangles between mel_bins + 2 points that lie equally far apart on the mel scale, 1127 ·
/// ln(1 + f / 700), from lower_hz to upper_hz. Bin 0 (the mean) is in no band.
struct MelBands {
  std::vector<int16_t> bands;   // pairs: first bin, number of bins
  std::vector<double> weights;  // of all bands, one after the other
};
MelBands mel_bands(int32_t fft_length, double sample_rate, int32_t mel_bins, double lower_hz,
                   double upper_hz);

/// sqrt(2 / mel_bins) · cos(π · c · (m + 1/2) / mel_bins), coefficient by coefficient.
std::vector<double> cosine_table(int32_t coefficients, int32_t mel_bins);

}  // namespace mote

#endif  // MOTE_OPS_FEATURES_FEATURE_TABLES_OP_H_
