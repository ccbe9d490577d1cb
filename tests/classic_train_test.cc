// SPDX-License-Identifier: Apache-2.0
// Projects whose models mote learns by itself, through `mote train`, on real recordings.
#include "tests/verb_test_support.h"
#include "train/data/data_test_support.h"

namespace mote {
namespace {

/// What follows `label` in a text, as a number; -1 without it.
double number_after(const std::string& text, const std::string& label) {
  const size_t at = text.find(label);
  return at == std::string::npos ? -1 : std::strtod(text.c_str() + at + label.size(), nullptr);
}

class ClassicTrain : public ::testing::Test {
 protected:
  ProcessOutcome train_example(const std::string& name, const std::string& archive,
                               const std::string& data, std::vector<std::string> more) {
    const std::filesystem::path path = folder_->path();
    EXPECT_TRUE(train::unpack(archive, path));
    std::vector<std::string> arguments = {"train", "examples/" + name,
                                          "--run", (path / "run").string(),
                                          "--set", "data.path=" + (path / data).string()};
    for (const std::string& value : more) arguments.insert(arguments.end(), {"--set", value});
    return run_mote(arguments);
  }
  bool wrote(const char* name) { return std::filesystem::exists(folder_->path() / "run" / name); }

  Result<TempFolder> folder_ = TempFolder::make();
};

TEST_F(ClassicTrain, DistanceTellsALoadedFanFromAFreeOne) {
  MOTE_NEEDS_CORTEX_M();
  const std::string archive = "vibration/ceiling_fan.tar.gz";
  if (train::shared_data(archive).empty()) GTEST_SKIP() << "no ../shared/data/" << archive;
  // Without the recordings of the moved fan, which look strange because it moves.
  ProcessOutcome outcome = train_example("vibration", archive, "datasets/ceiling-fan",
                                         {"data.class_pattern=fan_0_[a-z]+_([01])_weight/"});
  ASSERT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  EXPECT_GT(number_after(outcome.output, "test examples: "), 0.95) << outcome.output;
  EXPECT_TRUE(wrote("model.tflite") && wrote("model.mote") && wrote("front_end.json"));
}

TEST_F(ClassicTrain, ForestTellsGesturesApart) {
  MOTE_NEEDS_CORTEX_M();
  const std::string archive = "gesture/wand_recordings.tar.gz";
  if (train::shared_data(archive).empty()) GTEST_SKIP() << "no ../shared/data/" << archive;
  ProcessOutcome outcome = train_example("gesture", archive, "data",
                                         {"model.type=random_forest", "features.type=statistics"});
  ASSERT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  EXPECT_GT(number_after(outcome.output, "test examples: "), 90) << outcome.output;
}

TEST_F(ClassicTrain, ModelBeyondItsBudgetIsRefused) {
  MOTE_NEEDS_CORTEX_M();
  const std::string archive = "gesture/wand_recordings.tar.gz";
  if (train::shared_data(archive).empty()) GTEST_SKIP() << "no ../shared/data/" << archive;
  ProcessOutcome outcome = train_example(
      "gesture", archive, "data",
      {"model.type=random_forest", "features.type=statistics", "budget.max_ram_bytes=4096"});
  EXPECT_EQ(outcome.exit_code, kFailure);
  EXPECT_NE(outcome.output.find("over the limit of 4096 bytes"), std::string::npos)
      << outcome.output;
}

}  // namespace
}  // namespace mote
