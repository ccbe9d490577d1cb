// SPDX-License-Identifier: Apache-2.0
// The streaming kernels over several runs, which share their state.
#include "ops/stream/stream.h"

#include <gtest/gtest.h>

#include <vector>

namespace mote {
namespace {

using Samples = std::vector<int16_t>;

Samples frame_after(const FramerParams& p, Samples& state, const Samples& input, uint8_t* valid) {
  Samples output(static_cast<size_t>(p.frames * p.frame_size));
  framer(p, input.data(), state.data(), output.data(), valid);
  return output;
}

TEST(Framer, FramesOverlapAcrossRuns) {
  FramerParams p{1, 1, 5, 2};  // the queue holds 6: frames end one sample behind the newest
  Samples state(7);
  uint8_t valid = 9;
  EXPECT_EQ(frame_after(p, state, {1, 2}, &valid), Samples(5));
  EXPECT_EQ(valid, 0);
  EXPECT_EQ(frame_after(p, state, {3, 4}, &valid), Samples(5));
  EXPECT_EQ(frame_after(p, state, {5, 6}, &valid), (Samples{1, 2, 3, 4, 5}));
  EXPECT_EQ(valid, 1);
  EXPECT_EQ(frame_after(p, state, {7, 8}, &valid), (Samples{3, 4, 5, 6, 7}));
}

TEST(Framer, APrefilledQueueGivesFramesFromTheBeginning) {
  FramerParams p{1, 2, 4, 2};
  Samples state(5);
  state[0] = 2;
  uint8_t valid = 0;
  EXPECT_EQ(frame_after(p, state, {1, 2, 3, 4}, &valid), (Samples{0, 0, 1, 2, 1, 2, 3, 4}));
  EXPECT_EQ(valid, 1);
}

TEST(OverlapAdd, AddsUpAndSaturates) {
  OverlapAddParams p{1, 2, 3, 1};
  Samples state(3), output(2);
  Samples input = {1, 2, 30000, 10, 20000, 30};
  overlap_add_int16(p, input.data(), state.data(), output.data());
  EXPECT_EQ(output, (Samples{1, 12}));
  EXPECT_EQ(state, (Samples{32767, 30, 0}));
}

TEST(Delay, GivesTheStreamLater) {
  for (int32_t delay : {1, 3, 5}) {
    DelayParams p{1, 3, delay};
    Samples state(static_cast<size_t>(delay)), stream, output(3);
    for (int16_t run = 0; run < 4; ++run) {
      Samples input = {int16_t(3 * run + 1), int16_t(3 * run + 2), int16_t(3 * run + 3)};
      delay_int16(p, input.data(), state.data(), output.data());
      stream.insert(stream.end(), output.begin(), output.end());
    }
    for (int32_t i = 0; i < 12; ++i) {
      EXPECT_EQ(stream[static_cast<size_t>(i)], i < delay ? 0 : i - delay + 1) << delay << " " << i;
    }
  }
}

TEST(Stacker, TheFirstFrameStandsInForThoseBeforeIt) {
  StackerParams p{1, 1, 1, 2};
  Samples state(4), output(3);
  std::vector<Samples> stacks;
  for (int16_t x = 1; x <= 6; ++x) {
    uint8_t valid = 9;
    stacker(p, &x, state.data(), output.data(), &valid);
    if (valid) stacks.push_back(output);
  }
  EXPECT_EQ(stacks, (std::vector<Samples>{{1, 1, 2}, {2, 3, 4}, {4, 5, 6}}));
}

}  // namespace
}  // namespace mote
