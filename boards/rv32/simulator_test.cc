// SPDX-License-Identifier: Apache-2.0
// What is the simulator's own; what every machine does is in boards/run_test.cc.
#include "boards/rv32/simulator.h"

#include <elf.h>

#include "boards/run_test_support.h"

namespace mote {
namespace {

class SimulatorTest : public FirmwareTest {
 protected:
  SimulatorTest() : FirmwareTest(**find_machine("rv32imc")) {}
};

TEST_F(SimulatorTest, AFaultTellsFunctionLineAndCause) {
  std::string message = error_of(
      "__attribute__((noinline)) int broken(int x) {\n"
      "  asm volatile(\".word 0xffffffff\");\n"
      "  return x + 1;\n"
      "}\n"
      "int mote_main(int, char**) { return broken(1); }\n");
  EXPECT_TRUE(has(message, "test.elf: the firmware faulted in broken(int)")) << message;
  EXPECT_TRUE(has(message, ": illegal instruction 0xffffffff (pc 0x2000")) << message;
  EXPECT_TRUE(has(message, ", mcause 2)")) << message;
  bool line = has(message, " at test/main.cc:");
  EXPECT_TRUE(line || !have(machine_.addr2line)) << message;
}

TEST_F(SimulatorTest, UnalignedAccessIsAFault) {
  std::string message = error_of(
      "static uint8_t room[8];\n"
      "int mote_main(int, char**) {\n"
      "  volatile uintptr_t at = reinterpret_cast<uintptr_t>(room) | 1;\n"
      "  return *reinterpret_cast<volatile int*>(at);\n"
      "}\n");
  EXPECT_TRUE(has(message, ": unaligned read from 0x8000")) << message;
}

TEST_F(SimulatorTest, WritingToFlashIsAFault) {
  std::string message = error_of(
      "int mote_main(int, char**) { *reinterpret_cast<volatile int*>(0x20000000) = 1; return 0; "
      "}\n");
  EXPECT_TRUE(has(message, "write to an invalid address 0x20000000")) << message;
}

TEST_F(SimulatorTest, AFaultInTheHandlerIsALockup) {
  std::string message = error_of(
      "int mote_main(int, char**) {\n"
      "  asm volatile(\".option arch, +zicsr\\n csrw mtvec, %0\" : : \"r\"(0x70000000));\n"
      "  return *reinterpret_cast<volatile int*>(0x70000000);\n"
      "}\n");
  EXPECT_EQ(message, "test.elf: the core locked up: a fault inside the fault handler");
}

TEST_F(SimulatorTest, FirmwareWithoutAHandlerStillHasItsFaultsTold) {
  std::string message = error_of(
      "int mote_main(int, char**) {\n"
      "  asm volatile(\".option arch, +zicsr\\n csrw mtvec, zero\");\n"
      "  return *reinterpret_cast<volatile int*>(0x70000000);\n"
      "}\n");
  EXPECT_TRUE(has(message, "faulted in mote_main")) << message;
  EXPECT_TRUE(has(message, "read from an invalid address 0x70000000")) << message;
}

TEST_F(SimulatorTest, CompiledCodeReadsExactCounters) {
  auto report = run(
      "static uint32_t retired() {\n"
      "  uint32_t n;\n"
      "  asm volatile(\".option arch, +zicsr\\n csrr %0, minstret\" : \"=r\"(n) : : \"memory\");\n"
      "  return n;\n"
      "}\n"
      "int mote_main(int, char**) {\n"
      "  uint32_t before = retired(), n = 50;\n"
      "  asm volatile(\"1: addi %0, %0, -1\\n bnez %0, 1b\" : \"+r\"(n));\n"
      "  uint32_t spent = retired() - before;\n"
      "  return spent - n;  // n is 0\n"
      "}\n");
  ASSERT_TRUE(report.ok()) << report.error().message;
  // The reading, 50 rounds of two, and the loading of n somewhere between.
  EXPECT_EQ(report->exit_code, 102);
}

TEST_F(SimulatorTest, UnchangedCodeMayBeLookedAtAnewForever) {
  options_.max_instructions = 3000000;
  EXPECT_EQ(error_of("extern \"C\" __attribute__((noinline)) void spin() {\n"
                     "  for (;;) asm volatile(\".word 0x100f\"); }\n"
                     "int mote_main(int, char**) { spin(); return 0; }\n"),
            "test.elf: still running after 3000000 instructions, in spin; stopped");
}

TEST_F(SimulatorTest, FilesOutsideTheFolderStayOutOfReach) {
  auto report =
      run("int mote_main(int, char**) {\n"
          "  using namespace mote::semihost;\n"
          "  return open(\"/etc/passwd\", OpenMode::kRead) == -1 &&\n"
          "         open(\"../outside\", OpenMode::kWrite) == -1 ? 0 : 1;\n"
          "}\n");
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->exit_code, 0);
}

TEST_F(SimulatorTest, JumpsToHundredsOfThousandsOfPlacesAreStopped) {
  // Makes a return wherever there is room and jumps there.
  std::string message = error_of(
      "alignas(4) static uint16_t room[300000];\n"
      "int mote_main(int, char**) {\n"
      "  for (uint16_t& half : room) half = 0x8082;  // ret\n"
      "  for (uint16_t& half : room) reinterpret_cast<void (*)()>(&half)();\n"
      "  return 0;\n"
      "}\n");
  EXPECT_EQ(message, "test.elf: it jumps to far more places than a program has; stopped");
}

/// An ELF of one segment.
Bytes one_segment(uint32_t address, const std::vector<uint32_t>& words) {
  Elf32_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS32;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_entry = address;
  header.e_phoff = sizeof header;
  header.e_phentsize = sizeof(Elf32_Phdr);
  header.e_phnum = 1;
  Elf32_Phdr segment = {};
  segment.p_type = PT_LOAD;
  segment.p_offset = sizeof header + sizeof segment;
  segment.p_paddr = address;
  segment.p_filesz = static_cast<uint32_t>(4 * words.size());
  Bytes file(segment.p_offset + segment.p_filesz);
  std::memcpy(file.data(), &header, sizeof header);
  std::memcpy(file.data() + sizeof header, &segment, sizeof segment);
  std::memcpy(file.data() + segment.p_offset, words.data(), segment.p_filesz);
  return file;
}

std::string bare_error(uint32_t address, const std::vector<uint32_t>& words,
                       const RunOptions& options = {}) {
  TempFolder folder = *TempFolder::make();
  auto elf = folder.path() / "bare.elf";
  EXPECT_TRUE(write_file(elf, one_segment(address, words)).ok());
  auto report = run_firmware(**find_machine("rv32imc"), elf, options);
  return report.ok() ? "no error" : report.error().message;
}

TEST(Simulator, FirmwareOutsideMemoryIsRefused) {
  EXPECT_EQ(bare_error(0x10000000, {0x13}),
            "bare.elf: 4 bytes at 0x10000000 lie outside the machine's flash and RAM");
  EXPECT_EQ(bare_error(0x803ffffe, {0x13}),
            "bare.elf: 4 bytes at 0x803ffffe lie outside the machine's flash and RAM");
}

TEST(Simulator, FirmwareWithoutSymbolsHasItsFaultsTold) {
  EXPECT_EQ(bare_error(0x80000000, {0x00000013, 0x00002003}),
            "bare.elf: the firmware faulted in unknown code at 0x80000004: read from an invalid "
            "address 0x00000000 (pc 0x80000004, lr 0x00000000, mcause 5)");
}

TEST(Simulator, TheInstructionLimitHoldsForABareLoop) {
  RunOptions options;
  options.max_instructions = 1000;
  EXPECT_EQ(bare_error(0x80000000, {0x0000006f}, options),
            "bare.elf: still running after 1000 instructions, in 0x80000000; stopped");
}

}  // namespace
}  // namespace mote
