// SPDX-License-Identifier: Apache-2.0
#include "train/evaluate/recording.h"

#include <gtest/gtest.h>

#include "train/data/data_test_support.h"

namespace mote::train {
namespace {

/// Half a second of a tone in one second, and silence, at 8 kHz.
class Recordings : public testing::Test {
 protected:
  void SetUp() override {
    project_.file = folder_.path() / "mote.toml";
    project_.input.rate_hz = 8000;
    project_.data.path = folder_.path() / "data";
    project_.split.test = 0.5;
    for (int i = 0; i < 8; ++i) {
      put_tone(file("tone", i), 440, 8000, 0.5, 0.3);
      put_tone(file("silence", i), 60, 8000, 1, 0.3);
    }
    Result<Dataset> dataset = read_dataset(project_);
    ASSERT_TRUE(dataset.ok()) << dataset.error().message;
    dataset_ = *std::move(dataset);
  }

  std::filesystem::path file(const char* name, int i) const {
    return folder_.path() / "data" / name / fmt::format("{}.wav", i);
  }

  std::string marks_error(const std::string& csv, std::vector<Recording> recordings) {
    const auto path = folder_.path() / "marks.csv";
    put(path, csv);
    Result<void> read = read_marks(path, project_, dataset_.classes, &recordings);
    EXPECT_FALSE(read.ok());
    return read.ok() ? "" : without_folder(read.error().message);
  }

  std::string without_folder(std::string message) const {
    const std::string prefix = folder_.path().string() + "/";
    if (message.rfind(prefix, 0) == 0) message.erase(0, prefix.size());
    return message;
  }

  TempFolder folder_ = *TempFolder::make();
  Project project_;
  Dataset dataset_;
};

double power(const Recording& recording, double from_s, double to_s) {
  double sum = 0;
  const auto from = static_cast<size_t>(from_s * 8000), to = static_cast<size_t>(to_s * 8000);
  for (size_t i = from; i < to; ++i) {
    sum += static_cast<double>(recording.samples[i]) * recording.samples[i];
  }
  return sum / static_cast<double>(to - from);
}

TEST_F(Recordings, AMadeOneHasItsExamplesWhereItsMarksAre) {
  Result<Recording> made = make_recording(project_, dataset_, {.seconds = 60, .snr_db = 20});
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(made->samples.size(), 480000u);
  ASSERT_GT(made->marks.size(), 12u) << "one in 3 s";
  double before = 0;
  for (const Mark& mark : made->marks) {
    EXPECT_EQ(dataset_.classes[static_cast<size_t>(mark.label)], "tone");
    EXPECT_NEAR(mark.end_s - mark.start_s, 0.5, 0.021);
    EXPECT_NEAR(power(*made, mark.start_s, mark.end_s), 0.045, 0.01);
    if (before > 0) {
      EXPECT_LT(power(*made, before + 0.05, mark.start_s - 0.05), 0.0005);
    }
    before = mark.end_s;
  }
  Result<Recording> again = make_recording(project_, dataset_, {.seconds = 60, .snr_db = 20}),
                    other = make_recording(project_, dataset_,
                                           {.seconds = 60, .snr_db = 20, .seed = 2});
  ASSERT_TRUE(again.ok() && other.ok());
  EXPECT_EQ(again->samples, made->samples);
  EXPECT_NE(other->samples, made->samples);
}

TEST_F(Recordings, ACorruptExampleIsLeftOut) {
  for (size_t i : dataset_.of(Split::kTest)) {
    if (dataset_.examples[i].path.rfind("tone", 0) == 0) {
      put(dataset_.root / dataset_.examples[i].path, "no sound");
      break;
    }
  }
  Result<Recording> made = make_recording(project_, dataset_, {.seconds = 30});
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_GT(made->marks.size(), 5u);
}

TEST_F(Recordings, MarksComeBackFromTheirCsv) {
  Result<Recording> made = make_recording(project_, dataset_, {.seconds = 20});
  ASSERT_TRUE(made.ok());
  put(folder_.path() / "marks.csv", marks_csv(*made, dataset_.classes));
  std::vector<Recording> read = {{"a.wav", made->samples, {}}};
  ASSERT_TRUE(read_marks(folder_.path() / "marks.csv", project_, dataset_.classes, &read).ok());
  ASSERT_EQ(read[0].marks.size(), made->marks.size());
  for (size_t i = 0; i < made->marks.size(); ++i) {
    EXPECT_EQ(read[0].marks[i].start_s, made->marks[i].start_s);
    EXPECT_EQ(read[0].marks[i].end_s, made->marks[i].end_s);
  }
}

TEST_F(Recordings, OneCsvMarksSeveral) {
  std::vector<Recording> read = {{"x/a.wav", std::vector<float>(16000), {}},
                                 {"b.wav", std::vector<float>(16000), {}}};
  put(folder_.path() / "marks.csv",
      "file,start_s,end_s,label\nb.wav,1,2,tone\nb.wav,0.5,0.7,silence\na.wav,0,1,tone\n");
  Result<void> marked = read_marks(folder_.path() / "marks.csv", project_, dataset_.classes, &read);
  ASSERT_TRUE(marked.ok()) << marked.error().message;
  EXPECT_EQ(read[0].marks.size(), 1u);
  ASSERT_EQ(read[1].marks.size(), 2u);
  EXPECT_EQ(read[1].marks[0].start_s, 0.5) << "by their start";
}

TEST_F(Recordings, WhatIsWrongWithMarksIsNamed) {
  const std::vector<Recording> one = {{"a.wav", std::vector<float>(16000), {}}};
  std::vector<Recording> two = one;
  two.push_back({"b.wav", std::vector<float>(16000), {}});
  const std::string head = "start_s,end_s,label\n";
  const struct {
    std::string marks;
    const std::vector<Recording>& recordings;
    const char* says;
  } wrong[] = {
      {"", one, " is empty; a line of headings is needed"},
      {"start,end_s,label\n", one,
       " has no column \"start_s\"; the first line must be start_s,end_s,label"},
      {head + "0,1,tone\n1,x,tone\n", one, "3: \"x\" isn't a number of seconds"},
      {head + "0,1,tune\n", one, "2: \"tune\" is no class of the project; did you mean \"tone\"?"},
      {head + "1,1,tone\n", one, "2: ends at 1 s, not after its start at 1 s"},
      {head + "-1,1,tone\n", one, "2: begins at -1 s, before the recording"},
      {head + "1,2.5,tone\n", one, "2: ends at 2.5 s, but a.wav has only 2 s"},
      {head + "0,1,tone\n", two,
       " has no column \"file\", which says in which of the 2 recordings a mark is"},
      {"file,start_s,end_s,label\nc.wav,0,1,tone\n", two, "2: \"c.wav\" is none of the recordings"},
  };
  for (const auto& w : wrong) {
    EXPECT_EQ(marks_error(w.marks, w.recordings), fmt::format("marks.csv:{}", w.says));
  }
}

TEST_F(Recordings, OtherRatesAreResampledAndWhatIsTooShortIsNamed) {
  const auto path = folder_.path() / "long.wav";
  put_tone(path, 440, 44100, 2);
  Result<Recording> read = read_recording(project_, path);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->samples.size(), 16000u);
  put_tone(path, 440, 44100, 0.4);
  EXPECT_EQ(without_folder(read_recording(project_, path).error().message),
            "long.wav: 0.4 s are less than the 1 s that the model listens to");
  put_tone(path, 440, 44100, 0);
  EXPECT_EQ(without_folder(read_recording(project_, path).error().message),
            "long.wav: holds no samples");
  put(path, "text");
  EXPECT_EQ(without_folder(read_recording(project_, path).error().message)
                .rfind("long.wav: isn't a sound file", 0),
            0u);
}

TEST(SilentClasses, AreKnownByName) {
  Project project;
  project.data.unknown = "other";
  EXPECT_EQ(silent_classes(project, {"yes", "_silence_", "other", "_unknown_", "stop"}),
            (std::set<int>{1, 2, 3}));
}

}  // namespace
}  // namespace mote::train
