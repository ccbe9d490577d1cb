// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "train/report/training_report.h"

namespace mote::train {
namespace {

TEST(Judge, OneClassAloneHasNoAucAndJsonSaysNull) {
  Prediction p;
  p.scores = {0.75f, 0.25f};
  p.columns["who"] = "ann";
  ModelReport m = judge("m", "host", {p, p}, {.classes = {"a", "b"}, .columns = {"who"}});
  EXPECT_EQ(m.score, 1);
  EXPECT_NEAR(m.interval.low, 0.3424, 1e-4);
  TrainingReport report;
  report.models.push_back(m);
  auto json = training_json(report);
  EXPECT_TRUE(json["models"][0]["classification"]["classes"][0]["auc"].is_null());
  EXPECT_TRUE(json["models"][0]["roc"][0]["at_recall"].is_null());
  EXPECT_TRUE(json["models"][0]["fairness"][0]["gap"].is_null());
  EXPECT_EQ(json["models"][0]["fairness"][0]["groups"][0]["examples"], 2);
}

TEST(Judge, AnomaliesAreJudgedByAuc) {
  std::vector<Prediction> all(4);
  for (size_t i = 0; i < 4; ++i) {
    all[i].label = i >= 2;
    all[i].scores = {i == 1 ? 3.5f : static_cast<float>(i)};
  }
  ModelReport m =
      judge("m", "host", all, {.task = Task::kAnomaly, .classes = {}, .columns = {}, .recall = 1});
  EXPECT_EQ(m.score, 0.5) << "the second normal one is above both others: 2 of 4 pairs";
  EXPECT_EQ(m.rocs[0].at_recall->false_positive_rate, 0.5);
  EXPECT_FALSE(m.classification);
}

}  // namespace
}  // namespace mote::train
