// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/diff.h"

#include <gtest/gtest.h>

#include "base/host/file.h"
#include "bench/mlperf/report.h"

namespace mote::mlperf {
namespace {

class MlperfDiff : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(folder_.ok()); }
  Result<Measures> read(const std::string& text) const {
    const auto path = folder_->path() / "report.json";
    EXPECT_TRUE(write_text(path, text).ok());
    return read_measures(path);
  }
  Result<TempFolder> folder_ = TempFolder::make();
};

Diff compared(std::map<std::string, double> before, std::map<std::string, double> after) {
  return compare_measures({{"m", std::move(before)}}, {{"m", std::move(after)}}, {});
}

TEST_F(MlperfDiff, ReadsProfiles) {
  Result<Measures> measures =
      read(R"({"schema":"mote.profile/1","model":"a/kws.tflite","board":{"name":"pico"},)"
           R"("latency_ms":3.5,"energy_uj":null,"ram_bytes":100,"instructions":7})");
  ASSERT_TRUE(measures.ok()) << measures.error().message;
  EXPECT_EQ((*measures)["kws.tflite on pico"],
            (std::map<std::string, double>{
                {"latency_ms", 3.5}, {"ram_bytes", 100}, {"instructions", 7}}));
}

TEST_F(MlperfDiff, ReadsWhatTheBenchmarkWrites) {
  TaskResult result;
  result.task = *find_task("ad01");
  Record window;
  window.inference.iterations = 100, window.inference.end_us = 500'000;
  result.performance = Performance{{window}};
  result.accuracy = Accuracy{
      .records = {window}, .answers = {{"a", 0, {1.0}}}, .top_1_percent = 90, .auc = 0.875};
  BoardRun run{.board = "pico",
               .title = "Pico",
               .core = "cortex-m0plus",
               .clock_mhz = 133,
               .dut = {},
               .results = {result},
               .footprints = {{.model = "ad.tflite", .ram_bytes = 2000, .flash_bytes = 300}}};
  Result<Measures> measures = read(mlperf_json("closed", {run}).dump());
  ASSERT_TRUE(measures.ok()) << measures.error().message;
  EXPECT_EQ((*measures)["ad01 on pico"],
            (std::map<std::string, double>{
                {"latency_ms", 5}, {"ram_bytes", 2000}, {"flash_bytes", 300}, {"accuracy", 87.5}}));
}

TEST_F(MlperfDiff, RefusesOtherFiles) {
  for (const char* text : {"", "[]", "{}", R"({"schema":"mote.run/1"})", R"({"schema":3})"}) {
    Result<Measures> measures = read(text);
    ASSERT_FALSE(measures.ok()) << text;
    EXPECT_NE(measures.error().message.find("is neither a profile nor a benchmark run"),
              std::string::npos);
  }
  EXPECT_FALSE(read(R"({"schema":"mote.mlperf/1","boards":[{"tasks":[1,{"accuracy":2}]}]})").ok());
}

TEST_F(MlperfDiff, AllowsWhatTheLimitsAllow) {
  Diff diff = compared({{"latency_ms", 100}, {"ram_bytes", 1000}, {"accuracy", 90.4}},
                       {{"latency_ms", 102}, {"ram_bytes", 900}, {"accuracy", 89.9}});
  ASSERT_EQ(diff.rows.size(), 3u);
  EXPECT_EQ(diff.regressions(), 0u);
  EXPECT_DOUBLE_EQ(*diff.rows[0].worse, 2);
  EXPECT_DOUBLE_EQ(*diff.rows[1].worse, -10);
  EXPECT_NEAR(*diff.rows[2].worse, 0.5, 1e-9);
}

TEST_F(MlperfDiff, FindsRegressions) {
  EXPECT_EQ(compared({{"latency_ms", 100}}, {{"latency_ms", 102.1}}).regressions(), 1u);
  EXPECT_EQ(compared({{"accuracy", 90}}, {{"accuracy", 89.4}}).regressions(), 1u);
  EXPECT_EQ(compared({{"accuracy", 90}}, {{"accuracy", 95}}).regressions(), 0u);
  EXPECT_EQ(compared({{"flash_bytes", 0}}, {{"flash_bytes", 1}}).regressions(), 1u);
  EXPECT_EQ(compared({{"flash_bytes", 0}}, {{"flash_bytes", 0}}).regressions(), 0u);
}

TEST_F(MlperfDiff, WhatIsNoLongerMeasuredIsARegression) {
  EXPECT_EQ(compared({{"latency_ms", 1}}, {{"ram_bytes", 1}}).regressions(), 1u);
  EXPECT_EQ(
      compare_measures({{"a", {{"ram_bytes", 1}}}}, {{"b", {{"ram_bytes", 1}}}}, {}).regressions(),
      1u);
  EXPECT_EQ(diff_json(compared({{"latency_ms", 1}}, {}))["rows"][0]["new"], nullptr);
}

}  // namespace
}  // namespace mote::mlperf
