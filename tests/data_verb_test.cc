// SPDX-License-Identifier: Apache-2.0
// mote new, mote data and mote data record, as a user begins.
#include <cmath>

#include "tests/fake_board.h"
#include "tests/shared_data.h"
#include "tests/verb_test_support.h"
#include "train/data/data_test_support.h"

namespace mote {
namespace {

using train::put;
using train::put_tone;

class DataVerb : public testing::Test {
 protected:
  std::string path(const std::string& name) { return (folder_.path() / name).string(); }
  bool there(const std::string& name) { return std::filesystem::exists(folder_.path() / name); }
  void put_tones() {
    for (int i = 0; i < 10; ++i) {
      put_tone(folder_.path() / fmt::format("clips/yes/{}.wav", i), 300 + 10 * i, 16000, 1);
      put_tone(folder_.path() / fmt::format("clips/no/{}.wav", i), 900 + 10 * i, 16000, 1);
    }
  }
  void make_project(const std::string& text) {
    put(folder_.path() / "mote.toml", "[data]\npath = \"clips\"\n" + text);
  }
  TempFolder folder_ = *TempFolder::make();
};

TEST_F(DataVerb, NewWritesAProjectOnce) {
  ProcessOutcome made = run_mote({"new", "kws", path("wake"), "--data", path("cl\"ips")});
  EXPECT_EQ(made.exit_code, kSuccess) << made.output;
  Result<train::Project> project = train::read_project(path("wake"));
  ASSERT_TRUE(project.ok()) << project.error().message;
  EXPECT_EQ(project->data.path, path("cl\"ips"));
  ProcessOutcome again = run_mote({"new", "image", path("wake")});
  EXPECT_EQ(again.exit_code, kFailure);
  EXPECT_NE(again.output.find("is there already; choose another folder"), std::string::npos);
  EXPECT_EQ(
      run_mote({"new", "sound", path("other")}).output,
      "mote: error: sound: no such kind of project; there are: anomaly, gesture, image, kws\n");
  EXPECT_FALSE(there("other"));
  EXPECT_EQ(run_mote({"new", "--keys"}).output, train::project_keys_markdown());
}

TEST_F(DataVerb, CountsAndComplains) {
  put_tones();
  put_tone(folder_.path() / "clips/no/same.wav", 300, 16000, 1);
  put(folder_.path() / "clips/no/bad.wav", "nonsense");
  make_project("");
  ProcessOutcome outcome = run_mote({"data", path("")});
  EXPECT_EQ(outcome.exit_code, kSuccess);
  EXPECT_NE(outcome.output.find("21 examples from"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("! conflict (1): The same content"), std::string::npos);
  EXPECT_NE(outcome.output.find("    no/bad.wav: isn't a sound file"), std::string::npos);
  nlohmann::json json = run_mote_json({"data", path("")});
  EXPECT_EQ(json["schema"], "mote.data/1");
  EXPECT_EQ(json["classes"][1]["name"], "yes");
  EXPECT_EQ(json["classes"][1]["train"], 7);
  EXPECT_EQ(json["findings"][0]["kind"], "conflict");
  EXPECT_FALSE(json.contains("samples"));
  json = run_mote_json({"data", path(""), "--set", "data.classes=[\"yes\", \"no\"]"});
  EXPECT_EQ(json["classes"][0]["name"], "yes");
}

TEST_F(DataVerb, ThePageHasSamplesToHear) {
  put_tones();
  make_project("");
  ProcessOutcome outcome = run_mote({"data", path(""), "--html", path("page.html")});
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  std::string page = *read_text(path("page.html"));
  size_t samples = 0;
  for (size_t at = 0; (at = page.find("\"data:audio/wav;base64,UklGR", at)) != std::string::npos;
       ++at) {
    ++samples;
  }
  EXPECT_EQ(samples, 8u) << "four of each class";
}

TEST_F(DataVerb, WhatIsWrongIsOneLine) {
  EXPECT_EQ(run_mote({"data", path("")}).output,
            "mote: error: " + path("") + ": has no mote.toml; mote new makes one\n");
  make_project("pth = \"x\"\n");
  EXPECT_EQ(run_mote({"data", path("")}).output,
            "mote: error: " + path("mote.toml") + ":3:1: data.pth: no such key; is path meant?\n");
  make_project("");
  EXPECT_EQ(run_mote({"data", path(""), "--html", path("page.html")}).output,
            "mote: error: " + path("clips") + ": no such folder (data.path)\n");
  EXPECT_FALSE(there("page.html"));
}

TEST_F(DataVerb, RawSamplesBecomeRecordings) {
  put_tones();
  make_project("");
  std::string raw;
  for (int i = 0; i < 40000; ++i) {
    auto value = static_cast<uint16_t>(static_cast<int16_t>(i % 200 * 100));
    raw += static_cast<char>(value), raw += static_cast<char>(value >> 8);
  }
  put(path("stream"), raw);
  std::vector<std::string> record = {"data",   "record",       path(""),     "--class", "yes",
                                     "--from", path("stream"), "--raw-rate", "16000",   "--count"};
  auto with = [&](const std::string& count) {
    std::vector<std::string> all = record;
    all.push_back(count);
    return run_mote(all);
  };
  ProcessOutcome two = with("2");
  EXPECT_EQ(two.output, path("clips/yes/aaa.wav") + "\n" + path("clips/yes/aab.wav") + "\n");
  ProcessOutcome three = with("3");
  EXPECT_EQ(three.exit_code, kFailure);
  EXPECT_NE(three.output.find("the line is closed (end of file); 2 of 3 recordings were written"),
            std::string::npos)
      << three.output;
  Result<train::OpenSound> sound = train::open_sound(path("clips/yes/aab.wav"));
  ASSERT_TRUE(sound.ok());
  EXPECT_EQ(sound->info.frames, 16000);
  EXPECT_NEAR((*train::read_mono(*sound, 0, 1))[0], 0, 1e-6) << "16000 is a multiple of 200";
  EXPECT_NEAR((*train::read_mono(*sound, 0, 16000))[199], 19900 / 32768.0, 1e-6);
  EXPECT_EQ(run_mote_json({"data", path("")})["examples"], 24);
}

std::string counted_row(int i) {
  return fmt::format("{},{},1", i, -i);
}

constexpr const char* kSeries =
    "group_pattern = \"/([^_/]+)_[^/]*$\"\n"
    "[input]\nkind = \"series\"\nwindow = 30\nrate_hz = 100\ncolumns = [\"x\", \"z\"]\n";

TEST_F(DataVerb, ABoardsLinesBecomeRecordingsWithoutHoles) {
  make_project(kSeries);
  FakeBoard board;
  board.send_rows("#mote rate=100 columns=x,y,z", counted_row, 50);
  ProcessOutcome outcome = run_mote({"data", "record", path(""), "--class", "wing", "--from",
                                     board.port(), "--group", "ann", "--count", "2"});
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  for (const char* name : {"clips/wing/ann_aaa.csv", "clips/wing/ann_aab.csv"}) {
    Result<std::string> text = read_text(path(name));
    ASSERT_TRUE(text.ok()) << outcome.output;
    EXPECT_EQ(text->rfind("x,y,z\n", 0), 0u);
    int first = -1, row = 0, x = 0, y = 0;
    for (size_t at = text->find('\n') + 1; at < text->size(); at = text->find('\n', at) + 1) {
      ASSERT_EQ(sscanf(text->c_str() + at, "%d,%d,1", &x, &y), 2);
      if (first < 0) first = x;
      EXPECT_EQ(x, first + row++);
      EXPECT_EQ(y, -x);
    }
    EXPECT_EQ(row, 30);
  }
}

TEST_F(DataVerb, ABoardThatSendsSomethingElseIsAnError) {
  make_project(kSeries);
  FakeBoard board;
  board.send_rows("#mote rate=100 columns=a,b,c", counted_row);
  auto record = [&](std::vector<std::string> more) {
    std::vector<std::string> all = {"data", "record", path(""),    "--class",
                                    "wing", "--from", board.port()};
    all.insert(all.end(), more.begin(), more.end());
    return run_mote(all).output;
  };
  EXPECT_NE(record({}).find("sends no column \"x\" (input.columns), only: a, b, c; 0 of 1"),
            std::string::npos);
  EXPECT_NE(record({"--set", "input.columns=[\"a\"]", "--set", "input.rate_hz=50"})
                .find("sends 100 rows a second, but input.rate_hz is 50"),
            std::string::npos);
  EXPECT_NE(record({"--set", "input.kind=audio"}).find("sends columns, but"), std::string::npos);
  EXPECT_NE(record({"--raw-rate", "16000"}).find("--raw-rate is for sound"), std::string::npos);
  EXPECT_FALSE(there("clips/wing"));
}

TEST_F(DataVerb, ASilentBoardIsAnError) {
  make_project(kSeries);
  FakeBoard board;
  board.send_rows("# no header", counted_row);
  ProcessOutcome outcome = run_mote(
      {"data", "record", path(""), "--class", "wing", "--from", board.port(), "--wait", "0.3"});
  EXPECT_EQ(outcome.exit_code, kFailure);
  EXPECT_NE(outcome.output.find("no header came in 0.3 s; the board sends a line like"),
            std::string::npos)
      << outcome.output;
}

TEST_F(DataVerb, SixSpeakersAreToldApart) {
  MOTE_NEEDS_SHARED_DATA("fsdd");
  std::string fsdd = std::filesystem::absolute(shared_data() / "fsdd").string();
  put(path("mote.toml"),
      "[input]\nrate_hz = 8000\n[data]\nformat = \"fsdd\"\npath = \"" + fsdd + "\"\n");
  nlohmann::json json = run_mote_json({"data", path("")});
  EXPECT_EQ(json["examples"], 3000);
  EXPECT_EQ(json["groups"], 6);
  EXPECT_EQ(json["findings"][0]["kind"], "shared group");
  json = run_mote_json({"data", path(""), "--set", "split.by=group"});
  for (const auto& finding : json["findings"]) EXPECT_NE(finding["kind"], "shared group");
}

}  // namespace
}  // namespace mote
