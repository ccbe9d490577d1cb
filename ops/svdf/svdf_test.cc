// SPDX-License-Identifier: Apache-2.0
// SVDF over several runs, by hand.
#include "ops/svdf/svdf.h"

#include <gtest/gtest.h>

#include <vector>

namespace mote {
namespace {

TEST(Svdf, RemembersTheSumsOfEarlierFrames) {
  SvdfFloat32Params p{1, 2, 1, 2, 2, -1000, 1000};
  std::vector<float> features = {1, 1, 0, 2}, time = {3, 5, 7, 11}, bias = {1}, state(4);
  float output = 0;
  auto run = [&](std::vector<float> input) {
    svdf_float32(p, input.data(), features.data(), time.data(), bias.data(), state.data(), &output);
    return output;
  };
  EXPECT_EQ(run({1, 2}), 1 + 5 * 3 + 11 * 4);
  EXPECT_EQ(run({10, 20}), 1 + 3 * 3 + 5 * 30 + 7 * 4 + 11 * 40);
  EXPECT_EQ(state, (std::vector<float>{3, 30, 4, 40}));
}

TEST(Svdf, ClampsAFramesSumBeforeItAddsTheStatesZeroPoint) {
  SvdfIntegerParams p{1, 1, 1, 1, 2, 0, 5, {1 << 30, 1}, {1 << 30, 1}, {0, -128, 127}};
  std::vector<int8_t> features = {100}, time = {0, 1}, state = {5, 5};
  int8_t input = 1, output = 0;
  svdf_int8(p, &input, features.data(), time.data(), nullptr, state.data(), &output);
  EXPECT_EQ(state, (std::vector<int8_t>{5, 105}));
  EXPECT_EQ(output, 100);
  input = 2;  // 200 is clamped to 127, and 127 + 5 wraps
  svdf_int8(p, &input, features.data(), time.data(), nullptr, state.data(), &output);
  EXPECT_EQ(state, (std::vector<int8_t>{105, -124}));
  EXPECT_EQ(output, -128);
}

}  // namespace
}  // namespace mote
