// SPDX-License-Identifier: Apache-2.0
#include "train/run/deploy.h"

#include <gtest/gtest.h>

#include "compiler/tflite/writer.h"
#include "ir/builder.h"
#include "ops/book.h"
#include "train/data/data_test_support.h"
#include "train/quantize/values.h"

namespace mote::train {
namespace {

constexpr DType kReal = DType::kFloat32;

/// Tells rising from falling rows, or, turned round, always the wrong one.
Graph network(bool turned) {
  GraphBuilder b("net");
  TensorId x = b.input(kReal, Shape(1, 2, 1), {}, "x");
  TensorId dims = b.constant(Shape(2), std::vector<int32_t>{1, 2});
  TensorId flat = b.node(reshape_record(), {x, dims}, {}, kReal);
  const float sign = turned ? -1.0f : 1.0f;
  TensorId weights = b.constant(Shape(2, 2), std::vector<float>{-sign, sign, sign, -sign});
  TensorId scores = b.node(fully_connected_record(), {flat, weights, kAbsent}, {}, kReal);
  return b.build({b.node(softmax_record(), {scores}, {{"beta", 1.0}}, kReal)});
}

/// A run in which training learned to be rounded, over six examples of which two validate.
class Deploy : public ::testing::Test {
 protected:
  void SetUp() override {
    project_.input.kind = InputKind::kSeries;
    project_.input.window = 2;
    project_.input.columns = {"a"};
    dataset_.root = project_.data.path = folder_.path() / "data";
    dataset_.classes = {"rising", "falling"};
    for (int i = 0; i < 6; ++i) {
      Example& example = dataset_.examples.emplace_back();
      example.path = fmt::format("{}.csv", i);
      example.label = i % 2;
      example.split = i < 4 ? Split::kTrain : Split::kValidation;
      put(dataset_.root / example.path,
          i % 2 ? fmt::format("a\n{}\n0\n", i) : fmt::format("a\n0\n{}\n", i + 1));
    }
    ASSERT_TRUE(make_folder(run_).ok());
    put(run_ / "qat_ranges.json", R"({"x": [0, 6]})");
  }

  void learned(const char* file, bool turned) {
    ASSERT_TRUE(write_file(run_ / file, *write_tflite(network(turned))).ok());
  }

  Deployed deployed(bool qat) {
    const FrontEnd front_end = *FrontEnd::make(project_, {});
    auto made =
        deploy(project_, dataset_, front_end, run_, qat, [](const std::string&, size_t, size_t) {});
    EXPECT_TRUE(made.ok()) << made.error().message;
    return *std::move(made);
  }

  TempFolder folder_ = *TempFolder::make();
  std::filesystem::path run_ = folder_.path() / "run";
  Project project_;
  Dataset dataset_;
};

TEST_F(Deploy, WhatIsBetterOnValidationIsDeployed) {
  learned("float.tflite", false);
  learned("qat.tflite", true);
  Deployed after = deployed(true);
  ASSERT_TRUE(after.choice);
  EXPECT_EQ(after.choice->taken, Form::kAfterTraining);
  EXPECT_EQ(after.choice->after_training, 1.0);
  EXPECT_EQ(after.choice->trained_for_it, 0.0);
  EXPECT_EQ(after.choice->examples, 2u);
  EXPECT_EQ(choice_json(*read_choice(run_)), choice_json(*after.choice));
  Interpreter interpreter = *Interpreter::make(after.model);
  const std::vector<float> rising = {0, 5};
  const Bytes scores = (*interpreter.run({*quantize::bytes_of_values(rising)}))[0];
  EXPECT_GT(static_cast<int8_t>(scores[0]), static_cast<int8_t>(scores[1]));
  learned("float.tflite", true);
  learned("qat.tflite", false);
  Deployed trained = deployed(true);
  EXPECT_EQ(trained.choice->taken, Form::kTrainedForIt);
  EXPECT_EQ(trained.choice->trained_for_it, 1.0);
  EXPECT_EQ(read_choice(run_)->taken, Form::kTrainedForIt);
}

TEST_F(Deploy, ThePartThatTestsDecidesNothing) {
  learned("float.tflite", false);
  learned("qat.tflite", true);
  for (Example& example : dataset_.examples) {
    if (example.split == Split::kValidation) example.split = Split::kTest;
  }
  Deployed made = deployed(true);
  EXPECT_EQ(made.choice->taken, Form::kTrainedForIt) << "as asked for";
  EXPECT_FALSE(made.choice->after_training);
  EXPECT_EQ(made.choice->why, "there are no validation examples to compare it with the other form");
}

TEST_F(Deploy, WithoutItThereIsNothingToChoose) {
  learned("float.tflite", false);
  learned("qat.tflite", true);
  deployed(true);
  EXPECT_TRUE(read_choice(run_));
  EXPECT_FALSE(deployed(false).choice);
  EXPECT_FALSE(read_choice(run_)) << "an earlier training's";
}

}  // namespace
}  // namespace mote::train
