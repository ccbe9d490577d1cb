// SPDX-License-Identifier: Apache-2.0
// mote evaluate --recording as a user runs it: a forest learns a low and a high tone, and listens.
#include "tests/verb_test_support.h"
#include "train/data/data_test_support.h"

namespace mote {
namespace {

using train::put_tone;

constexpr int kRate = 8000;

class StreamVerb : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder(*TempFolder::make());
    for (int i = 0; i < 20; ++i) {
      const std::string file = fmt::format("{:02}.wav", i);
      put_tone(path("data/low/" + file), 400 + 4 * i, kRate, 0.25, 0.1 + 0.02 * i);
      put_tone(path("data/high/" + file), 1800 + 10 * i, kRate, 0.25, 0.1 + 0.02 * i);
      put_tone(path("data/silence/" + file), 60, kRate, 0.25, 0.0005 * i);
    }
    train::put(path("mote.toml"),
               "name = \"tones\"\ntask = \"classification\"\n"
               "[input]\nkind = \"audio\"\nrate_hz = 8000\nseconds = 0.25\n"
               "[data]\nformat = \"folders\"\npath = \"data\"\n"
               "[features]\ntype = \"log_mel\"\nwindow_size = 256\nwindow_step = 256\n"
               "mel_bins = 8\nupper_hz = 3800\n"
               "[model]\ntype = \"random_forest\"\ntrees = 10\n");
    const ProcessOutcome trained = run_mote({"train", path("")});
    ASSERT_EQ(trained.exit_code, kSuccess) << trained.output;
    write_recording();
  }
  static void TearDownTestSuite() { delete folder_; }

  static std::string path(const std::string& name) { return (folder_->path() / name).string(); }

  /// 10 s: low at 2, high at 5, low at 8, a quarter of a second each.
  static void write_recording() {
    std::vector<int16_t> samples(10 * kRate);
    for (auto [at_s, hz] : {std::pair(2, 430), {5, 1900}, {8, 430}}) {
      for (int i = 0; i < kRate / 4; ++i) {
        samples[static_cast<size_t>(at_s * kRate + i)] =
            static_cast<int16_t>(8000 * std::sin(2 * 3.14159265 * hz * i / kRate));
      }
    }
    ASSERT_TRUE(write_file(path("long.wav"), train::wav_file(samples, kRate)).ok());
    train::put(path("marks.csv"),
               "start_s,end_s,label\n2,2.25,low\n5,5.25,high\n8,8.25,low\n9,9.5,silence\n");
  }

  static std::vector<std::string> listen(std::vector<std::string> more) {
    more.insert(more.begin(), {"evaluate", path(""), "--hard-examples", "0"});
    return more;
  }

  static std::string failure(std::vector<std::string> more) {
    ProcessOutcome outcome = run_mote(listen(std::move(more)));
    EXPECT_EQ(outcome.exit_code, kFailure) << outcome.output;
    return outcome.output;
  }

  static TempFolder* folder_;
};
TempFolder* StreamVerb::folder_ = nullptr;

TEST_F(StreamVerb, HearsTheWordsOfARecording) {
  auto json = run_mote_json(listen(
      {"--recording", path("long.wav"), "--marks", path("marks.csv"), "--threshold", "0.6"}));
  const auto& stream = json["stream"];
  EXPECT_EQ(stream["recordings"][0]["seconds"], 10.0);
  EXPECT_EQ(stream["words"], 3);
  EXPECT_EQ(stream["missed"], 0) << stream.dump(1);
  EXPECT_EQ(stream["false_accepts"], 0);
  EXPECT_EQ(stream["not_words"], (nlohmann::json{"silence"}));
  EXPECT_EQ(stream["hop_s"], 0.0625);
  EXPECT_EQ(stream["curve"].size(), 256u);
  ASSERT_EQ(stream["heard"].size(), 3u);
  EXPECT_EQ(stream["heard"][1]["word"], "high");
  EXPECT_NEAR(stream["heard"][1]["at_s"], 5.2, 0.2);
  EXPECT_LT(std::abs(stream["latency_s"].get<double>()), 0.2);
}

TEST_F(StreamVerb, WithoutMarksAllThatIsHeardIsFalse) {
  const std::vector<std::string> arguments =
      listen({"--recording", path("long.wav"), "--threshold", "0.6"});
  auto json = run_mote_json(arguments);
  EXPECT_EQ(json["stream"]["words"], 0);
  EXPECT_EQ(json["stream"]["false_accepts"], 3);
  EXPECT_EQ(json["stream"]["false_accepts_per_hour"], 3 * 360.0);
  EXPECT_TRUE(json["stream"]["false_reject_rate"].is_null());
  const ProcessOutcome text = run_mote(arguments);
  EXPECT_NE(text.output.find("1080 false accepts per hour"), std::string::npos) << text.output;
  EXPECT_NE(text.output.find("long.wav 00:05."), std::string::npos) << text.output;
}

TEST_F(StreamVerb, AMadeRecordingKeptAsAFileSoundsTheSame) {
  auto made =
      run_mote_json(listen({"--recording", "synthetic:1", "--save-recording", path("made.wav")}));
  auto read = run_mote_json(listen({"--recording", path("made.wav"), "--marks", path("made.csv")}));
  EXPECT_GT(made["stream"]["words"], 10);
  EXPECT_LT(made["stream"]["missed"], made["stream"]["words"]);
  for (const char* part : {"words", "missed", "false_accepts", "curve", "heard", "by_word"}) {
    EXPECT_EQ(made["stream"][part], read["stream"][part]) << part;
  }
}

TEST_F(StreamVerb, ThePageAndTheReportHoldIt) {
  const auto html = path("page.html");
  run_mote_json(listen({"--recording", path("long.wav"), "--html", html}));
  EXPECT_NE(read_text(html)->find("\"curve\""), std::string::npos);
  run_mote_json(listen({}));
  EXPECT_TRUE(nlohmann::json::parse(*read_text(path("run/report.json")))["stream"].is_null());
}

TEST_F(StreamVerb, SaysWhatIsWrong) {
  auto has = [](const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  has(failure({"--recording", path("none.wav")}), "none.wav: isn't a sound file");
  has(failure({"--recording", "synthetic:soon"}), "takes minutes");
  has(failure({"--recording", "synthetic:0.001"}), "is shorter than the 0.25 s");
  has(failure({"--marks", path("marks.csv")}), "--marks: needs --recording");
  has(failure({"--save-recording", path("a.wav")}), "needs --recording synthetic");
  has(failure({"--recording", "synthetic:1", "--save-recording", path("a.csv")}),
      "a.csv must end in .wav");
  has(failure({"--recording", "synthetic:1", "--marks", path("marks.csv")}), "has its own");
  has(failure({"--recording", path("long.wav"), "--hop", "0.3"}), "--hop: 0.3 s are more than");
  has(failure({"--recording", path("long.wav"), "--not-a-word", "lo"}), "there is no class 'lo'");
  has(failure({"--recording", path("long.wav"), "--not-a-word", "low", "--not-a-word", "high"}),
      "no class is left");
  has(failure({"--recording", path("long.wav"), "--set", "model.trees=10", "--run", path("data")}),
      "front_end.json");
}

TEST_F(StreamVerb, OnlySoundIsListenedTo) {
  const std::string folder = path("series");
  train::put(path("series/mote.toml"),
             "task = \"classification\"\n[input]\nkind = \"series\"\nrate_hz = 10\nwindow = 4\n"
             "columns = [\"x\"]\n[data]\nformat = \"folders\"\npath = \"data\"\n");
  ProcessOutcome outcome = run_mote({"evaluate", folder, "--recording", path("long.wav")});
  EXPECT_EQ(outcome.exit_code, kFailure);
  EXPECT_NE(outcome.output.find("--recording is for projects that classify sound"),
            std::string::npos)
      << outcome.output;
}

}  // namespace
}  // namespace mote
