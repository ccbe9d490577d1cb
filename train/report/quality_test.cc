// SPDX-License-Identifier: Apache-2.0
#include "train/report/quality.h"

#include <gtest/gtest.h>

#include "train/data/data_test_support.h"

namespace mote::train {
namespace {

/// Four examples of two numbers each: 0 0, 0 2, 4 0, 4 2.
class QualityOn : public ::testing::Test {
 protected:
  void SetUp() override {
    project_.input.kind = InputKind::kSeries;
    project_.input.window = 2;
    project_.input.columns = {"a"};
    dataset_.root = folder_.path();
    for (int i = 0; i < 4; ++i) {
      Example& example = dataset_.examples.emplace_back();
      example.path = fmt::format("{}.csv", i);
      example.split = Split::kValidation;
      example.target = 10 * i;
      put(dataset_.root / example.path, fmt::format("a\n{}\n{}\n", i / 2 * 4, i % 2 * 2));
    }
  }

  HeldOut examples() {
    front_end_ = *FrontEnd::make(project_, {});
    auto made = HeldOut::make(project_, dataset_, *front_end_, Split::kValidation, 0,
                              [](const std::string&, size_t, size_t) {});
    EXPECT_TRUE(made.ok()) << made.error().message;
    return *std::move(made);
  }

  TempFolder folder_ = *TempFolder::make();
  Project project_;
  Dataset dataset_;
  std::optional<FrontEnd> front_end_;
};

TEST_F(QualityOn, ClassesIsAccuracy) {
  const HeldOut test = examples();
  Quality quality = quality_on(test);
  EXPECT_EQ(quality.name, "accuracy");
  EXPECT_EQ(quality.of({{1, 0}, {1, 0}, {1, 0}, {0, 1}}), 0.75);
}

TEST_F(QualityOn, NumbersDoesntDependOnTheirUnit) {
  project_.task = Task::kRegression;
  for (double unit : {1.0, 1e-3}) {
    for (int i = 0; i < 4; ++i) dataset_.examples[static_cast<size_t>(i)].target = 10 * i * unit;
    const HeldOut test = examples();
    Quality quality = quality_on(test);
    EXPECT_EQ(quality.name, "1 - relative error");
    auto u = static_cast<float>(unit);
    EXPECT_NEAR(quality.of({{0}, {10 * u}, {20 * u}, {30 * u}}), 1, 1e-6);
    EXPECT_NEAR(quality.of({{15 * u}, {15 * u}, {15 * u}, {15 * u}}), 0, 1e-6);
    EXPECT_NEAR(quality.of({{1 * u}, {11 * u}, {21 * u}, {31 * u}}), 0.9, 1e-6);
  }
}

TEST_F(QualityOn, AnomaliesIsTheAucAndOfNormalExamplesAloneWhatIsReconstructed) {
  project_.task = Task::kAnomaly;
  const HeldOut normal = examples();
  Quality quality = quality_on(normal);
  EXPECT_EQ(quality.name, "reconstructed variance");
  EXPECT_NEAR(quality.of({{0, 0}, {0, 2}, {4, 0}, {4, 2}}), 1, 1e-6);
  EXPECT_NEAR(quality.of({{2, 1}, {2, 1}, {2, 1}, {2, 1}}), 0, 1e-6);
  EXPECT_NEAR(quality.of({{0, 1}, {0, 1}, {4, 1}, {4, 1}}), 0.8, 1e-6) << "of 2.5, 0.5 is left";
  dataset_.examples[3].label = 1;
  const HeldOut both = examples();
  EXPECT_EQ(quality_on(both).name, "auc");
  EXPECT_EQ(quality_on(both).of({{0, 0}, {0, 2}, {4, 0}, {0, 0}}), 1.0);
}

}  // namespace
}  // namespace mote::train
