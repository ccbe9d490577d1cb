// SPDX-License-Identifier: Apache-2.0
// mote boards as its user meets it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/host/file.h"
#include "base/host/process.h"
#include "cli/verbs.h"

namespace mote {
namespace {

ProcessOutcome boards(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {MOTE_PROGRAM, "boards"});
  Result<ProcessOutcome> outcome = run_process(arguments, 60);
  EXPECT_TRUE(outcome.ok());
  return *outcome;
}

TEST(BoardsVerb, ComparesAllBoards) {
  ProcessOutcome outcome = boards({});
  EXPECT_EQ(outcome.exit_code, kSuccess);
  EXPECT_NE(outcome.output.find("emulated as"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("nucleo-l4r5zi    cortex-m4"), std::string::npos) << outcome.output;
}

TEST(BoardsVerb, ShowsOneBoardWithItsSources) {
  ProcessOutcome outcome = boards({"himax-we1"});
  EXPECT_EQ(outcome.exit_code, kSuccess);
  EXPECT_NE(outcome.output.find("machine  none: "), std::string::npos) << outcome.output;
  outcome = boards({"nucleo-l4r5zi"});
  EXPECT_NE(outcome.output.find("active   40 mW\n         measured in MLPerf Tiny"),
            std::string::npos)
      << outcome.output;
}

TEST(BoardsVerb, PrintsJson) {
  for (std::vector<std::string> arguments :
       {std::vector<std::string>{"--json"}, {"pico", "--json"}}) {
    ProcessOutcome outcome = boards(arguments);
    EXPECT_EQ(outcome.exit_code, kSuccess);
    nlohmann::json json = nlohmann::json::parse(outcome.output, nullptr, false);
    ASSERT_TRUE(json.is_object()) << outcome.output;
    EXPECT_EQ(json["schema"], "mote.boards/1");
    EXPECT_EQ(json["boards"].size() == 1, arguments.size() == 2);
    EXPECT_TRUE(json["boards"][0]["power"]["active_mw"].is_object());
  }
}

TEST(BoardsVerb, RefusesUnknownBoardsAndFaultyFiles) {
  ProcessOutcome outcome = boards({"z80"});
  EXPECT_EQ(outcome.exit_code, kFailure);
  EXPECT_EQ(outcome.output.rfind("mote: error: z80: no such board; there are: ", 0), 0u);
  Result<TempFolder> folder = TempFolder::make();
  ASSERT_TRUE(folder.ok());
  std::string path = (folder->path() / "mine.toml").string();
  ASSERT_TRUE(write_text(path, "colour = 1\n").ok());
  outcome = boards({path});
  EXPECT_EQ(outcome.exit_code, kFailure);
  EXPECT_EQ(outcome.output.rfind("mote: error: " + path + ":1:1: colour: no such key", 0), 0u)
      << outcome.output;
}

}  // namespace
}  // namespace mote
