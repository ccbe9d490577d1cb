// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/check.h"

#include <gtest/gtest.h>

#include "base/host/file.h"
#include "bench/mlperf/check_files.h"
#include "bench/mlperf/submission.h"

namespace mote::mlperf {
namespace {

const Task& task(const char* name) {
  return **find_task(name);
}

Record record(const std::string& file, uint64_t iterations, uint64_t us, std::vector<float> results,
              int label = 0) {
  Record record;
  record.file = file;
  record.truth = {.file = file, .classes = 12, .label = label};
  record.inference.end_us = us;
  record.inference.iterations = iterations;
  record.inference.results = std::move(results);
  return record;
}

std::vector<Record> five_windows(uint64_t us) {
  std::vector<Record> windows;
  for (int i = 0; i < 5; ++i) {
    windows.push_back(record(fmt::format("{}.bin", i), 100, us, std::vector<float>(12)));
  }
  return windows;
}

/// A thousand answers, so many of them right.
Accuracy accuracy_of(int right) {
  Accuracy accuracy;
  for (int i = 0; i < 1000; ++i) {
    std::vector<float> results(12, 0.01f);
    results[static_cast<size_t>(i < right ? i % 12 : (i + 1) % 12)] = 0.89f;
    accuracy.records.push_back(record(fmt::format("{}.bin", i), 1, 50'000, results, i % 12));
    accuracy.answers.push_back({.file = "", .label = i % 12, .results = normalised(results)});
  }
  accuracy.top_1_percent = top_1_percent(accuracy.answers);
  accuracy.auc = auc(accuracy.answers);
  return accuracy;
}

class MlperfCheck : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(folder_.ok()); }

  void write(const char* division, int right = 940, uint64_t window_us = 10'100'000,
             bool is_virtual = false) {
    Dut dut{.line = nullptr,
            .board = "b",
            .is_virtual = is_virtual,
            .time_note = "",
            .active_mw = 40,
            .power_source = "made up"};
    TaskResult kws;
    kws.task = &task("kws01");
    kws.performance = Performance{five_windows(window_us)};
    kws.accuracy = accuracy_of(right);
    const std::vector<TaskResult> results = {kws};
    Result<void> written = write_submission(folder_->path(), {.division = division,
                                                              .submitter = "me",
                                                              .system = {.name = "board",
                                                                         .board = "Board",
                                                                         .processor = "Cortex-M4",
                                                                         .frequency = "120 MHz",
                                                                         .memory = "",
                                                                         .hardware_notes = "",
                                                                         .framework = "mote",
                                                                         .software_notes = ""},
                                                              .dut = &dut,
                                                              .results = &results});
    ASSERT_TRUE(written.ok()) << written.error().message;
  }
  std::filesystem::path kws(const char* division = "closed") const {
    return folder_->path() / division / "me" / "results" / "board" / "kws";
  }
  /// "path: rule: what" of what rejects, or the error.
  std::vector<std::string> rejected() const {
    Result<CheckReport> report = check_submission(folder_->path());
    if (!report.ok()) return {report.error().message};
    std::vector<std::string> lines;
    for (const Finding& finding : report->findings) {
      if (finding.rejects) {
        lines.push_back(fmt::format("{}: {}: {}", finding.path, finding.rule, finding.what));
      }
    }
    return lines;
  }
  using Lines = std::vector<std::string>;

  Result<TempFolder> folder_ = TempFolder::make();
};

TEST_F(MlperfCheck, AcceptsWhatTheRunnerWrites) {
  write("closed");
  Result<CheckReport> report = check_submission(folder_->path());
  ASSERT_TRUE(report.ok()) << report.error().message;
  for (const Finding& f : report->findings)
    ADD_FAILURE() << f.path << " " << f.rule << " " << f.what;
  EXPECT_EQ(report->results, (Lines{"closed/me/results/board/kws"}));
}

TEST_F(MlperfCheck, ClosedDivisionHasAFloorAndOpenHasNone) {
  write("closed", 899);
  EXPECT_EQ(rejected(), (Lines{"closed/me/results/board/kws/accuracy/results.txt: accuracy: Top 1% "
                               "is 89.9; the closed division's floor is 90"}));
  std::filesystem::remove_all(folder_->path() / "closed");
  write("open", 899);
  EXPECT_EQ(rejected(), Lines{});
}

TEST_F(MlperfCheck, WindowsMustBeLongAndFive) {
  write("open", 940, 9'900'000);
  ASSERT_EQ(rejected().size(), 5u);
  EXPECT_EQ(rejected()[0],
            "open/me/results/board/kws/performance/results.txt: performance: window 1 "
            "takes 9.9 s; it must take 10 or more");
  write("open");
  Performance four{five_windows(10'100'000)};
  four.windows.pop_back();
  ASSERT_TRUE(write_text(kws("open") / "performance" / "results.txt", performance_text(four)).ok());
  EXPECT_EQ(rejected(),
            (Lines{"open/me/results/board/kws/performance/results.txt: performance: has 4 "
                   "windows; there must be 5"}));
}

TEST_F(MlperfCheck, NamesWhatIsMissing) {
  write("closed");
  std::filesystem::remove_all(kws() / "performance");
  std::filesystem::remove(folder_->path() / "closed/me/systems/board.json");
  ASSERT_TRUE(write_text(kws() / "accuracy" / "results.txt", "").ok());
  EXPECT_EQ(
      rejected(),
      (Lines{
          "closed/me/systems: layout: is an empty folder",
          "closed/me/systems/board.json: system: is missing: it describes the system",
          "closed/me/results/board/kws/accuracy/results.txt: accuracy: has no line \"Top 1% = \" "
          "with the accuracy",
          "closed/me/results/board/kws/performance/results.txt: performance: is missing"}));
}

TEST_F(MlperfCheck, RefusesUnknownTasksLinksAndALargeTaskAlone) {
  write("closed");
  std::filesystem::rename(kws(), kws().parent_path() / "ic2");
  std::filesystem::create_directories(kws().parent_path() / "gesture");
  std::filesystem::create_symlink("elsewhere", kws().parent_path() / "ic2" / "link");
  const Lines lines = rejected();
  const auto has = [&](const std::string& line) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
  };
  const std::string board = "closed/me/results/board/";
  EXPECT_TRUE(has(board + "gesture: layout: is an empty folder"));
  EXPECT_TRUE(has(board +
                  "gesture: model: is no task of the benchmark; there are kws, vww, ic, ic2, "
                  "ad, sww"));
  EXPECT_TRUE(has(board + "ic2: sizes: the larger task needs results of the smaller, ic, too"));
  EXPECT_TRUE(has(board + "ic2/link: layout: is a symbolic link; put the file itself there"));
  EXPECT_TRUE(has(board + "ic2/accuracy/results.json: data set: has answers on 1000 files; the "
                          "benchmark's data set has 200"));
}

TEST_F(MlperfCheck, AVirtualBoardsResultsAreForReview) {
  write("closed", 940, 10'100'000, true);
  Result<CheckReport> report = check_submission(folder_->path());
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->accepted());
  ASSERT_EQ(report->findings.size(), 2u);
  EXPECT_EQ(report->findings[0].what, "was run on a virtual board; submit a run on the real one");
}

TEST_F(MlperfCheck, ChecksWakeWords) {
  const std::filesystem::path run = folder_->path() / "closed/me/results/board/sww/energy";
  ASSERT_TRUE(make_folder(run).ok());
  ASSERT_TRUE(make_folder(folder_->path() / "closed/me/systems").ok());
  ASSERT_TRUE(
      write_text(folder_->path() / "closed/me/systems/board.json", R"({"Status":"rdi"})").ok());
  const std::string good =
      "  Power         : 9.5000 mW.\nAccuracy: 42 True positives, 8 False negatives, 8 False "
      "positives\n"
      "Average duty cycle: 0.25\nEstimated throughput: 120.5 inf./sec.\n";
  ASSERT_TRUE(write_text(run / "results.txt", good).ok());
  EXPECT_EQ(rejected(), Lines{});
  ASSERT_TRUE(write_text(run / "results.txt",
                         "Accuracy: 41 True positives, 9 False negatives, 0 False positives\n")
                  .ok());
  EXPECT_EQ(rejected().size(), 4u);  // throughput, duty cycle, power, too many missed
}

TEST_F(MlperfCheck, RefusesFoldersThatAreNoSubmission) {
  EXPECT_NE(rejected()[0].find("holds neither closed/ nor open/"), std::string::npos);
  ASSERT_TRUE(make_folder(folder_->path() / "open").ok());
  EXPECT_NE(rejected()[0].find("holds no results"), std::string::npos);
}

TEST(MlperfCheckFiles, FindsNumbersAsTheCheckerDoes) {
  EXPECT_EQ(top_1_of("0101.000000 ulp-mlperf: Top 1% = 85.4\nx Top-1: 3%"), 85.4);
  EXPECT_EQ(top_1_of("x Top-1: 91.1%"), 91.1);
  EXPECT_FALSE(top_1_of("Top 1% = 85.4"));  // nothing stands before it
  EXPECT_EQ(auc_of(" AUC: 0.93\n AUC = 0.862"), 0.862);
  EXPECT_FALSE(auc_of(" AUC = x"));
  EXPECT_EQ(number_after("a is   17.064 inf./sec.", "a is", " inf./sec."), 17.064);
  EXPECT_FALSE(number_after("a is 17.06.4 inf./sec.", "a is", " inf./sec."));
  EXPECT_FALSE(number_after("a is 17 furlongs", "a is", " inf./sec."));
}

}  // namespace
}  // namespace mote::mlperf
