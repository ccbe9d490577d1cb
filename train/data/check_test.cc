// SPDX-License-Identifier: Apache-2.0
#include "train/data/check.h"

#include <gtest/gtest.h>

#include "train/data/data_test_support.h"

namespace mote::train {
namespace {

class CheckData : public testing::Test {
 protected:
  CheckData() { project_.data.path = folder_.path(); }
  DataReport check() {
    Result<Dataset> dataset = read_dataset(project_);
    EXPECT_TRUE(dataset.ok()) << dataset.error().message;
    if (!dataset.ok()) return {};
    size_t last = 0;
    DataReport report = check_data(project_, *dataset, [&](size_t done, size_t all) {
      EXPECT_EQ(done, last + 1);
      EXPECT_EQ(all, dataset->examples.size());
      last = done;
    });
    EXPECT_EQ(last, dataset->examples.size());
    return report;
  }
  void put_tones(const std::string& folder, int count, double hz) {
    for (int i = 0; i < count; ++i) {
      put_tone(folder_.path() / folder / fmt::format("{}.wav", i), hz + 10 * i, 16000, 1);
    }
  }
  TempFolder folder_ = *TempFolder::make();
  Project project_;
};

const Finding* find(const DataReport& report, const std::string& kind) {
  for (const Finding& finding : report.findings) {
    if (finding.kind == kind) return &finding;
  }
  return nullptr;
}

TEST_F(CheckData, GoodDataHasNoFindings) {
  put_tones("a", 10, 300), put_tones("b", 10, 900);
  DataReport report = check();
  EXPECT_TRUE(report.findings.empty()) << report.findings[0].what;
  ASSERT_EQ(report.classes.size(), 2u);
  EXPECT_EQ(report.classes[0].examples, (std::array<size_t, 3>{7, 1, 2}));
  EXPECT_NEAR(report.classes[1].seconds, 10, 1e-6);
  EXPECT_EQ(report.longest_s, 1);
}

TEST_F(CheckData, FindsTheSameContentByWhatItIsLabelledAs) {
  put_tones("a", 20, 300), put_tones("b", 20, 900);
  put_tone(folder_.path() / "b/same.wav", 300, 16000, 1);  // as a/0.wav
  project_.split = {SplitBy::kFile, 0, 0, 1};
  DataReport report = check();
  const Finding* conflict = find(report, "conflict");
  ASSERT_NE(conflict, nullptr);
  EXPECT_TRUE(conflict->serious);
  EXPECT_EQ(conflict->count, 1u);
  EXPECT_EQ(conflict->examples[0], "a/0.wav (a, train) = b/same.wav (b, train)");
  std::filesystem::remove(folder_.path() / "b/same.wav");
  put_tone(folder_.path() / "a/same.wav", 300, 16000, 1);
  report = check();
  EXPECT_EQ(find(report, "conflict"), nullptr);
  ASSERT_NE(find(report, "duplicate"), nullptr);
  EXPECT_FALSE(find(report, "duplicate")->serious);
}

TEST_F(CheckData, FindsLeaksBetweenParts) {
  for (const char* part : {"train", "test"}) {
    put_tones(std::string(part) + "/a", 5, part[1] == 'r' ? 300 : 700);
    put_tones(std::string(part) + "/b", 5, part[1] == 'r' ? 1200 : 2000);
  }
  put_tone(folder_.path() / "test/a/leaked.wav", 300, 16000, 1);
  project_.split = {SplitBy::kGiven, 0, 0, 1};
  DataReport report = check();
  ASSERT_NE(find(report, "leak"), nullptr);
  EXPECT_EQ(find(report, "leak")->examples[0],
            "test/a/leaked.wav (a, test) = train/a/0.wav (a, train)");
  EXPECT_EQ(report.findings[0].kind, "leak") << "serious ones come first";
}

TEST_F(CheckData, FindsSpeakersInTwoParts) {
  project_.data.format = DataFormat::kFsdd;
  for (int i = 0; i < 20; ++i) {
    put_tone(folder_.path() / fmt::format("{}_ann_{}.wav", i % 2, i), 300 + 10 * i, 16000, 1);
    put_tone(folder_.path() / fmt::format("{}_bob_{}.wav", i % 2, i), 900 + 10 * i, 16000, 1);
  }
  DataReport report = check();
  EXPECT_EQ(report.groups, 2u);
  ASSERT_NE(find(report, "shared group"), nullptr);
  EXPECT_EQ(find(report, "shared group")->examples, (std::vector<std::string>{"ann", "bob"}));
  project_.split = {SplitBy::kGroup, 0, 0.5, 1};
  EXPECT_EQ(find(check(), "shared group"), nullptr);
}

TEST_F(CheckData, FindsSilenceClippingAndLengths) {
  put_tones("a", 10, 300), put_tones("b", 10, 900);
  put_tone(folder_.path() / "a/silent.wav", 300, 16000, 1, 0.0005);
  put_tone(folder_.path() / "a/silent2.wav", 300, 16000, 1, 0);
  put_tone(folder_.path() / "a/loud.wav", 300, 16000, 1, 1);
  put_tone(folder_.path() / "b/short.wav", 300, 16000, 0.3);
  put_tone(folder_.path() / "b/long.wav", 300, 8000, 3);
  put(folder_.path() / "b/bad.wav", "nonsense");
  DataReport report = check();
  EXPECT_EQ(find(report, "silence")->examples,
            (std::vector<std::string>{"a/silent.wav", "a/silent2.wav"}));
  EXPECT_EQ(find(report, "clipping")->examples, (std::vector<std::string>{"a/loud.wav"}));
  EXPECT_EQ(find(report, "short")->examples, (std::vector<std::string>{"b/short.wav"}));
  EXPECT_EQ(find(report, "long")->examples, (std::vector<std::string>{"b/long.wav"}));
  EXPECT_EQ(find(report, "corrupt")->count, 1u);
  EXPECT_NEAR(report.shortest_s, 0.3, 1e-3);
  EXPECT_NEAR(report.longest_s, 3, 1e-3);
}

TEST_F(CheckData, FindsClassesThatAreRareOrMissing) {
  put_tones("a", 30, 300), put_tones("b", 3, 3000);
  project_.split = {SplitBy::kFile, 0.05, 0.1, 1};
  DataReport report = check();
  ASSERT_NE(find(report, "imbalance"), nullptr);
  EXPECT_EQ(find(report, "imbalance")->examples, (std::vector<std::string>{"b", "a"}));
  ASSERT_NE(find(report, "missing class"), nullptr);
}

TEST_F(CheckData, FindsSensorsThatAreDeadOrAtTheirEnd) {
  project_.input.kind = InputKind::kSeries;
  project_.input.window = 10;
  project_.input.columns = {"x", "y"};
  project_.input.rate_hz = 100;
  auto series = [&](const std::string& name, auto value) {
    std::string text = "x,y\n";
    for (int i = 0; i < 10; ++i) text += fmt::format("{},{}\n", value(i), 0.1 * i * i);
    put(folder_.path() / name, text);
  };
  for (int k = 0; k < 8; ++k) {
    series(fmt::format("a/{}.csv", k), [&](int i) { return i * (k + 1) * 0.01; });
    series(fmt::format("b/{}.csv", k), [&](int i) { return -i * (k + 1) * 0.01; });
  }
  series("a/dead.csv", [](int) { return 0; });
  series("b/end.csv", [](int i) { return std::min(i, 5); });
  DataReport report = check();
  EXPECT_EQ(find(report, "dead channel")->examples, (std::vector<std::string>{"a/dead.csv"}));
  EXPECT_EQ(find(report, "saturation")->examples, (std::vector<std::string>{"b/end.csv"}));
}

TEST_F(CheckData, ShowsTheRangeOfTargets) {
  project_.task = Task::kRegression;
  project_.data.format = DataFormat::kLabels;
  project_.data.labels = folder_.path() / "labels.csv";
  project_.split = {SplitBy::kFile, 0, 0, 1};
  put_tones(".", 3, 500);
  put(project_.data.labels, "file,label\n0.wav,1\n1.wav,3\n2.wav,8\n");
  DataReport report = check();
  EXPECT_EQ(report.targets[0].low, 1);
  EXPECT_EQ(report.targets[0].mean, 4);
  EXPECT_EQ(report.targets[0].high, 8);
}

}  // namespace
}  // namespace mote::train
