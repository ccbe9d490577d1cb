// SPDX-License-Identifier: Apache-2.0
// mote profile and mote fit as their users meet them.
#include "tests/verb_test_support.h"

namespace mote {
namespace {

using Json = nlohmann::json;

Json profile(const std::string& board) {
  return run_mote_json({"profile", MOTE_EXAMPLE, "--board", board});
}

template <typename T>
T sum(const Json& rows, const char* key) {
  T total = 0;
  for (const Json& row : rows) total += row[key].get<T>();
  return total;
}

TEST(ProfileVerb, TellsWhatAnInferenceCosts) {
  MOTE_NEEDS_CORTEX_M();
  Json p = profile("nucleo-l4r5zi");
  EXPECT_EQ(p["schema"], "mote.profile/1");
  ASSERT_EQ(p["operators"].size(), 5u);
  EXPECT_EQ(p["operators"][0]["operator"], "CONV_2D");
  EXPECT_EQ(p["macs"], 62504);
  EXPECT_EQ(p["arena_bytes"], 3296);
  double ms = p["cycles"].get<double>() / 120e3;
  EXPECT_NEAR(p["latency_ms"].get<double>(), ms, 1e-9);
  EXPECT_NEAR(p["energy_uj"].get<double>(), ms * p["active_mw"].get<double>(), 1e-6);
  EXPECT_GT(p["cycles"].get<double>(), p["instructions"].get<double>());
  EXPECT_GT(p["setup_instructions"], 0);
  EXPECT_GT(p["stack_bytes"], 0);
}

TEST(ProfileVerb, PartsAddUpToTheWhole) {
  MOTE_NEEDS_CORTEX_M();
  Json p = profile("nucleo-l4r5zi");
  uint64_t before_steps =
      p["instructions"].get<uint64_t>() - sum<uint64_t>(p["operators"], "instructions");
  EXPECT_LT(before_steps, 100u);
  EXPECT_EQ(sum<uint64_t>(p["functions"], "instructions"), p["instructions"]);
  EXPECT_LT(p["interpreter"]["instructions"], 1000);
  uint64_t flash = 0;
  for (const Json& part : p["flash"]) {
    if (part["harness"]) continue;
    flash += part["text"].get<uint64_t>() + part["rodata"].get<uint64_t>() +
             part["data"].get<uint64_t>();
  }
  EXPECT_EQ(flash, p["flash_bytes"]);
  EXPECT_EQ(p["flash_bytes"], p["code_bytes"].get<uint64_t>() + p["image_bytes"].get<uint64_t>());
  EXPECT_EQ(p["ram_bytes"], p["arena_bytes"].get<uint64_t>() +
                                p["variables_bytes"].get<uint64_t>() +
                                p["stack_bytes"].get<uint64_t>());
}

TEST(ProfileVerb, InstructionsAreThoseOfMoteRun) {
  MOTE_NEEDS_CORTEX_M();
  Json run = run_mote_json(
      {"run", MOTE_EXAMPLE, "--input", "examples/tones/whistle.wav", "--board", "cortex-m4"});
  Json p = run_mote_json(
      {"profile", MOTE_EXAMPLE, "--input", "examples/tones/whistle.wav", "--board", "cortex-m4"});
  EXPECT_EQ(p["instructions"], run["instructions_per_inference"]);
  EXPECT_TRUE(p["latency_ms"].is_null());  // a bare core has no clock
}

TEST(ProfileVerb, RunsOnTheRiscVSimulatorToo) {
  MOTE_NEEDS_PROGRAM("riscv64-unknown-elf-g++");
  Json p = profile("esp32-c3");
  EXPECT_EQ(p["operators"].size(), 5u);
  EXPECT_GT(p["latency_ms"].get<double>(), 0);
}

TEST(ProfileVerb, ComparesBoardsAndSavedProfiles) {
  MOTE_NEEDS_CORTEX_M();
  TempFolder folder = *TempFolder::make();
  std::string saved = (folder.path() / "saved.json").string();
  ProcessOutcome json = run_mote({"profile", MOTE_EXAMPLE, "--board", "nucleo-l4r5zi", "--json"});
  ASSERT_TRUE(write_text(saved, json.output).ok());
  for (const std::string& other : {saved, std::string("nucleo-u575zi")}) {
    ProcessOutcome outcome =
        run_mote({"profile", MOTE_EXAMPLE, "--board", "nucleo-l4r5zi", "--compare", other});
    EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
    EXPECT_NE(outcome.output.find("B / A"), std::string::npos) << outcome.output;
  }
  Json both =
      run_mote_json({"profile", MOTE_EXAMPLE, "--board", "nucleo-l4r5zi", "--compare", saved});
  EXPECT_EQ(both["schema"], "mote.profile-comparison/1");
  EXPECT_EQ(both["profiles"][0], both["profiles"][1]);  // and so the figures repeat
}

TEST(ProfileVerb, WritesAPage) {
  MOTE_NEEDS_CORTEX_M();
  TempFolder folder = *TempFolder::make();
  std::string page = (folder.path() / "page.html").string();
  ProcessOutcome outcome =
      run_mote({"profile", MOTE_EXAMPLE, "--board", "nano33ble", "--html", page});
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  EXPECT_NE(read_text(page)->find("mote.profile/1"), std::string::npos);
}

void expect_refusal(const std::vector<std::string>& arguments, const std::string& text) {
  ProcessOutcome outcome = run_mote(arguments);
  EXPECT_EQ(outcome.exit_code, kFailure) << outcome.output;
  EXPECT_EQ(outcome.output.rfind("mote: error: ", 0), 0u) << outcome.output;
  EXPECT_NE(outcome.output.find(text), std::string::npos) << outcome.output;
}

TEST(ProfileVerb, WeightsInRamAreNotWaitedFor) {
  MOTE_NEEDS_CORTEX_M();
  Json flash = profile("nucleo-l4r5zi");
  Json ram =
      run_mote_json({"profile", MOTE_EXAMPLE, "--board", "nucleo-l4r5zi", "--weights-in", "ram"});
  EXPECT_EQ(flash["image_ram_bytes"], 0);
  EXPECT_EQ(ram["image_ram_bytes"], ram["image_bytes"]);
  EXPECT_EQ(ram["instructions"], flash["instructions"]);
  EXPECT_LT(ram["cycles"].get<double>(), flash["cycles"].get<double>());
  EXPECT_EQ(ram["flash_bytes"], flash["flash_bytes"]);
  EXPECT_EQ(ram["ram_bytes"],
            flash["ram_bytes"].get<uint64_t>() + flash["image_bytes"].get<uint64_t>());
  ProcessOutcome same = run_mote(
      {"verify", MOTE_EXAMPLE, "--board", "nucleo-l4r5zi", "--random", "1", "--weights-in", "ram"});
  EXPECT_EQ(same.exit_code, kSuccess) << same.output;
}

TEST(ProfileVerb, RefusesWhatItCantProfile) {
  expect_refusal({"profile", MOTE_EXAMPLE, "--board", "z80"}, "z80: no such board; there are");
  expect_refusal({"profile", MOTE_EXAMPLE, "--board", "esp-eye"}, "mote can't run it");
  expect_refusal({"profile", "no.tflite", "--board", "pico"}, "no.tflite");
  expect_refusal({"profile", MOTE_EXAMPLE, "--board", "pico", "--compare", "README.json"},
                 "README.json");
}

/// The example's board file with less memory.
std::string small_board(const TempFolder& folder, const std::string& from, const std::string& to) {
  std::string text = *read_text("boards/catalog/generic-rv32imc.toml");
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  text.replace(at, from.size(), to);
  std::string path = (folder.path() / "small.toml").string();
  EXPECT_TRUE(write_text(path, text).ok());
  return path;
}

TEST(ProfileVerb, SaysWhichMemoryOfTheBoardIsTooSmallAndByHowMuch) {
  MOTE_NEEDS_PROGRAM("riscv64-unknown-elf-g++");
  TempFolder folder = *TempFolder::make();
  std::string board = small_board(folder, "origin = 0x80000000\nbytes = 4_194_304",
                                  "origin = 0x80000000\nbytes = 2_048");
  expect_refusal({"run", MOTE_EXAMPLE, "--input", "examples/tones/whistle.wav", "--board", board},
                 "2048 bytes of RAM (ram)");
  Json p = profile(board);  // a profile shows it all the same
  EXPECT_NE(p["misfit"].get<std::string>().find("too few"), std::string::npos);
  board = small_board(folder, "origin = 0x20000000\nbytes = 4_194_304",
                      "origin = 0x20000000\nbytes = 1_024");
  expect_refusal({"run", MOTE_EXAMPLE, "--input", "examples/tones/whistle.wav", "--board", board},
                 "1024 bytes of flash (flash)");
}

TEST(FitVerb, TellsForEveryBoard) {
  MOTE_NEEDS_CORTEX_M();
  MOTE_NEEDS_PROGRAM("riscv64-unknown-elf-g++");
  Json boards = run_mote_json({"boards"});
  Json fit = run_mote_json({"fit", MOTE_EXAMPLE, "--period", "1", "--battery", "100"});
  EXPECT_EQ(fit["schema"], "mote.fit/1");
  EXPECT_EQ(fit["boards"].size(), boards["boards"].size());
  double before = 0;
  for (const Json& row : fit["boards"]) {
    EXPECT_TRUE(row["fits"] != "unknown" || row["unknown"].is_string()) << row;
    if (!row["battery_days"].is_number()) continue;
    EXPECT_NEAR(row["battery_days"].get<double>(), 100 * 3.7 / row["average_mw"].get<double>() / 24,
                1e-6);
    EXPECT_GE(row["average_mw"].get<double>(), before);  // sorted
    before = row["average_mw"].get<double>();
  }
  EXPECT_GT(before, 0);
}

TEST(FitVerb, LimitsDecide) {
  MOTE_NEEDS_CORTEX_M();
  MOTE_NEEDS_PROGRAM("riscv64-unknown-elf-g++");
  Json fit = run_mote_json({"fit", MOTE_EXAMPLE, "--max-ram", "100"});
  for (const Json& row : fit["boards"]) {
    EXPECT_NE(row["fits"], "yes");
    if (row["fits"] == "unknown") continue;
    EXPECT_NE(row["problem"].get<std::string>().find("sets the arena's peak"), std::string::npos);
  }
  expect_refusal({"fit", MOTE_EXAMPLE, "--battery", "100"}, "--period");
}

}  // namespace
}  // namespace mote
