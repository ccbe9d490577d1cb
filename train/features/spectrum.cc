// SPDX-License-Identifier: Apache-2.0
#include "train/features/spectrum.h"

#include "ops/signal/fft_tables.op.h"

namespace mote::train {
namespace {

/// As the operators choose it: the power of two that holds a window, unless told.
int64_t fft_length_of(const FeatureOptions& f) {
  int64_t length = f.fft_length ? f.fft_length : 4;
  while (!f.fft_length && length < f.window_size) length *= 2;
  return length;
}

Result<void> check_fft(const FeatureOptions& f) {
  const int64_t fft = fft_length_of(f);
  Result<void> fine = check_fft_length(fft);
  if (!fine.ok()) {
    return fail("features.window_size {}, features.fft_length {}: {}", f.window_size, f.fft_length,
                fine.error().message);
  }
  if (fft < f.window_size) {
    return fail("features.fft_length {} is below features.window_size {}", fft, f.window_size);
  }
  if (f.mel_bins > fft / 2 + 1) {
    return fail("features.mel_bins {} is more than an FFT of {} has frequencies ({})", f.mel_bins,
                fft, fft / 2 + 1);
  }
  return {};
}

}  // namespace

int signal_length(const Project& project) {
  const bool series = project.input.kind == InputKind::kSeries;
  return series ? project.input.window : project.input.shape().back(0);
}

Result<void> check_spectrum(const Project& project) {
  const FeatureOptions& f = project.features;
  if (f.window_size > signal_length(project)) {
    return fail("features.window_size {} is longer than an example, which has {} {}", f.window_size,
                signal_length(project),
                project.input.kind == InputKind::kSeries ? "rows" : "samples");
  }
  MOTE_CHECK_OK(check_fft(f));
  if (f.type == "mfcc" && f.coefficients > f.mel_bins) {
    return fail("features.coefficients {} is more than features.mel_bins {}", f.coefficients,
                f.mel_bins);
  }
  if (f.upper_hz > project.input.rate_hz / 2.0 || f.lower_hz >= f.upper_hz) {
    return fail("features.lower_hz {} and upper_hz {} must rise and be at most half of {} Hz",
                f.lower_hz, f.upper_hz, project.input.rate_hz);
  }
  return {};
}

Attributes spectrum_attributes(const Project& project) {
  const FeatureOptions& f = project.features;
  Attributes attributes = {{"sample_rate", int64_t{project.input.rate_hz}},
                           {"window_size", int64_t{f.window_size}},
                           {"window_step", int64_t{f.window_step}},
                           {"fft_length", int64_t{f.fft_length}},
                           {"mel_bins", int64_t{f.mel_bins}},
                           {"lower_hz", f.lower_hz},
                           {"upper_hz", f.upper_hz}};
  if (f.type == "mfcc") attributes["coefficients"] = int64_t{f.coefficients};
  return attributes;
}

int spectrum_frames(const Project& project) {
  const FeatureOptions& f = project.features;
  return (signal_length(project) - f.window_size) / f.window_step + 1;
}

}  // namespace mote::train
