// SPDX-License-Identifier: Apache-2.0
#include "train/data/dataset.h"

#include <gtest/gtest.h>

#include <set>

#include "train/data/data_test_support.h"
#include "train/data/split.h"

namespace mote::train {
namespace {

class Data : public testing::Test {
 protected:
  Data() {
    project_.data.path = folder_.path();
    project_.split = {SplitBy::kFile, 0.1, 0.2, 1};
  }
  std::string error() {
    Result<Dataset> dataset = read_dataset(project_);
    if (dataset.ok()) return "none";
    std::string message = dataset.error().message;
    for (size_t at; (at = message.find(folder_.path().string())) != std::string::npos;) {
      message.replace(at, folder_.path().string().size(), "DATA");
    }
    return message;
  }
  Dataset dataset() {
    Result<Dataset> result = read_dataset(project_);
    EXPECT_TRUE(result.ok()) << result.error().message;
    return result.ok() ? *result : Dataset();
  }
  void put_tones(const std::string& name, int count, int rate_hz = 16000) {
    for (int i = 0; i < count; ++i) {
      put_tone(folder_.path() / name / fmt::format("{}.wav", i), 400, rate_hz, 0.2);
    }
  }
  void make_series() {
    project_.input.kind = InputKind::kSeries;
    project_.input.window = 3;
    project_.input.columns = {"x", "z"};
  }
  TempFolder folder_ = *TempFolder::make();
  Project project_;
};

std::vector<size_t> sizes(const Dataset& dataset) {
  return {dataset.of(Split::kTrain).size(), dataset.of(Split::kValidation).size(),
          dataset.of(Split::kTest).size()};
}

/// True if no group has examples in two parts.
bool groups_stay_together(const Dataset& dataset) {
  std::map<std::string, std::set<Split>> parts;
  for (const Example& example : dataset.examples) parts[example.group].insert(example.split);
  for (const auto& [group, splits] : parts) {
    if (!group.empty() && splits.size() > 1) return false;
  }
  return true;
}

TEST_F(Data, FoldersAreClassesAndPartsAreExact) {
  put_tones("no", 10);
  put_tones("yes/more", 20);
  put(folder_.path() / "README.md", "text");
  Dataset data = dataset();
  EXPECT_EQ(data.classes, (std::vector<std::string>{"no", "yes"}));
  EXPECT_EQ(sizes(data), (std::vector<size_t>{21, 3, 6}));
  size_t test_no = 0;
  for (size_t i : data.of(Split::kTest)) test_no += data.examples[i].label == 0;
  EXPECT_EQ(test_no, 2u);
  EXPECT_EQ(data.examples[0].columns.at("class"), "no");
}

TEST_F(Data, ClassesAreChosenAndTheOthersAreUnknown) {
  put_tones("a", 5), put_tones("b", 5), put_tones("c", 5);
  project_.data.classes = {"c", "a"};
  EXPECT_EQ(dataset().examples.size(), 10u);
  project_.data.unknown = "other";
  Dataset data = dataset();
  EXPECT_EQ(data.classes, (std::vector<std::string>{"c", "a", "other"}));
  EXPECT_EQ(data.examples.size(), 15u);
  EXPECT_EQ(data.examples[5].label, 2);
  EXPECT_EQ(data.examples[5].columns.at("class"), "b");
}

TEST_F(Data, CorruptFilesAreSkippedAndNamed) {
  put_tones("a", 5), put_tones("b", 5);
  put(folder_.path() / "b" / "9.wav", "RIFFnonsense");
  Dataset data = dataset();
  EXPECT_EQ(data.examples.size(), 10u);
  ASSERT_EQ(data.skipped.size(), 1u);
  EXPECT_EQ(data.skipped[0].path, "b/9.wav");
  EXPECT_EQ(data.skipped[0].why.rfind("isn't a sound file", 0), 0u) << data.skipped[0].why;
}

TEST_F(Data, LinksThatLeadNowhereHideNothing) {
  put_tones("a", 5), put_tones("c", 5);
  std::filesystem::create_symlink("nowhere.wav", folder_.path() / "a/0a.wav");
  std::filesystem::create_directory_symlink("nowhere", folder_.path() / "b");
  Dataset data = dataset();
  EXPECT_EQ(data.examples.size(), 10u);
  ASSERT_EQ(data.skipped.size(), 1u);
  EXPECT_EQ(data.skipped[0].path, "a/0a.wav");
}

TEST_F(Data, MissingExtraDataIsMissedByTrainingOnly) {
  put_tones("a", 10), put_tones("b", 10);
  TempFolder more = *TempFolder::make();
  for (int i = 0; i < 3; ++i) put_tone(more.path() / "b" / fmt::format("{}.wav", i), 700, 16000, 1);
  project_.split.validation = project_.split.test = 0.3;
  project_.data.extra = {more.path()};
  const Dataset whole = dataset();
  std::filesystem::remove_all(more.path());
  EXPECT_EQ(error(), more.path().string() + ": no such folder (data.extra)");
  const Result<Dataset> held_out = read_dataset(project_, Needs::kHeldOut);
  ASSERT_TRUE(held_out.ok()) << held_out.error().message;
  EXPECT_EQ(held_out->missing, project_.data.extra);
  EXPECT_EQ(held_out->examples.size() + 3, whole.examples.size());
  for (Split split : {Split::kValidation, Split::kTest}) {
    std::vector<std::string> now, before;
    for (size_t i : held_out->of(split)) now.push_back(held_out->examples[i].path);
    for (size_t i : whole.of(split)) before.push_back(whole.examples[i].path);
    EXPECT_EQ(now, before);
    EXPECT_EQ(now.size(), 6u);
  }
  // A class that only the missing data trains is no reason not to evaluate.
  std::filesystem::remove_all(folder_.path() / "b");
  project_.data.classes = {"a", "b"};
  EXPECT_TRUE(read_dataset(project_, Needs::kHeldOut).ok());
}

TEST_F(Data, ACutRecordingIsAnErrorOfItsReading) {
  put_tones("a", 5), put_tones("b", 5);
  Dataset data = dataset();
  std::filesystem::resize_file(folder_.path() / "a" / "0.wav", 300);
  Result<Signal> signal = read_example(project_, data, data.examples[0]);
  // libsndfile trusts the file's size over the header's.
  ASSERT_TRUE(signal.ok());
  put(folder_.path() / "a" / "0.wav", "nonsense");
  signal = read_example(project_, data, data.examples[0]);
  ASSERT_FALSE(signal.ok());
  EXPECT_EQ(signal.error().message.rfind((folder_.path() / "a/0.wav: isn't").string(), 0), 0u);
}

TEST_F(Data, BadFoldersAndClassesAreErrors) {
  EXPECT_EQ(error(), "DATA: holds no examples that can be read as sound");
  put_tones("a", 5);
  EXPECT_EQ(error(),
            "DATA: has only one class, \"a\"; classes are to be told apart, so there must be two "
            "(or set task = \"anomaly\" and data.normal)");
  (void)make_folder(folder_.path() / "b");
  EXPECT_EQ(error(), "DATA: class \"b\" has no examples; add some, or name other data.classes");
  put(folder_.path() / "b" / "1.wav", "nonsense");
  EXPECT_EQ(error().rfind("DATA: class \"b\" has no examples; 1 file was skipped, such as "
                          "b/1.wav: isn't a sound file",
                          0),
            0u)
      << error();
  project_.data.path = folder_.path() / "c";
  EXPECT_EQ(error(), "DATA/c: no such folder (data.path)");
  put(folder_.path() / "c.tar.gz", "x");
  project_.data.path = folder_.path() / "c.tar.gz";
  EXPECT_EQ(error(),
            "DATA/c.tar.gz: is an archive; unpack it (tar xf c.tar.gz) and give the folder as "
            "data.path");
}

TEST_F(Data, SoundIsResampledMixedDownAndBroughtToLength) {
  put_tone(folder_.path() / "a/long.wav", 1000, 48000, 2);
  put_tone(folder_.path() / "b/short.wav", 1000, 8000, 0.5);
  project_.split = {SplitBy::kFile, 0, 0, 1};
  Dataset data = dataset();
  for (const Example& example : data.examples) {
    Result<Signal> signal = read_example(project_, data, example);
    ASSERT_TRUE(signal.ok()) << signal.error().message;
    EXPECT_EQ(signal->shape, Shape(1, 16000));
    double cosine = 0, sine = 0, energy = 0, edge = 0;
    for (int i = 0; i < 16000; ++i) {
      double value = signal->values[static_cast<size_t>(i)], phase = 2 * M_PI * i / 16;
      energy += value * value;
      if (i < 3900 || i >= 12100) edge += value * value;
      cosine += value * std::cos(phase), sine += value * std::sin(phase);
    }
    // All the energy is at 1 kHz, so it is the same tone at the new rate.
    double there = (cosine * cosine + sine * sine) * 2 / (example.label == 0 ? 16000 : 8000);
    EXPECT_NEAR(there / energy, 1, 0.01);
    EXPECT_NEAR(energy, 0.125 * (example.label == 0 ? 16000 : 8000), 20);
    if (example.label == 1) {
      EXPECT_LT(edge, 0.1);
    }
  }
}

TEST_F(Data, PicturesAreCutAndResized) {
  project_.input.kind = InputKind::kImage;
  put_bmp(folder_.path() / "red/1.bmp", 64, 40, 200, 10, 20);
  put_bmp(folder_.path() / "blue/1.bmp", 32, 32, 1, 2, 250);
  put(folder_.path() / "blue/2.jpg", "\xff\xd8\xff");
  project_.split = {SplitBy::kFile, 0, 0, 1};
  Dataset data = dataset();
  EXPECT_EQ(data.skipped.size(), 1u);
  Result<Signal> red = read_example(project_, data, data.examples[1]);
  ASSERT_TRUE(red.ok());
  EXPECT_EQ(red->shape, Shape(1, 32, 32, 3));
  for (size_t i = 0; i < red->values.size(); i += 3) {
    EXPECT_EQ(red->values[i], 200);
    EXPECT_EQ(red->values[i + 1], 10);
  }
  project_.input.channels = 1;
  Result<Signal> grey = read_example(project_, data, data.examples[0]);
  ASSERT_TRUE(grey.ok());
  EXPECT_EQ(grey->values.size(), 1024u);
  EXPECT_NEAR(grey->values[0], 0.299 * 1 + 0.587 * 2 + 0.114 * 250, 1);
}

TEST_F(Data, APictureThatEndsEarlyIsAnErrorOfItsReading) {
  std::filesystem::path archive = shared_data("cifar10/cifar10_jpg.tar.gz");
  if (archive.empty()) GTEST_SKIP() << "../shared/data/cifar10 isn't there";
  Result<ProcessOutcome> unpacked =
      run_process({"tar", "xzf", archive.string(), "-C", folder_.path().string(),
                   "train/airplane/0000.jpg", "train/airplane/0001.jpg", "train/bird/0000.jpg"});
  ASSERT_TRUE(unpacked.ok() && unpacked->exit_code == 0);
  project_.input.kind = InputKind::kImage;
  project_.data.path = folder_.path() / "train";
  project_.split = {SplitBy::kFile, 0, 0, 1};
  auto file = folder_.path() / "train/airplane/0001.jpg";
  std::filesystem::resize_file(file, std::filesystem::file_size(file) * 2 / 3);
  Dataset data = dataset();
  ASSERT_EQ(data.examples.size(), 3u) << "its header is good";
  EXPECT_TRUE(read_example(project_, data, data.examples[0]).ok());
  Result<Signal> cut = read_example(project_, data, data.examples[1]);
  ASSERT_FALSE(cut.ok());
  EXPECT_EQ(cut.error().message, file.string() + ": ends early");
}

TEST_F(Data, SeriesAreCutIntoWindowsThatStayTogether) {
  make_series();
  project_.input.stride = 2;
  for (int i = 0; i < 10; ++i) {
    put(folder_.path() / fmt::format("a/{}.csv", i),
        "t,x,y,z\n0, 1, 2, 3\n1,4,5,6\n2,7,8,9\n\n3,10,11,12\n4,13,14,15\n");
    put(folder_.path() / fmt::format("b/{}.csv", i), "x;z\r\n1;2\r\n3;4\r\n5;6\r\n");
  }
  Dataset data = dataset();
  EXPECT_EQ(data.examples.size(), 30u);
  std::map<std::string, std::set<Split>> splits;
  for (const Example& example : data.examples) splits[example.path].insert(example.split);
  for (const auto& [path, all] : splits) EXPECT_EQ(all.size(), 1u) << path;
  EXPECT_EQ(data.examples[1].offset, 2u);
  Result<Signal> signal = read_example(project_, data, data.examples[1]);
  ASSERT_TRUE(signal.ok()) << signal.error().message;
  EXPECT_EQ(signal->shape, Shape(1, 3, 2));
  EXPECT_EQ(signal->values, (std::vector<float>{7, 9, 10, 12, 13, 15}));
}

TEST_F(Data, SeriesThatDontFitAreSkippedWithTheReason) {
  make_series();
  put(folder_.path() / "a/1.csv", "x,z\n1,2\n3,4\n5,6\n");
  put(folder_.path() / "a/2.csv", "x,z\n1,2\n3,4\n");
  put(folder_.path() / "a/3.csv", "x,z\n1,2\n3,four\n5,6\n");
  put(folder_.path() / "a/4.csv", "x,z\n1,2\n3\n5,6\n");
  put(folder_.path() / "b/5.csv", "1,2\n3,4\n5,6\n");
  put(folder_.path() / "b/6.csv", "x,z\n1,2\n3,4\n5,6\n");
  project_.split = {SplitBy::kFile, 0, 0, 1};
  Dataset data = dataset();
  EXPECT_EQ(data.examples.size(), 2u);
  std::vector<std::string> why;
  for (const Skipped& skipped : data.skipped) why.push_back(skipped.why);
  EXPECT_EQ(why, (std::vector<std::string>{
                     "has 2 rows, input.window is 3", "line 3: \"four\" isn't a number",
                     "line 3: has 1 cells, the first one has 2",
                     "has no column \"x\" (input.columns); there are: 1, 2"}));
}

TEST_F(Data, PatternsGiveClassGroupAndColumns) {
  make_series();
  const std::string rows = "x,z\n1,2\n3,4\n5,6\n";
  for (const char* name : {"ball-a", "ball-b", "wing-a", "wing-b", "wing"}) {
    put(folder_.path() / fmt::format("{}.csv", name), rows);
  }
  project_.data.class_pattern = "([a-z]+)-[a-z]+\\.csv$";
  project_.data.group_pattern = "-([a-z]+)\\.csv$";
  project_.data.columns["hand"] = "-(.)\\.";
  project_.split = {SplitBy::kGroup, 0, 0.5, 1};
  Dataset data = dataset();
  EXPECT_EQ(data.classes, (std::vector<std::string>{"ball", "wing"}));
  EXPECT_EQ(data.examples.size(), 4u);
  EXPECT_EQ(groups_of(data), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(data.examples[1].columns.at("hand"), "b");
  EXPECT_EQ(sizes(data), (std::vector<size_t>{2, 0, 2}));
  EXPECT_TRUE(groups_stay_together(data));
}

TEST_F(Data, TrainingSeesOnlyWhatIsNormal) {
  make_series();
  project_.task = Task::kAnomaly;
  project_.data.normal = "0";
  project_.data.class_pattern = "_([01])_weight";
  project_.data.test_pattern = "moving";
  for (const char* name : {"low_0_weight", "low_1_weight", "low_0_weight-moving"}) {
    for (int i = 0; i < 10; ++i) {
      put(folder_.path() / name / fmt::format("{}.csv", i), "x,z\n1,2\n3,4\n5,6\n");
    }
  }
  Dataset data = dataset();
  EXPECT_EQ(data.classes, (std::vector<std::string>{"0", "anomaly"}));
  EXPECT_EQ(sizes(data), (std::vector<size_t>{7, 1, 22}));
  for (size_t i : data.of(Split::kTrain)) {
    EXPECT_EQ(data.examples[i].label, 0);
    EXPECT_EQ(data.examples[i].path.find("moving"), std::string::npos);
  }
}

TEST_F(Data, GivenPartsAreKeptAndValidationIsTakenOutOfTraining) {
  for (const char* name : {"a", "b"}) {
    put_tones(std::string("train/") + name, 20), put_tones(std::string("test/") + name, 5);
  }
  project_.split.by = SplitBy::kGiven;
  Dataset data = dataset();
  EXPECT_EQ(data.classes, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(sizes(data), (std::vector<size_t>{36, 4, 10}));
  put_tones("validation/a", 1), put_tones("validation/b", 1);
  EXPECT_EQ(sizes(dataset()), (std::vector<size_t>{40, 2, 10}));
  std::filesystem::remove_all(folder_.path() / "test");
  EXPECT_EQ(error().rfind("split.by is \"given\", but the data says of no example", 0), 0u);
}

TEST_F(Data, ExtraFoldersOnlyTrain) {
  TempFolder more = *TempFolder::make();
  put_tones("a", 10), put_tones("b", 10);
  for (int i = 0; i < 50; ++i) put_tone(more.path() / fmt::format("a/{}.wav", i), 500, 8000, 0.1);
  project_.data.extra = {more.path()};
  Dataset data = dataset();
  EXPECT_EQ(sizes(data), (std::vector<size_t>{64, 2, 4}));
  for (const Example& example : data.examples) {
    EXPECT_TRUE(read_example(project_, data, example).ok());
  }
  assign_fold(&data, project_.split, 0, 2);
  EXPECT_EQ(data.of(Split::kTest).size(), 10u);
}

TEST_F(Data, ExtraFoldersNeedNoPartsWhereTheDataHasThem) {
  TempFolder more = *TempFolder::make();
  for (const char* name : {"train/a", "train/b", "test/a", "test/b"}) put_tones(name, 5);
  put_tone(more.path() / "a/1.wav", 500, 8000, 0.1);
  project_.data.extra = {more.path()};
  project_.split = {SplitBy::kGiven, 0, 0, 1};
  EXPECT_EQ(sizes(dataset()), (std::vector<size_t>{11, 0, 10}));
}

TEST_F(Data, LabelsComeFromACsv) {
  project_.data.format = DataFormat::kLabels;
  project_.data.labels = folder_.path() / "labels.csv";
  put_tones(".", 6);
  std::string csv = "file,label,light,group,split\n";
  for (int i = 0; i < 6; ++i) {
    csv += fmt::format("{}.wav,\"{}\",\"dim, \"\"warm\"\"\",g{},{}\n", i, i % 2 ? "on" : "off",
                       i / 2, i < 4 ? "train" : "test");
  }
  put(project_.data.labels, csv + "gone.wav,on,bright,g9,test\n");
  project_.split = {SplitBy::kGiven, 0, 0, 1};
  Dataset data = dataset();
  EXPECT_EQ(data.examples[0].columns.at("light"), "dim, \"warm\"");
  EXPECT_EQ(data.examples[5].group, "g2");
  EXPECT_EQ(sizes(data), (std::vector<size_t>{4, 0, 2}));
  ASSERT_EQ(data.skipped.size(), 1u);
  EXPECT_EQ(data.skipped[0].path, "gone.wav");
  EXPECT_NE(data.skipped[0].why.find("in line 8"), std::string::npos) << data.skipped[0].why;
  put(project_.data.labels, "file,label\nx.wav,a\n");
  EXPECT_EQ(error(), "DATA/labels.csv: names no file that is in DATA, such as \"x.wav\"");
  put(project_.data.labels, "name,label\nx.wav,a\n");
  EXPECT_EQ(error(),
            "DATA/labels.csv: line 1: has no column \"file\" (data.file_column); there are: name, "
            "label");
}

TEST_F(Data, RegressionLearnsNumbers) {
  project_.task = Task::kRegression;
  project_.data.format = DataFormat::kLabels;
  project_.data.labels = folder_.path() / "labels.csv";
  put_tones(".", 3);
  put(project_.data.labels, "file,label\n0.wav,1.5\n1.wav,-2e1\n2.wav,warm\n");
  project_.split = {SplitBy::kFile, 0, 0, 1};
  Dataset data = dataset();
  ASSERT_EQ(data.examples.size(), 2u);
  EXPECT_EQ(data.examples[1].target, -20);
  EXPECT_EQ(data.skipped[0].why, "\"warm\" isn't a number to learn");
}

TEST_F(Data, CifarRecordsAreReadByPlanes) {
  project_.input.kind = InputKind::kImage;
  project_.data.format = DataFormat::kCifar10;
  project_.split = {SplitBy::kGiven, 0, 0, 1};
  std::string batch, test;
  for (int i = 0; i < 10; ++i) {
    std::string record(3073, static_cast<char>(i));
    for (size_t p = 0; p < 1024; ++p) record[1025 + p] = static_cast<char>(100 + i);
    batch += record, test += record;
  }
  put(folder_.path() / "data_batch_1.bin", batch);
  put(folder_.path() / "test_batch.bin", test + "rest");
  Dataset data = dataset();
  EXPECT_EQ(sizes(data), (std::vector<size_t>{10, 0, 10}));
  EXPECT_EQ(data.classes[9], "truck");
  EXPECT_EQ(data.skipped.size(), 1u);
  Result<Signal> signal = read_example(project_, data, data.examples[3]);
  ASSERT_TRUE(signal.ok());
  EXPECT_EQ(signal->values[0], 3);
  EXPECT_EQ(signal->values[1], 103);
  EXPECT_EQ(signal->values[2], 3);
}

TEST_F(Data, ToyAdmosNamesSayWhatIsNormal) {
  project_.task = Task::kAnomaly;
  project_.data.format = DataFormat::kToyAdmos;
  project_.split = {SplitBy::kGiven, 0.1, 0, 1};
  for (int i = 0; i < 10; ++i) {
    put_tone(folder_.path() / fmt::format("ToyCar/train/normal_id_01_{}.wav", i), 300, 8000, 0.1);
    put_tone(folder_.path() / fmt::format("ToyCar/test/anomaly_id_01_{}.wav", i), 300, 8000, 0.1);
  }
  put_tone(folder_.path() / "ToyCar/test/normal_id_02_1.wav", 300, 8000, 0.1);
  Dataset data = dataset();
  EXPECT_EQ(sizes(data), (std::vector<size_t>{9, 1, 11}));
  EXPECT_EQ(data.examples[0].columns.at("machine"), "id_01");
}

TEST_F(Data, SilenceIsCutFromBackgroundNoise) {
  project_.data.format = DataFormat::kSpeechCommands;
  project_.data.classes = {"yes", "_silence_"};
  for (int i = 0; i < 10; ++i) {
    put_tone(folder_.path() / fmt::format("yes/{:08x}_nohash_0.wav", i), 300, 16000, 1);
  }
  put_tone(folder_.path() / "_background_noise_/hum.wav", 50, 16000, 5.5);
  project_.split = {SplitBy::kFile, 0, 0, 1};
  Dataset data = dataset();
  EXPECT_EQ(data.examples.size(), 15u);
  EXPECT_EQ(data.examples[1].offset, 16000u);
  EXPECT_TRUE(read_example(project_, data, data.examples[4]).ok());
}

// Published examples of testing_list.txt and validation_list.txt of Speech Commands v0.02.
TEST(HashSplit, IsWhereSpeechCommandsPutsSpeakers) {
  SplitOptions options{SplitBy::kHash, 0.1, 0.1, 1};
  EXPECT_EQ(hash_split("0c540988", options), Split::kTest);
}

TEST_F(Data, FoldsTestEveryUnitOnce) {
  put_tones("a", 11), put_tones("b", 7);
  Dataset data = dataset();
  std::map<std::string, int> tested;
  for (int fold = 0; fold < 4; ++fold) {
    assign_fold(&data, project_.split, fold, 4);
    for (size_t i : data.of(Split::kTest)) ++tested[data.examples[i].path];
    EXPECT_GE(data.of(Split::kTrain).size(), 11u);
  }
  EXPECT_EQ(tested.size(), 18u);
  for (const auto& [path, times] : tested) EXPECT_EQ(times, 1) << path;
}

TEST_F(Data, AnotherSeedIsAnotherSplitAndTheSameSeedTheSame) {
  put_tones("a", 30), put_tones("b", 30);
  auto test = dataset().of(Split::kTest);
  EXPECT_EQ(dataset().of(Split::kTest), test);
  project_.split.seed = 2;
  EXPECT_NE(dataset().of(Split::kTest), test);
}

TEST_F(Data, SpokenDigitsAreGroupedBySpeaker) {
  project_.data.path = shared_data("fsdd");
  if (project_.data.path.empty()) GTEST_SKIP() << "../shared/data/fsdd isn't there";
  project_.data.format = DataFormat::kFsdd;
  project_.input.rate_hz = 8000;
  project_.split = {SplitBy::kGroup, 0.17, 0.17, 1};
  Dataset data = dataset();
  EXPECT_EQ(data.examples.size(), 3000u);
  EXPECT_EQ(data.classes.size(), 10u);
  EXPECT_EQ(groups_of(data).size(), 6u);
  EXPECT_EQ(sizes(data), (std::vector<size_t>{2000, 500, 500}));
  EXPECT_TRUE(groups_stay_together(data));
  assign_group(&data, {SplitBy::kFile, 0.1, 0, 1}, "theo");
  EXPECT_EQ(sizes(data), (std::vector<size_t>{2250, 250, 500}));
  for (size_t i : data.of(Split::kTest)) EXPECT_EQ(data.examples[i].group, "theo");
  project_.split.by = SplitBy::kGiven;
  EXPECT_EQ(dataset().of(Split::kTest).size(), 300u);
  EXPECT_TRUE(read_example(project_, data, data.examples[0]).ok());
}

TEST_F(Data, SpeechCommandsAreSplitBySpeaker) {
  if (!unpack("speech_commands/speech_commands_v0.02_subset.tar.gz", folder_.path())) {
    GTEST_SKIP() << "../shared/data/speech_commands isn't there";
  }
  project_.data.format = DataFormat::kSpeechCommands;
  project_.split = {SplitBy::kGroup, 0.1, 0.33, 1};
  Dataset data = dataset();
  EXPECT_EQ(data.classes.size(), 12u);
  EXPECT_EQ(data.examples.size(), 3140u);
  EXPECT_TRUE(data.skipped.empty());
  EXPECT_TRUE(groups_stay_together(data));
  std::vector<size_t> all(12), test(12);
  for (const Example& example : data.examples) {
    ++all[static_cast<size_t>(example.label)];
    if (example.split == Split::kTest) ++test[static_cast<size_t>(example.label)];
    if (example.path.find("nine_4f8ef132_nohash_1") != std::string::npos) {
      EXPECT_EQ(example.group, "4f8ef132");
    }
  }
  for (size_t i = 0; i < 12; ++i) {
    EXPECT_NEAR(static_cast<double>(test[i]) / static_cast<double>(all[i]), 0.33, 0.06)
        << data.classes[i];
  }
  // They are the published test set, so the published rule tests with all whose speaker is known.
  project_.split = {SplitBy::kHash, 0.1, 0.1, 1};
  for (const Example& example : data.examples) {
    if (!example.group.empty()) {
      EXPECT_EQ(hash_split(example.group, project_.split), Split::kTest) << example.path;
    }
  }
  EXPECT_NE(error().find("but none of them is in the training part"), std::string::npos);
}

TEST_F(Data, GesturesAndVibrationsAreRead) {
  if (!unpack("gesture/wand_recordings.tar.gz", folder_.path())) {
    GTEST_SKIP() << "../shared/data/gesture isn't there";
  }
  project_.input.kind = InputKind::kSeries;
  project_.input.window = 330;
  project_.input.columns = {"accX", "accY", "accZ"};
  project_.data.class_pattern = "([a-z]+)-[a-z]+\\.csv$";
  Dataset data = dataset();
  EXPECT_EQ(data.classes,
            (std::vector<std::string>{"alohomora", "incendio", "locomotor", "still"}));
  EXPECT_EQ(data.examples.size() + data.skipped.size(), 206u);
  EXPECT_TRUE(read_example(project_, data, data.examples[0]).ok());
}

}  // namespace
}  // namespace mote::train
