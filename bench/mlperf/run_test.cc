// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/run.h"

#include <gtest/gtest.h>

#include "bench/mlperf/fake_device_test_support.h"

namespace mote::mlperf {
namespace {

const Task& task(const char* name) {
  return **find_task(name);
}

/// Twelve classes: the first byte's gets 0.9.
std::string says_first_byte(const std::string& bytes) {
  std::string text;
  for (int i = 0; i < 12; ++i)
    text += fmt::format("{}{}", i ? "," : "", i == bytes[0] ? 0.9 : 0.01);
  return text;
}

Dut dut_of(FakeDevice& device) {
  return {.line = &device.line(),
          .board = "fake-board",
          .is_virtual = false,
          .time_note = "",
          .active_mw = 40,
          .power_source = "made up"};
}

TEST(MlperfRun, FillsFiveWindowsOfTenSeconds) {
  FakeDevice device("kws01", 58'600, says_first_byte);
  const Dataset data = Dataset::random(task("kws01"), 1);
  Dut dut = dut_of(device);
  TaskRun run(task("kws01"), dut, data, {});
  ASSERT_TRUE(run.meet().ok());
  Result<Performance> result = run.performance();
  ASSERT_TRUE(result.ok()) << result.error().message;
  ASSERT_EQ(result->windows.size(), 5u);
  for (const Record& window : result->windows) {
    EXPECT_GE(window.elapsed_s(), 10);
    EXPECT_LE(window.elapsed_s(), 10.3);
    EXPECT_EQ(window.inference.warmups, 10u);
  }
  EXPECT_NE(result->windows[0].file, result->windows[1].file);
  EXPECT_NEAR(result->median_throughput(), 1e6 / 58'600, 1e-9);
}

TEST(MlperfRun, RunsAWindowAgainThatIsTooShort) {
  FakeDevice device("kws01", 500'000, says_first_byte);
  device.drift = 0.6;  // what was probed isn't so in the windows
  const Dataset data = Dataset::random(task("kws01"), 1);
  Dut dut = dut_of(device);
  Result<Performance> result = TaskRun(task("kws01"), dut, data, {}).performance();
  ASSERT_TRUE(result.ok()) << result.error().message;
  for (const Record& window : result->windows) EXPECT_GE(window.elapsed_s(), 10);
}

TEST(MlperfRun, CountsManyQuickInferences) {
  FakeDevice device("kws01", 1, says_first_byte);
  const Dataset data = Dataset::random(task("kws01"), 1);
  Dut dut = dut_of(device);
  Result<Performance> result = TaskRun(task("kws01"), dut, data, {}).performance();
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_NEAR(result->median_throughput(), 1e6, 1);
}

TEST(MlperfRun, RefusesAClockThatStandsStill) {
  FakeDevice device("kws01", 0, says_first_byte);
  const Dataset data = Dataset::random(task("kws01"), 1);
  Dut dut = dut_of(device);
  Result<Performance> result = TaskRun(task("kws01"), dut, data, {}).performance();
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message.find("fake-board: its clock stands still"), std::string::npos);
}

TEST(MlperfRun, EnergyIsPowerTimesTime) {
  FakeDevice device("kws01", 50'000, says_first_byte);
  const Dataset data = Dataset::random(task("kws01"), 1);
  Dut dut = dut_of(device);
  Result<Energy> energy = TaskRun(task("kws01"), dut, data, {}).energy();
  ASSERT_TRUE(energy.ok());
  EXPECT_NEAR(energy->median_uj(), 40e-3 * 0.05 * 1e6, 1e-9);
  dut.active_mw.reset();
  dut.power_source = "no measurement is known";
  energy = TaskRun(task("kws01"), dut, data, {}).energy();
  ASSERT_FALSE(energy.ok());
  EXPECT_NE(energy.error().message.find("no measurement is known"), std::string::npos);
}

TEST(MlperfRun, ScoresAllFiles) {
  Result<TempFolder> folder = TempFolder::make();
  ASSERT_TRUE(folder.ok());
  std::string labels;
  for (int i = 0; i < 24; ++i) {
    Bytes file(490);
    file[0] = static_cast<uint8_t>(i == 23 ? 0 : i % 12);  // the last one will be wrong
    ASSERT_TRUE(write_file(folder->path() / fmt::format("{}.bin", i), file).ok());
    labels += fmt::format("{}.bin,12,{}\n", i, i % 12);
  }
  ASSERT_TRUE(write_text(folder->path() / "y_labels.csv", labels).ok());
  Result<Dataset> data = Dataset::open(task("kws01"), folder->path());
  ASSERT_TRUE(data.ok());
  FakeDevice device("kws01", 100, says_first_byte);
  Dut dut = dut_of(device);
  Result<Accuracy> accuracy = TaskRun(task("kws01"), dut, *data, {}).accuracy();
  ASSERT_TRUE(accuracy.ok()) << accuracy.error().message;
  EXPECT_EQ(accuracy->answers.size(), 24u);
  EXPECT_NEAR(accuracy->top_1_percent, 100 * 23 / 24.0, 1e-9);
  ASSERT_TRUE(accuracy->auc);
  EXPECT_GT(*accuracy->auc, 0.97);
  EXPECT_LT(*accuracy->auc, 1);
}

TEST(MlperfRun, AveragesTheWindowsOfAFile) {
  Result<TempFolder> folder = TempFolder::make();
  ASSERT_TRUE(folder.ok());
  for (uint8_t i = 0; i < 2; ++i) {
    Bytes file(2560 + 512, i);
    file.back() = 10;  // the second window's
    ASSERT_TRUE(write_file(folder->path() / fmt::format("{}.bin", i), file).ok());
  }
  ASSERT_TRUE(
      write_text(folder->path() / "y_labels.csv", "0.bin,2,0,2560,512\n1.bin,2,1,2560,512\n").ok());
  Result<Dataset> data = Dataset::open(task("ad01"), folder->path());
  ASSERT_TRUE(data.ok());
  FakeDevice device("ad01", 100, [](const std::string& bytes) {
    return fmt::format("{}", static_cast<int>(bytes.front()) + static_cast<int>(bytes.back()));
  });
  Dut dut = dut_of(device);
  Result<Accuracy> accuracy = TaskRun(task("ad01"), dut, *data, {}).accuracy();
  ASSERT_TRUE(accuracy.ok()) << accuracy.error().message;
  EXPECT_EQ(accuracy->records.size(), 4u);
  EXPECT_EQ(accuracy->answers[0].results[0], (0 + 10) / 2.0);
  EXPECT_EQ(accuracy->answers[1].results[0], (2 + 11) / 2.0);
  EXPECT_EQ(accuracy->quality(task("ad01")), 1);
}

TEST(MlperfRun, RefusesADeviceForAnotherTaskOrWithOtherResults) {
  FakeDevice device("vww01", 100, [](const std::string&) { return "1,2"; });
  const Dataset data = Dataset::random(task("kws01"), 1);
  Dut dut = dut_of(device);
  TaskRun run(task("kws01"), dut, data, {});
  EXPECT_EQ(run.meet().error().message, "fake-board: the device is made for vww01, not for kws01");
  EXPECT_EQ(run.performance().error().message, "fake-board: random 0: 2 results; kws01 has 12");
  EXPECT_FALSE(run.accuracy().ok());
}

}  // namespace
}  // namespace mote::mlperf
