// SPDX-License-Identifier: Apache-2.0
// mote board as its user meets it: firmware that mote didn't build, with nothing of mote's in it.
#include "tests/verb_test_support.h"

namespace mote {
namespace {

/// Vector table, two marker functions around work of `rounds` · 3 + 2 instructions, and an exit by
/// semihosting with code 7.
constexpr const char* kFirmware =
    ".syntax unified\n.cpu cortex-m4\n.thumb\n"
    ".word 0x20010000, start + 1, fault + 1, fault + 1\n"
    ".global start, work, begin, end, fault\n"
    ".type start, %function\n.type work, %function\n.type begin, %function\n"
    ".type end, %function\n.type fault, %function\n"
    "fault: b fault\n.size fault, . - fault\n"
    "begin: bx lr\n.size begin, . - begin\n"
    "end: bx lr\n.size end, . - end\n"
    "work: movs r0, #100\n1: nop\n subs r0, #1\n bne 1b\n bx lr\n.size work, . - work\n"
    "start: bl begin\n bl work\n bl end\n bl begin\n bl work\n bl work\n bl end\n"
    " movs r0, #0x20\n ldr r1, =block\n bkpt #0xab\n b start\n.size start, . - start\n"
    ".ltorg\n.align 2\nblock: .word 0x20026, 7\n";

class BoardVerb : public testing::Test {
 protected:
  void SetUp() override {
    MOTE_NEEDS_CORTEX_M();
    std::string source = (folder_.path() / "firmware.S").string();
    ASSERT_TRUE(write_text(source, kFirmware).ok());
    auto outcome = run_process({"arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-nostdlib",
                                "-Wl,-Ttext=0,-e,start", source, "-o", elf()},
                               60);
    ASSERT_TRUE(outcome.ok());
    ASSERT_EQ(outcome->exit_code, 0) << outcome->output;
  }
  std::string elf() const { return (folder_.path() / "firmware.elf").string(); }

  TempFolder folder_ = *TempFolder::make();
};

TEST_F(BoardVerb, CountsBetweenTwoFunctions) {
  auto json = run_mote_json(
      {"board", "run", "--board", "nucleo-l4r5zi", elf(), "--from", "begin", "--to", "end"});
  EXPECT_EQ(json["schema"], "mote.board-run/1");
  EXPECT_EQ(json["exit_code"], 7);
  ASSERT_EQ(json["intervals"].size(), 2u);
  // begin's bx, bl work, work's 302, bl end; the second time two rounds of work.
  EXPECT_EQ(json["intervals"][0]["instructions"], 1 + 1 + 302 + 1);
  EXPECT_EQ(json["intervals"][1]["instructions"], 1 + 2 * (1 + 302) + 1);
  EXPECT_GT(json["intervals"][0]["cycles"].get<double>(), 305);
  EXPECT_GT(json["intervals"][0]["latency_ms"].get<double>(), 305 / 120e3);
  EXPECT_EQ(json["functions"][0]["name"], "work");
  EXPECT_EQ(json["functions"][0]["instructions"], 3 * 302);
}

TEST_F(BoardVerb, CountsTheWholeRun) {
  auto json = run_mote_json({"board", "run", "--board", "cortex-m4", elf()});
  EXPECT_EQ(json["intervals"].size(), 0u);
  EXPECT_GT(json["instructions"], 3 * 302);
  EXPECT_TRUE(json["latency_ms"].is_null());  // a bare core has no clock
  ProcessOutcome text = run_mote({"board", "run", "--board", "cortex-m4", elf()});
  EXPECT_NE(text.output.find("exit code 7"), std::string::npos) << text.output;
  EXPECT_NE(text.output.find("work"), std::string::npos) << text.output;
}

void expect_refusal(const std::vector<std::string>& arguments, const std::string& text) {
  ProcessOutcome outcome = run_mote(arguments);
  EXPECT_EQ(outcome.exit_code, kFailure) << outcome.output;
  EXPECT_EQ(outcome.output.rfind("mote: error: ", 0), 0u) << outcome.output;
  EXPECT_NE(outcome.output.find(text), std::string::npos) << outcome.output;
}

TEST_F(BoardVerb, RefusesWhatItCantMeasure) {
  expect_refusal({"board", "run", "--board", "cortex-m4", "no.elf"}, "no.elf");
  expect_refusal({"board", "run", "--board", "cortex-m4", "README.md"}, "isn't an ELF file");
  expect_refusal({"board", "run", "--board", "cortex-m4", elf(), "--from", "wrok"},
                 "no function is called wrok");
  expect_refusal({"board", "run", "--board", "cortex-m4", elf(), "--from", "end", "--to", "fault"},
                 "never came from end to fault");
  expect_refusal({"board", "run", "--board", "cortex-m4", elf(), "--max-instructions", "100"},
                 "still running after 100 instructions, in work");
}

TEST_F(BoardVerb, PrintsTheCommandsOfADebuggingSession) {
  MOTE_NEEDS_PROGRAM("gdb-multiarch");
  ProcessOutcome outcome = run_mote({"board", "gdb", "--board", "nano33ble", elf()});
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  for (const char* part : {"qemu-system-arm -M mps2-an386", "-S -gdb tcp:127.0.0.1:1234",
                           "target remote 127.0.0.1:1234"}) {
    EXPECT_NE(outcome.output.find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace mote
