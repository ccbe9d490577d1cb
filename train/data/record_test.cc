// SPDX-License-Identifier: Apache-2.0
#include "train/data/record.h"

#include <gtest/gtest.h>

#include <random>

#include "train/data/data_test_support.h"

namespace mote::train {
namespace {

TEST(LineStream, TakesRowsAfterTheHeader) {
  LineStream stream;
  ASSERT_TRUE(stream.feed("5,6,7\n#mote rate=100 columns=x,y,z\r\n1, -2.5,3e1\n# hello\n4,5").ok());
  EXPECT_EQ(stream.header().rate_hz, 100);
  EXPECT_EQ(stream.header().columns, (std::vector<std::string>{"x", "y", "z"}));
  EXPECT_EQ(stream.values(), (std::vector<float>{1, -2.5, 30}));
  ASSERT_TRUE(stream.feed(",6\n#mote rate=100 columns=x,y,z\n").ok());
  EXPECT_EQ(stream.values(), (std::vector<float>{1, -2.5, 30, 4, 5, 6}));
  EXPECT_EQ(stream.broken(), 0u);
}

TEST(LineStream, SoundHasAnyNumberOfSamplesInALine) {
  LineStream stream;
  ASSERT_TRUE(stream.feed("#mote rate=16000\n1,2,3\n-32768\n32767,0\n").ok());
  EXPECT_EQ(stream.values(), (std::vector<float>{1, 2, 3, -32768, 32767, 0}));
  ASSERT_TRUE(stream.feed("40000\n7\n").ok());
  EXPECT_EQ(stream.values(), (std::vector<float>{7}));
  EXPECT_EQ(stream.broken(), 1u);
}

TEST(LineStream, BeginsAgainAfterABrokenOrMissingLine) {
  for (const char* bad :
       {"1,2,x\n", "1,2\n", "1,2,3*00\n", "9:1,2,3\n", "1,2,3,4\n", "1,2,nan\n"}) {
    LineStream stream;
    ASSERT_TRUE(stream.feed("#mote rate=50 columns=x,y,z\n0:1,1,1\n1:2,2,2\n").ok());
    EXPECT_EQ(stream.values().size(), 6u);
    ASSERT_TRUE(stream.feed(bad).ok());
    EXPECT_EQ(stream.broken(), 1u) << bad;
    ASSERT_TRUE(stream.feed("3:8,8,8\n").ok());
    EXPECT_EQ(stream.values(), (std::vector<float>{8, 8, 8})) << bad;
  }
}

TEST(LineStream, ChecksumsAreThoseOfNmea) {
  LineStream stream;
  // '1' ^ ',' ^ '2' = 0x31 ^ 0x2c ^ 0x32
  ASSERT_TRUE(stream.feed("#mote rate=50 columns=x,y\n1,2*2F\n1,2*2f\n").ok());
  EXPECT_EQ(stream.values().size(), 4u);
  EXPECT_EQ(stream.broken(), 0u);
}

TEST(LineStream, RefusesHeadersThatSayNothingOrChange) {
  LineStream stream;
  EXPECT_EQ(stream.feed("#mote columns=x\n").error().message,
            "\"#mote columns=x\" must say the rate, as #mote rate=100 columns=x,y,z");
  LineStream other;
  ASSERT_TRUE(other.feed("#mote rate=50\n").ok());
  EXPECT_EQ(other.feed("#mote rate=60\n").error().message,
            "the header changed to \"#mote rate=60\"");
  LineStream noise;
  EXPECT_FALSE(noise.feed(std::string(100000, 'x')).ok());
}

TEST(LineStream, AnyBytesAreRowsOrBroken) {
  std::mt19937 random(1);
  const std::string letters = "0123456789,,:*-.\n\n#mote rate=columns";
  for (int i = 0; i < 500; ++i) {
    LineStream stream;
    ASSERT_TRUE(stream.feed("#mote rate=10 columns=x,y\n").ok());
    for (int n = 0; n < 30; ++n) {
      std::string text;
      for (size_t k = random() % 20; k > 0; --k) text += letters[random() % letters.size()];
      if (!stream.feed(text).ok()) break;
      ASSERT_EQ(stream.values().size() % 2, 0u);
    }
  }
}

class RecordingPath : public testing::Test {
 protected:
  RecordingPath() {
    project_.data.path = folder_.path();
    project_.file = "mote.toml";
  }
  std::string path(const RecordingName& name) {
    Result<std::string> result = recording_path(project_, name);
    return result.ok() ? *result : "error: " + result.error().message;
  }
  TempFolder folder_ = *TempFolder::make();
  Project project_;
};

TEST_F(RecordingPath, IsFreeAndInTheLayout) {
  EXPECT_EQ(path({"yes", ""}), "yes/aaa.wav");
  put(folder_.path() / "yes/aaa.wav", "");
  EXPECT_EQ(path({"yes", ""}), "yes/aab.wav");
  project_.data.group_pattern = "/([^_/]+)_[^/]*$";
  EXPECT_EQ(path({"yes", "ann"}), "yes/ann_aaa.wav");
  project_.split.by = SplitBy::kGiven;
  EXPECT_EQ(path({"yes", "ann"}), "train/yes/ann_aaa.wav");
  project_.data.group_pattern.clear();
  project_.data.format = DataFormat::kSpeechCommands;
  EXPECT_EQ(path({"yes", "ann"}), "yes/ann_nohash_0.wav");
  project_.data.format = DataFormat::kFsdd;
  EXPECT_EQ(path({"3", "ann"}), "3_ann_5.wav");
}

TEST_F(RecordingPath, SuitsThePatterns) {
  project_.input.kind = InputKind::kSeries;
  project_.data.class_pattern = "([a-z]+)-[a-z]+\\.csv$";
  EXPECT_EQ(path({"still", ""}), "still/still-aaa.csv");
  project_.data.class_pattern = "^([a-z]+)_[0-9]+";
  EXPECT_EQ(path({"still", ""}),
            "error: data.class_pattern or data.group_pattern reads none of the names that a "
            "recording of class \"still\" could have, such as still/aaa.csv");
}

TEST_F(RecordingPath, RefusesWhatWouldBeLost) {
  EXPECT_EQ(path({"yes", "ann"}).rfind("error: the group would be lost; add data.group_pattern", 0),
            0u);
  EXPECT_EQ(path({"../yes", ""}).rfind("error: \"../yes\": can't be a class's name", 0), 0u);
  project_.data.format = DataFormat::kFsdd;
  EXPECT_EQ(path({"3", ""}).rfind("error: recordings of this layout are named after", 0), 0u);
  project_.data.format = DataFormat::kCifar10;
  EXPECT_EQ(path({"3", ""}).rfind("error: recordings can't be added to this layout", 0), 0u);
}

TEST_F(RecordingPath, WrittenRecordingsAreReadAsExamples) {
  project_.split = {SplitBy::kFile, 0, 0, 1};
  std::vector<float> samples(8000);
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>(i % 100) * 100;
  for (const char* name : {"yes", "no"}) {
    ASSERT_TRUE(write_recording(project_, {name, ""}, path({name, ""}), {8000, {}}, samples).ok());
  }
  Result<Dataset> dataset = read_dataset(project_);
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_EQ(dataset->classes, (std::vector<std::string>{"no", "yes"}));
  EXPECT_TRUE(read_example(project_, *dataset, dataset->examples[0]).ok());
}

TEST_F(RecordingPath, LabelsGetARow) {
  project_.data.format = DataFormat::kLabels;
  project_.data.labels = folder_.path() / "labels.csv";
  project_.split = {SplitBy::kFile, 0, 0, 1};
  put(project_.data.labels, "file,light,label,group\n");
  for (const char* name : {"on", "of, f"}) {
    RecordingName recording{name, "ann"};
    ASSERT_TRUE(write_recording(project_, recording, path(recording), {16000, {}}, {1, 2, 3}).ok());
  }
  EXPECT_EQ(*read_text(project_.data.labels),
            "file,light,label,group\nrecorded/ann_aaa.wav,,on,ann\n"
            "recorded/ann_aab.wav,,\"of, f\",ann\n");
  Result<Dataset> dataset = read_dataset(project_);
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_EQ(dataset->examples[1].columns.at("class"), "of, f");
  EXPECT_EQ(dataset->examples[1].group, "ann");
}

}  // namespace
}  // namespace mote::train
