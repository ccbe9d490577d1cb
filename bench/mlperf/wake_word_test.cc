// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/wake_word.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace mote::mlperf {
namespace {

int8_t last_row(const Bytes& input, size_t band) {
  return static_cast<int8_t>(input[(kFrames - 1) * kBands + band]);
}

TEST(MlperfWakeWord, SilenceIsTheLowestLevel) {
  WakeWordFeatures features;
  const std::vector<int16_t> silence(kFrameSamples);
  const Bytes& input = features.push(silence);
  ASSERT_EQ(input.size(), 1200u);
  EXPECT_EQ(input[0], 0);  // no frame was there before
  for (size_t band = 0; band < kBands; ++band) EXPECT_EQ(last_row(input, band), -128);
}

TEST(MlperfWakeWord, AToneIsHeardInItsBand) {
  // 1,000 Hz are 999.99 mel of 2,840.02: position 14.44, between the bands 14 and 15 (from 1).
  WakeWordFeatures features;
  std::vector<int16_t> tone(kFrameSamples);
  for (int frame = 0; frame < 3; ++frame) {
    for (size_t i = 0; i < kFrameSamples; ++i) {
      const double t = static_cast<double>(static_cast<size_t>(frame) * kFrameSamples + i) / 16000;
      tone[i] = static_cast<int16_t>(std::lround(3277 * std::sin(2 * std::numbers::pi * 1000 * t)));
    }
    features.push(tone);
  }
  const Bytes& input = features.push(tone);
  size_t loudest = 0;
  for (size_t band = 0; band < kBands; ++band) {
    if (last_row(input, band) > last_row(input, loudest)) loudest = band;
  }
  EXPECT_EQ(loudest, 13u);
  // Amplitude 0.1, pre-emphasis |1 - 0.96875·e^(-iω)| = 0.388, window sum 0.54·1024, power over
  // 1,024: 0.1²/4 · 0.388² · (0.54·1024)² / 1024 = 0.1124 at the peak, 1.36 bins wide (Hamming);
  // 56 % of it are the band's: 10·log10(0.0858) + 52 = 41.3 of 64.
  EXPECT_NEAR(last_row(input, 13), 41.3 / 64 / 0.0037010 - 128, 2);
}

TEST(MlperfWakeWord, RowsMoveUp) {
  WakeWordFeatures features;
  std::vector<int16_t> click(kFrameSamples);
  click[100] = 20000;
  features.push(click);
  const Bytes first = features.push(std::vector<int16_t>(kFrameSamples));
  const Bytes& second = features.push(std::vector<int16_t>(kFrameSamples));
  for (size_t i = 0; i + kBands < first.size(); ++i) EXPECT_EQ(second[i], first[i + kBands]);
}

TEST(MlperfWakeWord, NamesTheListsThatItLooksFor) {
  Result<std::vector<Recording>> none = read_recordings("/nowhere");
  ASSERT_FALSE(none.ok());
  EXPECT_NE(none.error().message.find("/nowhere: has no sww_long_test.json"), std::string::npos);
}

}  // namespace
}  // namespace mote::mlperf
