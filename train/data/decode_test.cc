// SPDX-License-Identifier: Apache-2.0
#include "train/data/decode.h"

#include <gtest/gtest.h>

#include "train/data/data_test_support.h"
#include "train/features/example_features.h"

namespace mote::train {
namespace {

/// Twelve tones whose amplitudes rise with their numbers, of which two became something else after
/// they were listed.
class Decode : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path data = folder_.path() / "data";
    project_.input.seconds = 0.1;
    project_.data.path = data;
    for (int i = 0; i < 12; ++i) {
      Example& example = dataset_.examples.emplace_back();
      example.path = fmt::format("{:02}.wav", i);
      put_tone(data / example.path, 500, 16000, 0.1, 0.05 * (i + 1));
    }
    dataset_.root = data;
    for (const char* name : {"04.wav", "09.wav"}) put(data / name, "no sound");
  }

  TempFolder folder_ = *TempFolder::make();
  Project project_;
  Dataset dataset_;
};

TEST_F(Decode, EveryReadableExampleIsTakenAtItsPlaceAndOthersAreNamedInOrder) {
  const std::vector<size_t> numbers = {11, 9, 7, 4, 0};
  std::vector<float> loudest(numbers.size());
  size_t last = 0;
  auto skipped = decode_examples(
      project_, dataset_, numbers,
      [&](size_t, size_t i, const Signal& signal) -> Result<void> {
        loudest[i] = *std::max_element(signal.values.begin(), signal.values.end());
        return {};
      },
      [&](size_t done, size_t all) {
        EXPECT_EQ(done, ++last);
        EXPECT_EQ(all, numbers.size());
      });
  ASSERT_TRUE(skipped.ok());
  ASSERT_EQ(skipped->size(), 2u);
  EXPECT_EQ((*skipped)[0].path, "09.wav");
  EXPECT_EQ((*skipped)[1].path, "04.wav");
  EXPECT_NE((*skipped)[1].why.find("04.wav: "), std::string::npos);
  EXPECT_EQ(last, numbers.size());
  for (size_t i : {0u, 2u, 4u}) {
    EXPECT_NEAR(loudest[i], 0.05 * static_cast<double>(numbers[i] + 1), 0.01) << numbers[i];
  }
  EXPECT_EQ(loudest[1] + loudest[3], 0);
}

TEST_F(Decode, WhatTakesFailsWithItsFirstExample) {
  auto result = decode_examples(
      project_, dataset_, {0, 1, 2, 3},
      [](size_t, size_t i, const Signal&) -> Result<void> {
        if (i < 2) return {};
        return fail("number {}", i);
      },
      [](size_t, size_t) {});
  EXPECT_EQ(result.error().message, "number 2");
}

TEST_F(Decode, FeaturesKeepTheNumbersOfTheirExamples) {
  FrontEnd front_end = *FrontEnd::make(project_, {quantization(1.0f / 128, 0), {}, {}});
  const auto quiet = [](size_t, size_t) {};
  const auto read = read_features(project_, dataset_, front_end, {3, 4, 5}, quiet);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->examples, (std::vector<size_t>{3, 5}));
  EXPECT_EQ(read->skipped.size(), 1u);
  const Signal signal = *read_example(project_, dataset_, dataset_.examples[5]);
  EXPECT_EQ(read->features[1], *front_end.run(signal));
  EXPECT_EQ(read->inputs()[1][0].size(), 1600 * sizeof(float));
  const auto none = read_features(project_, dataset_, front_end, {4, 9}, quiet);
  EXPECT_NE(none.error().message.find("no example could be read; the first one: "),
            std::string::npos)
      << none.error().message;
}

TEST_F(Decode, AnAnomalyDetectorLearnsFromNormalExamplesOnly) {
  dataset_.examples[1].label = dataset_.examples[2].label = 1;
  dataset_.examples[3].split = Split::kTest;
  EXPECT_EQ(learnable(project_, dataset_, Split::kTrain).size(), 11u);
  project_.task = Task::kAnomaly;
  EXPECT_EQ(learnable(project_, dataset_, Split::kTrain).size(), 9u);
}

TEST(Spread, IsEvenAndTakesAllOfFew) {
  const std::vector<size_t> numbers = {10, 11, 12, 13, 14, 15};
  EXPECT_EQ(spread(numbers, 3), (std::vector<size_t>{10, 12, 14}));
  EXPECT_EQ(spread(numbers, 0), numbers);
  EXPECT_EQ(spread(numbers, 9), numbers);
}

}  // namespace
}  // namespace mote::train
