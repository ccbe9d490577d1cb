// SPDX-License-Identifier: Apache-2.0
#include "engines/fit.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

TEST(AveragePower, IsThatOfTheInferenceAndOfSleep) {
  // 100 ms of 40 mW, 900 ms of 10 µW: 4,000 µJ + 9 µJ in a second.
  EXPECT_NEAR(average_mw(4000, 100, 10, 1), 4.009, 1e-9);
  EXPECT_NEAR(average_mw(4000, 100, 0, 10), 0.4, 1e-9);
  // Never asleep where the inference fills the period.
  EXPECT_NEAR(average_mw(40000, 1000, 1e6, 1), 40, 1e-9);
}

TEST(PeakHint, NamesTheOperatorWithMostLiveBytes) {
  Profile profile;
  profile.operators.resize(2);
  profile.operators[0].live_bytes = 10;
  profile.operators[1].name = "CONV_2D";
  profile.operators[1].output = "big";
  profile.operators[1].live_bytes = 30;
  EXPECT_EQ(peak_hint(profile), "operator 1 CONV_2D ('big') sets the arena's peak, 30 bytes live");
}

}  // namespace
}  // namespace mote
