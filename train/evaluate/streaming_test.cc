// SPDX-License-Identifier: Apache-2.0
#include "train/evaluate/streaming.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mote::train {
namespace {

/// Class 0 is silence, 1 and 2 are words.
StreamOptions options() {
  return {.window_s = 1,
          .step_s = 0.1,
          .smoothing = 1,
          .threshold = 0.9,
          .refractory_s = 0.5,
          .tolerance_s = 0.3,
          .silent = {0}};
}

Stream quiet(size_t scores) {
  return {1 + 0.1 * static_cast<double>(scores - 1), {}, {scores, {1, 0, 0}}};
}

TEST(Streaming, AWordIsHeardOnceAndAfterSmoothing) {
  Stream stream = quiet(20);
  for (size_t at : {2, 10, 11, 12}) stream.scores[at] = {0, 1, 0};
  EXPECT_EQ(detect(stream, options()).size(), 2u) << "the lone peak, and the three as one word";
  stream.scores = smoothed(stream.scores, 2);
  const auto heard = detect(stream, options());
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_NEAR(heard[0].at_s, 2.1, 1e-9) << "the window's end";
  EXPECT_FALSE(heard[0].found);
}

TEST(Streaming, SmoothingIsAMeanOfWhatHasBeen) {
  const auto means = smoothed({{1}, {0}, {0.5}, {0}}, 3);
  EXPECT_EQ(means, (std::vector<std::vector<float>>{{1}, {0.5}, {0.5}, {0.5f / 3}}));
}

TEST(Streaming, AWordIsFoundFromItsStartUntilTheToleranceAfterItsEnd) {
  for (auto [at, found] : {std::pair(1, false), {2, true}, {8, true}, {9, false}}) {
    Stream stream = quiet(20);
    stream.marks = {{1.15, 1.5, 1}};
    stream.scores[static_cast<size_t>(at)] = {0, 1, 0};
    const auto heard = detect(stream, options());
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0].found.has_value(), found) << heard[0].at_s;
  }
}

TEST(Streaming, CountsByWordAndByWhatWasThere) {
  Stream stream = quiet(71);  // 8 s
  stream.marks = {{1.0, 1.4, 1}, {3.0, 3.4, 1}, {5.0, 5.4, 2}, {6.5, 6.9, 0}};
  stream.scores[5] = {0, 1, 0};   // 1.5 s: found, 0.1 s after its end
  stream.scores[23] = {0, 0, 1};  // 3.3 s: another word
  stream.scores[57] = {0, 0, 1};  // 6.7 s: noise
  stream.scores[69] = {0, 1, 0};  // 7.9 s: nothing
  const StreamMetrics m = stream_metrics({stream}, {detect(stream, options())}, 3, options());
  EXPECT_EQ(m.all.words, 3u) << "silence isn't a word";
  EXPECT_EQ(m.all.found, 1u);
  EXPECT_EQ(m.all.false_accepts, 3u);
  EXPECT_EQ(m.words.at(1).found, 1u);
  EXPECT_EQ(m.words.at(1).false_accepts, 1u);
  EXPECT_EQ(m.words.at(2).words, 1u);
  EXPECT_EQ(m.words.at(2).false_accepts, 2u);
  EXPECT_EQ(m.words.count(0), 0u);
  ASSERT_EQ(m.all.latencies_s.size(), 1u);
  EXPECT_NEAR(m.all.latencies_s[0], 0.1, 1e-9);
  EXPECT_EQ(m.during, (std::map<int, size_t>{{-1, 1}, {0, 1}, {1, 1}}));
  EXPECT_NEAR(m.false_accepts_per_hour, 3 / (8.0 / 3600), 1e-6);
  EXPECT_NEAR(m.false_reject_rate, 2 / 3.0, 1e-12);
}

TEST(Streaming, WithoutWordsThereIsNoRejectRate) {
  const Stream stream = quiet(10);
  const StreamMetrics m = stream_metrics({stream}, {{}}, 3, options());
  EXPECT_TRUE(std::isnan(m.false_reject_rate));
  EXPECT_EQ(m.false_accepts_per_hour, 0);
  EXPECT_NEAR(m.per_hour_interval.high * m.hours, 3.689, 0.001) << "3.7 in nothing heard";
}

TEST(Streaming, PoissonIntervalsAreThePublishedOnes) {
  // Garwood's table: 1: 0.0253 to 5.572, 10: 4.795 to 18.39, 100: 81.36 to 121.63.
  EXPECT_EQ(poisson_interval(0).low, 0);
  EXPECT_NEAR(poisson_interval(1).low, 0.0253, 1e-4);
  EXPECT_NEAR(poisson_interval(1).high, 5.572, 1e-3);
  EXPECT_NEAR(poisson_interval(10).low, 4.795, 1e-3);
  EXPECT_NEAR(poisson_interval(10).high, 18.39, 1e-2);
  EXPECT_NEAR(poisson_interval(100).low, 81.36, 1e-2);
  EXPECT_NEAR(poisson_interval(100).high, 121.63, 1e-2);
  EXPECT_NEAR(poisson_interval(301).low, poisson_interval(300).low + 1, 1);
  EXPECT_NEAR(poisson_interval(301).high, poisson_interval(300).high + 1, 1);
}

TEST(Streaming, TheChosenThresholdIsTheLowestThatKeepsToTheRate) {
  Stream stream = quiet(3591);  // 6 minutes
  stream.marks = {{10, 10.5, 1}, {20, 20.5, 1}};
  stream.scores[95] = {0.3f, 0.7f, 0};    // 10.5 s, found
  stream.scores[195] = {0.05f, 0.9f, 0};  // 20.5 s, found
  stream.scores[500] = {0.2f, 0.8f, 0};   // nothing there
  const auto curve = operating_curve({stream}, 3, options());
  ASSERT_EQ(curve.size(), 256u);
  EXPECT_EQ(curve.back().threshold, 1);
  EXPECT_EQ(curve.front().false_reject_rate, 0);
  const auto one = choose_threshold(curve, 10), none = choose_threshold(curve, 9);
  ASSERT_TRUE(one && none);
  EXPECT_EQ(one->threshold, curve.front().threshold) << "10 an hour are one in 6 minutes";
  EXPECT_NEAR(none->threshold, 0.8, 1.0 / 256);
  EXPECT_GT(none->threshold, 0.8f);
  EXPECT_EQ(none->false_reject_rate, 0.5);
  stream.scores[1000] = {0, 1, 0};
  EXPECT_FALSE(choose_threshold(operating_curve({stream}, 3, options()), 9));
}

}  // namespace
}  // namespace mote::train
