// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/dataset.h"

#include <gtest/gtest.h>

#include "tests/shared_data.h"

namespace mote::mlperf {
namespace {

class MlperfDataset : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(folder_.ok()); }
  std::filesystem::path path(const char* name) const { return folder_->path() / name; }
  std::string labels_error(const std::string& text) const {
    EXPECT_TRUE(write_text(path("y_labels.csv"), text).ok());
    Result<std::vector<LabelledFile>> rows = read_labels(path("y_labels.csv"));
    if (rows.ok()) return "";
    const std::string prefix = path("y_labels.csv").string();
    EXPECT_EQ(rows.error().message.rfind(prefix, 0), 0u);
    return rows.error().message.substr(prefix.size());
  }
  const Task& task(const char* name) const { return **find_task(name); }
  Result<TempFolder> folder_ = TempFolder::make();
};

TEST_F(MlperfDataset, ReadsLabels) {
  ASSERT_TRUE(write_text(path("l.csv"), "a.bin,12,7\r\n\r\nb.bin, 2, 0, 2560, 512\n").ok());
  Result<std::vector<LabelledFile>> rows = read_labels(path("l.csv"));
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  ASSERT_EQ(rows->size(), 2u);
  EXPECT_EQ((*rows)[0].file, "a.bin");
  EXPECT_EQ((*rows)[0].label, 7);
  EXPECT_EQ((*rows)[0].window_bytes, 0u);
  EXPECT_EQ((*rows)[1].window_bytes, 2560u);
  EXPECT_EQ((*rows)[1].stride_bytes, 512u);
}

TEST_F(MlperfDataset, SaysWhichLineOfLabelsIsWrong) {
  EXPECT_EQ(labels_error("a,2,1\nb,2\n"),
            ":2: 2 columns; there must be 3 (file, classes, class) or 5 (and window, stride)");
  EXPECT_EQ(labels_error("a,2,2\n"), ":1: class 2 of 2; classes count from 0");
  EXPECT_EQ(labels_error("a,2,x\n"), ":1: \"x\" is no class; it must be an integer, at least 0");
  EXPECT_EQ(labels_error("a,2,1,2560,0\n"),
            ":1: \"0\" is no stride in bytes; it must be an integer, at least 1");
  EXPECT_EQ(labels_error(",2,1\n"), ":1: the file's name is missing");
  EXPECT_EQ(labels_error("\n"), ": names no file");
}

TEST_F(MlperfDataset, CutsAnomalyFilesIntoWindows) {
  Bytes file(200 * 128 * 4);
  for (size_t i = 0; i < file.size(); ++i) file[i] = static_cast<uint8_t>(i / 512);
  ASSERT_TRUE(write_file(path("n.bin"), file).ok());
  ASSERT_TRUE(write_text(path("y_labels.csv"), "n.bin,2,0,2560,512\n").ok());
  Result<Dataset> data = Dataset::open(task("ad01"), folder_->path());
  ASSERT_TRUE(data.ok());
  Result<std::vector<Bytes>> windows = data->inputs(0);
  ASSERT_TRUE(windows.ok()) << windows.error().message;
  ASSERT_EQ(windows->size(), 196u);
  EXPECT_EQ(windows->back().size(), 2560u);
  EXPECT_EQ(windows->back()[0], 195);
  EXPECT_EQ(windows->back()[2559], 199);
}

TEST_F(MlperfDataset, RefusesFilesThatAreMissingOrOfAnotherSize) {
  ASSERT_TRUE(write_file(path("n.bin"), Bytes(480)).ok());
  ASSERT_TRUE(write_text(path("y_labels.csv"), "n.bin,12,0\nm.bin,12,0\n").ok());
  Result<Dataset> data = Dataset::open(task("kws01"), folder_->path());
  ASSERT_TRUE(data.ok());
  EXPECT_EQ(data->inputs(0).error().message, "n.bin: a file of 480 bytes; kws01 takes 490");
  EXPECT_NE(data->inputs(1).error().message.find("m.bin"), std::string::npos);
  EXPECT_FALSE(Dataset::open(task("kws01"), path("none")).ok());
}

TEST_F(MlperfDataset, ReadsCifarBatchesAsPictures) {
  Bytes batch(2 * 3073);
  batch[0] = 3, batch[1] = 10, batch[1 + 1024] = 20, batch[1 + 2048] = 30;
  batch[3073] = 9, batch[3073 + 1023 + 1] = 7;
  ASSERT_TRUE(write_file(path("test_batch.bin"), batch).ok());
  Result<Dataset> data = Dataset::open(task("ic01"), folder_->path());
  ASSERT_TRUE(data.ok()) << data.error().message;
  ASSERT_EQ(data->files().size(), 2u);
  EXPECT_EQ(data->files()[0].label, 3);
  Bytes first = (*data->inputs(0))[0], second = (*data->inputs(1))[0];
  EXPECT_EQ((Bytes{first[0], first[1], first[2]}), (Bytes{10, 20, 30}));
  EXPECT_EQ(second[3 * 1023], 7);
  batch.pop_back();
  ASSERT_TRUE(write_file(path("test_batch.bin"), batch).ok());
  EXPECT_NE(Dataset::open(task("ic01"), folder_->path()).error().message.find("a multiple of 3073"),
            std::string::npos);
}

TEST_F(MlperfDataset, GivesTheSameRandomBytesEachTime) {
  Dataset a = Dataset::random(task("ad01"), 1), b = Dataset::random(task("ad01"), 1);
  EXPECT_TRUE(a.is_random());
  EXPECT_EQ((*a.inputs(4))[0], (*b.inputs(4))[0]);
  EXPECT_NE((*a.inputs(0))[0], (*a.inputs(1))[0]);
  EXPECT_EQ((*a.inputs(0))[0].size(), 2560u);
}

TEST_F(MlperfDataset, ReadsStreamsAndSaysWhichEntryIsWrong) {
  const std::string good =
      R"([{"wav_file":"a.wav","sample_rate":16000,"length_sec":10,"detection_windows":[[1,1.6]]}])";
  ASSERT_TRUE(write_text(path("s.json"), good).ok());
  Result<std::vector<LabelledStream>> streams = read_streams(path("s.json"));
  ASSERT_TRUE(streams.ok()) << streams.error().message;
  EXPECT_EQ((*streams)[0].words[0].second, 1.6);
  ASSERT_TRUE(write_text(path("s.json"), R"([{"wav_file":"a.wav","sample_rate":0}])").ok());
  EXPECT_NE(read_streams(path("s.json"))
                .error()
                .message.find("entry 0: \"sample_rate\" must be a number above 0"),
            std::string::npos);
}

TEST_F(MlperfDataset, ReadsRecordings) {
  MOTE_NEEDS_SHARED_DATA("speech");
  Result<std::vector<int16_t>> yes = read_wav(shared_data() / "speech" / "yes_1000ms.wav", 16000);
  ASSERT_TRUE(yes.ok()) << yes.error().message;
  EXPECT_EQ(yes->size(), 16000u);
  EXPECT_FALSE(read_wav(shared_data() / "speech" / "yes_1000ms.wav", 8000).ok());
  EXPECT_FALSE(read_wav(path("none.wav"), 16000).ok());
}

TEST_F(MlperfDataset, ReadsTheRealKeywords) {
  MOTE_NEEDS_SHARED_DATA("kws01");
  Result<Dataset> data = Dataset::open(task("kws01"), shared_data() / "kws01");
  ASSERT_TRUE(data.ok()) << data.error().message;
  EXPECT_EQ(data->files().size(), 500u);
  for (size_t i = 0; i < 500; ++i) ASSERT_TRUE(data->inputs(i).ok());
}

}  // namespace
}  // namespace mote::mlperf
