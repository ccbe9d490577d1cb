// SPDX-License-Identifier: Apache-2.0
// Real firmware on every machine. Counts are compared with counts made by hand, so a change of an
// emulator that shifts them by one instruction shows here.
#include "boards/run.h"

#include <algorithm>

#include "boards/run_test_support.h"

namespace mote {
namespace {

/// A loop of two instructions, n times, and the return: 2 n + 1 instructions.
std::string loop_text(const Machine& machine) {
  const char* code = machine.name == "rv32imc" ? "1: addi a0, a0, -1\\n bnez a0, 1b\\n ret\\n"
                                               : "1: subs r0, #1\\n bne 1b\\n bx lr\\n";
  return fmt::format(
      "extern \"C\" __attribute__((naked, noinline)) void loop(uint32_t) {{\n"
      "  asm(\"{}\");\n"
      "}}\n"
      "int mote_main(int, char**) {{ loop(1000); return 0; }}\n",
      code);
}

constexpr const char* kForever =
    "extern \"C\" __attribute__((noinline)) void spin() { for (;;) asm volatile(\"\"); }\n"
    "int mote_main(int, char**) { spin(); return 0; }\n";

class RunTest : public FirmwareTest, public testing::WithParamInterface<const Machine*> {
 protected:
  RunTest() : FirmwareTest(*GetParam()) {}
  std::string loop() const { return loop_text(machine_); }
  /// ARMv6-M has no registers that tell why it faulted.
  bool tells_cause() const { return machine_.name != "cortex-m0"; }
};

uint64_t instructions_of(const RunReport& report, const std::string& function) {
  for (const FunctionCount& f : report.functions) {
    if (f.name == function) return f.instructions;
  }
  return 0;
}

TEST_P(RunTest, AHandCountedLoopIsCountedExactly) {
  auto report = run(loop());
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(instructions_of(*report, "loop"), 2001u);
}

TEST_P(RunTest, EdgesTellHowOftenTheLoopWasTaken) {
  auto report = run(loop());
  ASSERT_TRUE(report.ok()) << report.error().message;
  auto hottest = std::max_element(
      report->edges.begin(), report->edges.end(), [&](const BlockEdge& a, const BlockEdge& b) {
        auto loops = [](const BlockEdge& e) { return e.from == e.to && e.count == 999; };
        return loops(a) < loops(b);
      });
  ASSERT_NE(hottest, report->edges.end());
  EXPECT_EQ(hottest->from, hottest->to);
  EXPECT_EQ(hottest->count, 999u);
  EXPECT_EQ(report->blocks[hottest->to].executions, 1000u);
  EXPECT_EQ(report->blocks[hottest->to].bytes, 4u);
}

TEST_P(RunTest, TheSumsAgree) {
  auto report = run(loop());
  ASSERT_TRUE(report.ok()) << report.error().message;
  uint64_t by_blocks = 0, by_functions = 0;
  for (const Block& block : report->blocks) by_blocks += block.instructions * block.executions;
  for (const FunctionCount& f : report->functions) by_functions += f.instructions;
  EXPECT_EQ(by_blocks, report->instructions);
  EXPECT_EQ(by_functions, report->instructions);
}

TEST_P(RunTest, TwoRunsCountTheSame) {
  auto first = run(loop());
  auto second = run(loop());
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->instructions, second->instructions);
  ASSERT_EQ(first->functions.size(), second->functions.size());
  for (size_t i = 0; i < first->functions.size(); ++i) {
    EXPECT_EQ(first->functions[i].name, second->functions[i].name);
    EXPECT_EQ(first->functions[i].instructions, second->functions[i].instructions);
  }
}

/// Calls step(n) for n = 1 … 5, and other() after step(3).
constexpr const char* kSteps =
    "extern \"C\" {\n"
    "volatile int sink;\n"
    "__attribute__((noinline)) void step(int n) { for (int i = 0; i < n; ++i) sink = i; }\n"
    "__attribute__((noinline)) void other() { sink = 1; }\n"
    "}\n"
    "int mote_main(int, char**) {\n"
    "  for (int n = 1; n <= 5; ++n) { step(n); if (n == 3) other(); }\n"
    "  return 0;\n"
    "}\n";

TEST_P(RunTest, CallsOfMarkedFunctionsPartTheRun) {
  auto whole = run(kSteps);
  ASSERT_TRUE(whole.ok()) << whole.error().message;
  ASSERT_EQ(whole->segments.size(), 1u);
  EXPECT_EQ(whole->segments[0].instructions, whole->instructions);

  options_.marks = {address_of(elf(), "other"), address_of(elf(), "step")};
  auto report = run(kSteps);
  ASSERT_TRUE(report.ok()) << report.error().message;
  std::vector<uint32_t> marks;
  uint64_t sum = 0;
  for (const Segment& segment : report->segments) {
    marks.push_back(segment.mark);
    sum += segment.instructions;
  }
  EXPECT_EQ(marks, (std::vector<uint32_t>{MOTE_DUMP_NO_MARK, 1, 1, 1, 0, 1, 1}));
  EXPECT_EQ(sum, report->instructions);
  EXPECT_EQ(report->instructions, whole->instructions);
  EXPECT_EQ(instructions_of(*report, "step"), instructions_of(*whole, "step"));
}

TEST_P(RunTest, SegmentsCountExactlyAndRepeatably) {
  const char* code = machine_.name == "rv32imc"
                         ? "nop\\n 1: addi a0, a0, -1\\n bnez a0, 1b\\n ret\\n"
                         : "nop\\n 1: subs r0, #1\\n bne 1b\\n bx lr\\n";
  std::string text = fmt::format(
      "extern \"C\" __attribute__((naked, noinline)) void turns(uint32_t) {{\n"
      "  asm(\"{}\");\n"
      "}}\n"
      "int mote_main(int, char**) {{ turns(10); turns(20); turns(50); turns(1); return 0; }}\n",
      code);
  ASSERT_TRUE(run(text).ok());
  options_.marks = {address_of(elf(), "turns")};
  auto first = run(text), second = run(text);
  ASSERT_TRUE(first.ok() && second.ok());
  ASSERT_EQ(first->segments.size(), 5u);
  ASSERT_EQ(second->segments.size(), 5u);
  auto in_segment = [&](size_t i) { return first->segments[i].instructions; };
  EXPECT_EQ(in_segment(2) - in_segment(1), 20u) << "ten turns of two instructions more";
  EXPECT_EQ(in_segment(3) - in_segment(2), 60u);
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(in_segment(i), second->segments[i].instructions) << i;
}

TEST_P(RunTest, AMarkInTheMiddleOfStraightCodeIsNotMissed) {
  auto plain = run(loop());
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  // The loop's second instruction, in front of its branch.
  options_.marks = {address_of(elf(), "loop") + 2};
  auto report = run(loop());
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->segments.size(), 1001u);
  EXPECT_EQ(report->instructions, plain->instructions);
  EXPECT_EQ(report->segments[500].instructions, 2u);
}

TEST_P(RunTest, AMarkWithTheThumbBitIsRefused) {
  options_.marks = {0x101};
  EXPECT_TRUE(has(error_of(kReturnZero), "mark 0x00000101: no instruction has an odd address"));
}

TEST_P(RunTest, ExitCodesArriveAsTheyAre) {
  const std::string text = "int mote_main(int argc, char**) { return argc == 1 ? 7 : 255; }\n";
  auto seven = run(text);
  ASSERT_TRUE(seven.ok()) << seven.error().message;
  EXPECT_EQ(seven->exit_code, 7);
  options_.arguments = {"more"};
  auto most = run(text);
  ASSERT_TRUE(most.ok()) << most.error().message;
  EXPECT_EQ(most->exit_code, 255);
}

TEST_P(RunTest, ArgumentsAndConsoleKeepTheirText) {
  options_.arguments = {"a,b", "--n=3"};
  auto report =
      run("int mote_main(int argc, char** argv) {\n"
          "  for (int i = 0; i < argc; ++i) { mote::semihost::print(argv[i]);"
          " mote::semihost::print(\"|\"); }\n"
          "  mote::semihost::print_unsigned(4294967295u);\n"
          "  mote::semihost::print_hex(0xbeef);\n"
          "  return 0;\n"
          "}\n");
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->console, "firmware|a,b|--n=3|42949672950x0000beef");
}

TEST_P(RunTest, WhatLibrariesPrintThroughAFileIsOnTheConsoleToo) {
  auto report =
      run("int mote_main(int, char**) {\n"
          "  int console = mote::semihost::open(\":tt\", mote::semihost::OpenMode::kWrite);\n"
          "  mote::semihost::write(console, \"one,\", 4);\n"
          "  mote::semihost::print(\"two,\");\n"
          "  mote::semihost::write(console, \"three\", 5);\n"
          "  return 0;\n"
          "}\n");
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->console, "one,two,three");
}

TEST_P(RunTest, ArgumentsThatCantBePassedAreRefused) {
  options_.arguments = {"two words"};
  EXPECT_TRUE(has(error_of(kReturnZero), "firmware argument 'two words'"));
  options_.arguments = {""};
  EXPECT_TRUE(has(error_of(kReturnZero), "it can't be empty"));
  options_.arguments = std::vector<std::string>(40, "x");
  EXPECT_TRUE(has(error_of(kReturnZero), "too many firmware arguments"));
}

TEST_P(RunTest, FilesGoRoundThroughSemihosting) {
  std::string content;
  for (int i = 0; i < 100000; ++i) content += static_cast<char>(i * 7 + i / 256);
  ASSERT_TRUE(write_text(folder_.path() / "in.bin", content).ok());
  auto report =
      run("using namespace mote::semihost;\n"
          "static uint8_t room[200000];\n"
          "int mote_main(int, char**) {\n"
          "  if (open(\"missing.bin\", OpenMode::kRead) != -1) return 1;\n"
          "  int in = open(\"in.bin\", OpenMode::kRead);\n"
          "  if (in < 0 || length(in) != 100000) return 2;\n"
          "  if (read(in, room, sizeof room) != 100000) return 3;\n"
          "  if (!seek(in, 5) || read(in, room + 100000, 3) != 3 || room[100000] != room[5]) "
          "return 4;\n"
          "  if (!close(in)) return 5;\n"
          "  int out = open(\"out.bin\", OpenMode::kWrite);\n"
          "  if (out < 0 || write(out, room, 60000) != 60000 || !close(out)) return 6;\n"
          "  out = open(\"out.bin\", OpenMode::kAppend);\n"
          "  if (out < 0 || write(out, room + 60000, 40000) != 40000 || !close(out)) return 7;\n"
          "  return 0;\n"
          "}\n");
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->exit_code, 0);
  auto written = read_text(folder_.path() / "out.bin");
  ASSERT_TRUE(written.ok());
  EXPECT_TRUE(*written == content);
}

TEST_P(RunTest, MemoryFunctionsAgreeWithByteLoops) {
  auto report = run(
      "extern \"C\" { void* memcpy(void*, const void*, size_t); void* memmove(void*, const void*, "
      "size_t); void* memset(void*, int, size_t); int memcmp(const void*, const void*, size_t); }\n"
      "static uint8_t a[96], b[96];\n"
      "static void fill() { for (int i = 0; i < 96; ++i) a[i] = b[i] = (uint8_t)(i * 37 + 1); }\n"
      "static bool same() { for (int i = 0; i < 96; ++i) if (a[i] != b[i]) return false; return "
      "true; }\n"
      "static bool at(int to, int from, int n) {\n"
      "  volatile uint8_t* v = b;\n"
      "  fill(); memset(a + to, 0x1ab, n); for (int i = 0; i < n; ++i) v[to + i] = 0xab;\n"
      "  if (!same()) return false;\n"
      "  uint8_t old[96]; for (int i = 0; i < 96; ++i) ((volatile uint8_t*)old)[i] = (uint8_t)(i * "
      "37 + 1);\n"
      "  fill(); memmove(a + to, a + from, n); for (int i = 0; i < n; ++i) v[to + i] = old[from + "
      "i];\n"
      "  if (!same() || memcmp(a, b, 96) != 0) return false;\n"
      "  fill(); memcpy(a + to, old + from, n); for (int i = 0; i < n; ++i) v[to + i] = old[from + "
      "i];\n"
      "  return same();\n"
      "}\n"
      "int mote_main(int, char**) {\n"
      "  for (int to = 0; to < 9; ++to) for (int from = 0; from < 9; ++from)\n"
      "    for (int n = 0; n < 80; ++n) if (!at(to, from, n)) return 1;\n"
      "  uint8_t x[] = {1, 2, 200}, y[] = {1, 2, 3};\n"
      "  return memcmp(x, y, 3) > 0 && memcmp(y, x, 3) < 0 ? 0 : 2;\n"
      "}\n");
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->exit_code, 0);
}

TEST_P(RunTest, FloatsAndLongDivisionsWork) {
  auto report = run(
      "volatile float f = 1.5f; volatile double d = 3.0; volatile int64_t q = 100000000000;\n"
      "static int initialised = 3;\n"
      "int mote_main(int, char**) {\n"
      "  return static_cast<int>(f * 4 + d) + static_cast<int>(q / 10000000000) + initialised;\n"
      "}\n");
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->exit_code, 22);
}

TEST_P(RunTest, PeakStackIsMeasured) {
  auto small = run(kReturnZero);
  auto big =
      run("int mote_main(int, char**) {\n"
          "  volatile char room[8000];\n"
          "  for (int i = 0; i < 8000; ++i) room[i] = 1;\n"
          "  return 0;\n"
          "}\n");
  ASSERT_TRUE(small.ok() && big.ok());
  EXPECT_GT(small->stack_peak_bytes, 0u);
  EXPECT_LT(small->stack_peak_bytes, 300u);
  EXPECT_GE(big->stack_peak_bytes, 8000u);
  EXPECT_LT(big->stack_peak_bytes, 8300u);
  EXPECT_EQ(big->console, "");
}

TEST_P(RunTest, AStackOverflowIsAnError) {
  std::string message = error_of(
      "int mote_main(int, char**) {\n"
      "  volatile char room[17000];\n"
      "  for (int i = 0; i < 17000; ++i) room[i] = 1;\n"
      "  return 0;\n"
      "}\n");
  EXPECT_TRUE(has(message, "overflowed its stack of 16384 bytes")) << message;
}

TEST_P(RunTest, EndlessRecursionIsAFaultNotAHang) {
  std::string message = error_of(
      "__attribute__((noinline)) int deep(int n) { volatile int x[64]; x[0] = n;"
      " return deep(n + 1) + x[0]; }\n"
      "int mote_main(int, char**) { return deep(0); }\n");
  EXPECT_TRUE(has(message, "the firmware faulted in ")) << message;
}

TEST_P(RunTest, AnInvalidAddressIsTold) {
  std::string message = error_of(
      "int mote_main(int, char**) { return *reinterpret_cast<volatile int*>(0x3f000000); }\n");
  EXPECT_TRUE(
      has(message, tells_cause() ? "an invalid address 0x3f000000" : "faulted in mote_main"))
      << message;
}

TEST_P(RunTest, AWildJumpIsAFault) {
  std::string message = error_of(
      "int mote_main(int, char**) { reinterpret_cast<void (*)()>(0x3f000001)(); return 0; }\n");
  EXPECT_TRUE(
      has(message, tells_cause() ? "jump to an invalid address" : "an unexpected exception"))
      << message;
}

TEST_P(RunTest, TheFaultsExitCodeAloneIsNoFault) {
  auto report = run("int mote_main(int, char**) { return 125; }\n");
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->exit_code, 125);
}

TEST_P(RunTest, NeverEndingFirmwareIsStoppedByTheInstructionLimit) {
  options_.max_instructions = 1000000;
  EXPECT_EQ(error_of(kForever),
            "test.elf: still running after 1000000 instructions, in spin; stopped");
}

TEST_P(RunTest, TheInstructionLimitLeavesShorterRunsAlone) {
  options_.max_instructions = 1000000;
  EXPECT_TRUE(run(loop()).ok());
}

TEST_P(RunTest, SleepingFirmwareIsStoppedByTheClock) {
  options_.max_seconds = 1;
  EXPECT_EQ(error_of("int mote_main(int, char**) { for (;;) asm volatile(\"wfi\"); }\n"),
            fmt::format("test.elf: still running after 1 s on {}; stopped", machine_.name));
}

TEST_P(RunTest, AMissingFolderIsNamed) {
  options_.folder = "/nowhere";
  EXPECT_TRUE(has(error_of(kReturnZero), "/nowhere: no such folder"));
}

TEST_P(RunTest, AFileThatIsNoFirmwareIsRefused) {
  ASSERT_TRUE(write_text(elf(), "hello").ok());
  auto report = run_firmware(machine_, elf(), options_);
  ASSERT_FALSE(report.ok());
  EXPECT_TRUE(has(report.error().message, "isn't an ELF file"));
}

INSTANTIATE_TEST_SUITE_P(Machines, RunTest, testing::ValuesIn(all_machines()), machine_name);

}  // namespace
}  // namespace mote
