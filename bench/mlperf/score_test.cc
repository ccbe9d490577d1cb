// SPDX-License-Identifier: Apache-2.0
// Expected values are worked out by hand, by the definitions that scikit-learn documents.
#include "bench/mlperf/score.h"

#include <gtest/gtest.h>

namespace mote::mlperf {
namespace {

std::vector<Answer> scores(std::vector<std::pair<int, double>> rows) {
  std::vector<Answer> answers;
  for (auto [label, score] : rows)
    answers.push_back({.file = "", .label = label, .results = {score}});
  return answers;
}

TEST(MlperfScore, CountsTheFirstOfTheLargest) {
  std::vector<Answer> answers = {{"a", 0, {0.5, 0.5}}, {"b", 1, {0.5, 0.5}}, {"c", 1, {0.1, 0.9}}};
  EXPECT_EQ(correct_answers(answers), 2u);
  EXPECT_DOUBLE_EQ(top_1_percent(answers), 200.0 / 3);
}

TEST(MlperfScore, AreaUnderTheCurveOfScores) {
  EXPECT_DOUBLE_EQ(*auc(scores({{0, 0.1}, {0, 0.4}, {1, 0.35}, {1, 0.8}})), 0.75);
  EXPECT_DOUBLE_EQ(*auc(scores({{0, 1}, {1, 1}})), 0.5);  // ties count half
  EXPECT_DOUBLE_EQ(*auc(scores({{0, 2}, {0, 1}, {1, 3}})), 1);
  EXPECT_FALSE(auc(scores({{0, 2}, {0, 1}})));
}

TEST(MlperfScore, AreaOfTwoClassesIsOfTheSecond) {
  EXPECT_DOUBLE_EQ(
      *auc({{"", 0, {0.9, 0.1}}, {"", 0, {0.6, 0.4}}, {"", 1, {0.65, 0.35}}, {"", 1, {0.2, 0.8}}}),
      0.75);
}

TEST(MlperfScore, AreaOfManyClassesIsTheMeanOfEachAgainstTheRest) {
  // Class 0: 1; class 1: 3 of 4 pairs; class 2: 2.5 of 3.
  std::vector<Answer> answers = {{"", 0, {0.7, 0.2, 0.1}},
                                 {"", 1, {0.1, 0.3, 0.6}},
                                 {"", 1, {0.2, 0.6, 0.2}},
                                 {"", 2, {0.1, 0.3, 0.6}}};
  const double one = 1, two = 3.5 / 4, three = 2.5 / 3;
  EXPECT_DOUBLE_EQ(*auc(answers), (one + two + three) / 3);
  answers.pop_back();
  EXPECT_FALSE(auc(answers));  // nothing of class 2
}

TEST(MlperfScore, BalancesPrecisionAndRecallOfAnomalies) {
  EXPECT_NEAR(top_1_percent(scores({{0, 0}, {0, 1}, {1, 2}, {1, 3}})), 100, 1e-5);
  // Threshold 0: all found, 2 of 3 right.
  EXPECT_NEAR(top_1_percent(scores({{0, 0}, {1, 1}, {1, 1}, {0, 1}})), 50 * (1 + 2.0 / 3), 1e-5);
}

TEST(MlperfScore, NormalisesByTheSum) {
  EXPECT_EQ(normalised({1, 3}), (std::vector<double>{0.25, 0.75}));
  EXPECT_EQ(normalised({3}), (std::vector<double>{3}));
  EXPECT_EQ(normalised({0, 0}), (std::vector<double>{0, 0}));
}

TEST(MlperfScore, CountsWordsAndFalseAlarms) {
  Detections counts =
      count_detections({0.5, 0.9, 1.2, 1.4, 3.59, 3.61, 9.0, 10.0, 10.5}, {{1.0, 1.6}, {5.0, 5.5}});
  EXPECT_EQ(counts.true_positives_s, (std::vector<double>{1.0}));
  EXPECT_EQ(counts.false_negatives_s, (std::vector<double>{5.0}));
  // 0.9 is within a second of 0.5, 10.0 of 9.0; 10.5 isn't of 9.0.
  EXPECT_EQ(counts.false_positives_s, (std::vector<double>{0.5, 3.61, 9.0, 10.5}));
}

TEST(MlperfScore, TakesTheMedian) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 2, 3}), 2.5);
}

}  // namespace
}  // namespace mote::mlperf
