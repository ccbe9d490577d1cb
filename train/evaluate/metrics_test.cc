// SPDX-License-Identifier: Apache-2.0
// Values worked out by hand.
#include "train/evaluate/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace mote::train {
namespace {

Prediction said(int label, std::vector<float> scores, const std::string& who = "") {
  Prediction p;
  p.label = label;
  p.scores = std::move(scores);
  if (!who.empty()) p.columns["who"] = who;
  return p;
}

TEST(Metrics, TheFirstOfEqualScoresIsBest) {
  EXPECT_EQ(said(0, {0.25f, 0.5f, 0.5f}).best(), 1);
}

TEST(Metrics, WilsonsInterval) {
  // 8 of 10: centre (0.8 + 3.8415/20) / 1.38415 = 0.71674, half width 0.22643.
  Interval i = wilson(8, 10);
  EXPECT_NEAR(i.low, 0.4902, 1e-4);
  EXPECT_NEAR(i.high, 0.9433, 1e-4);
  EXPECT_EQ(wilson(0, 0).high, 1);
  EXPECT_EQ(wilson(0, 10).low, 0);
  EXPECT_NEAR(wilson(0, 10).high, 0.2775, 1e-4);
}

/// Three classes, the last without examples: 0 is said 2 times of 3, 1 is said 1 time of 2.
std::vector<Prediction> five() {
  return {said(0, {0.8f, 0.1f, 0.1f}), said(0, {0.6f, 0.3f, 0.1f}), said(0, {0.3f, 0.6f, 0.1f}),
          said(1, {0.2f, 0.7f, 0.1f}), said(1, {0.7f, 0.2f, 0.1f})};
}

TEST(Metrics, OfAClassifier) {
  ClassificationMetrics m = classification_metrics(five(), {"a", "b", "c"});
  EXPECT_EQ(m.right, 3u);
  EXPECT_DOUBLE_EQ(m.accuracy, 0.6);
  EXPECT_EQ(m.confusion[0], (std::vector<size_t>{2, 1, 0}));
  EXPECT_EQ(m.confusion[1], (std::vector<size_t>{1, 1, 0}));
  EXPECT_DOUBLE_EQ(m.classes[0].precision, 2.0 / 3);
  EXPECT_DOUBLE_EQ(m.classes[0].recall, 2.0 / 3);
  EXPECT_DOUBLE_EQ(m.classes[1].precision, 0.5);
  EXPECT_DOUBLE_EQ(m.classes[1].f1, 0.5);
  EXPECT_DOUBLE_EQ(m.macro_recall, (2.0 / 3 + 0.5) / 2) << "the class without examples is left out";
  // Of a's three scores 0.8 beats both of b's, 0.6 and 0.3 beat one: 4 of 6 pairs.
  EXPECT_NEAR(m.classes[0].auc, 4.0 / 6, 1e-12);
  EXPECT_TRUE(std::isnan(m.classes[2].auc));
}

TEST(Roc, GoesThroughAllThresholds) {
  std::vector<RocPoint> curve = roc({{0.9, true}, {0.8, false}, {0.7, true}, {0.1, false}});
  ASSERT_EQ(curve.size(), 5u);
  EXPECT_DOUBLE_EQ(curve[1].true_positive_rate, 0.5);
  EXPECT_DOUBLE_EQ(curve[2].false_positive_rate, 0.5);
  EXPECT_DOUBLE_EQ(curve[4].false_positive_rate, 1);
  EXPECT_DOUBLE_EQ(area(curve), 0.75);
}

TEST(Roc, EqualScoresAreOnePointAndCountHalf) {
  std::vector<RocPoint> curve = roc({{0.5, true}, {0.5, false}, {0.5, true}, {0.5, false}});
  EXPECT_EQ(curve.size(), 2u);
  EXPECT_DOUBLE_EQ(area(curve), 0.5);
}

TEST(Roc, OneClassHasNone) {
  EXPECT_TRUE(roc({{1, true}, {2, true}}).empty());
  EXPECT_TRUE(std::isnan(area({})));
}

TEST(Roc, FalsePositivesAtARecall) {
  std::vector<RocPoint> curve = roc({{0.9, true}, {0.8, false}, {0.7, true}, {0.1, false}});
  EXPECT_DOUBLE_EQ(at_recall(curve, 0.5).false_positive_rate, 0);
  EXPECT_DOUBLE_EQ(at_recall(curve, 0.9).false_positive_rate, 0.5);
  EXPECT_DOUBLE_EQ(at_recall(curve, 0.9).threshold, 0.7);
  EXPECT_DOUBLE_EQ(at_recall(curve, 1).threshold, 0.7);
}

TEST(Roc, AMillionExamplesTakeNoTime) {
  std::mt19937 random(1);
  std::vector<Scored> examples;
  for (int i = 0; i < 1000000; ++i) examples.push_back({static_cast<double>(random()), i % 3 == 0});
  std::vector<RocPoint> curve = roc(std::move(examples));
  EXPECT_NEAR(area(curve), 0.5, 0.01);
  std::vector<RocPoint> few = thinned(curve, 100);
  EXPECT_LE(few.size(), 100u);
  EXPECT_GT(few.size(), 90u);
  EXPECT_EQ(few.front().true_positive_rate, 0);
  EXPECT_EQ(few.back().true_positive_rate, 1);
  EXPECT_NEAR(area(few), area(curve), 0.01);
}

TEST(Calibration, IsTheDistanceOfConfidenceAndAccuracy) {
  // 0.75 twice, one right: distance 0.25. 1.0 twice, both right: 0.
  CalibrationMetrics c = calibration_of({said(0, {0.75f, 0.25f}), said(1, {0.75f, 0.25f}),
                                         said(0, {1.0f, 0.0f}), said(1, {0.0f, 1.0f})},
                                        4);
  EXPECT_EQ(c.bins[3].examples, 4u) << "0.75 is the last bin's lower end";
  EXPECT_DOUBLE_EQ(c.bins[3].confidence, 0.875);
  EXPECT_DOUBLE_EQ(c.bins[3].accuracy, 0.75);
  EXPECT_DOUBLE_EQ(c.error, 0.125);
}

TEST(Regression, Errors) {
  std::vector<Prediction> three;
  for (auto [target, value] : {std::pair(1.0, 2.0f), {2.0, 2.0f}, {3.0, 1.0f}}) {
    Prediction p = said(0, {value});
    p.target = target;
    three.push_back(p);
  }
  RegressionMetrics m = regression_metrics(three);
  EXPECT_NEAR(m.mean_absolute_error, 1, 1e-12);
  EXPECT_NEAR(m.root_mean_squared_error, std::sqrt(5.0 / 3), 1e-12);
  EXPECT_NEAR(m.r_squared, 1 - 5.0 / 2, 1e-12);
}

/// `right` of `all` predictions of one group are right.
void add_group(const std::string& who, int right, int all, std::vector<Prediction>* to) {
  for (int i = 0; i < all; ++i)
    to->push_back(said(0, i < right ? std::vector{1.f, 0.f} : std::vector{0.f, 1.f}, who));
}

TEST(Fairness, TheGapOfTheBestAndTheWorstGroup) {
  std::vector<Prediction> all;
  add_group("ann", 36, 40, &all);
  add_group("bob", 20, 40, &all);
  add_group("cid", 0, 2, &all);
  FairnessMetrics f = fairness(all, "who", Score::kAccuracy);
  ASSERT_EQ(f.groups.size(), 3u);
  EXPECT_EQ(f.groups[0].value, "ann");
  EXPECT_EQ(f.groups[2].value, "cid");
  EXPECT_EQ(f.judged, 2u) << "two recordings say nothing";
  EXPECT_DOUBLE_EQ(f.gap, 0.4);
  // Normal approximation: 0.4 ± 1.96 · sqrt(0.9 · 0.1 / 40 + 0.5 · 0.5 / 40) = 0.219 to 0.581.
  EXPECT_NEAR(f.gap_interval.low, 0.219, 0.03);
  EXPECT_NEAR(f.gap_interval.high, 0.581, 0.03);
  FairnessMetrics again = fairness(all, "who", Score::kAccuracy);
  EXPECT_EQ(f.gap_interval.low, again.gap_interval.low);
}

TEST(Fairness, OneGroupHasNoGap) {
  std::vector<Prediction> all;
  add_group("ann", 36, 40, &all);
  EXPECT_EQ(fairness(all, "who", Score::kAccuracy).judged, 1u);
  EXPECT_EQ(fairness(all, "nothing", Score::kAccuracy).groups[0].value, "");
}

TEST(Fairness, SmallErrorsAreBest) {
  std::vector<Prediction> all;
  for (int i = 0; i < 20; ++i) {
    Prediction p = said(0, {i % 2 ? 1.0f : 3.0f}, i % 2 ? "near" : "far");
    all.push_back(p);
  }
  FairnessMetrics f = fairness(all, "who", Score::kAbsoluteError);
  EXPECT_EQ(f.groups[0].value, "near");
  EXPECT_DOUBLE_EQ(f.gap, 2);
  EXPECT_DOUBLE_EQ(f.gap_interval.low, 2);
}

}  // namespace
}  // namespace mote::train
