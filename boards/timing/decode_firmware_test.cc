// SPDX-License-Identifier: Apache-2.0
// The Thumb table against another reader of the same code: what objdump says of firmware that the
// compiler made. Mnemonics must agree, and so must the registers that the operands name.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstdio>
#include <memory>
#include <sstream>

#include "boards/run_test_support.h"
#include "boards/timing/decode.h"

namespace mote::timing {
namespace {

/// One line of `objdump -d`: "  2000012a:\tf100 0304 \tadd.w\tr3, r0, #4".
struct Line {
  uint32_t address = 0;
  std::vector<uint8_t> bytes;
  std::string mnemonic, operands;
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// Empty bytes: not an instruction.
Line read_line(const std::string& text) {
  auto parts = split(text, '\t');
  Line line;
  if (parts.size() < 3 || parts[1].empty() || parts[0].find(':') == std::string::npos) return line;
  if (parts[2].empty() || parts[2][0] == '.' || parts[2][0] == '@') return line;
  // What Debian 12's objdump reads MVE as.
  for (const char* coprocessor : {"ldc", "stc", "cdp", "mcr", "mrc"}) {
    if (parts[2].starts_with(coprocessor)) return line;
  }
  line.address = static_cast<uint32_t>(std::stoul(parts[0], nullptr, 16));
  for (const std::string& half : split(parts[1], ' ')) {
    if (half.empty()) continue;
    auto value = std::stoul(half, nullptr, 16);
    line.bytes.push_back(value & 255);
    line.bytes.push_back(value >> 8 & 255);
  }
  line.mnemonic = parts[2].substr(0, parts[2].find(' '));
  for (size_t i = 3; i < parts.size(); ++i) line.operands += parts[i] + " ";
  // "b.n d2 <main+0x1a>": the address isn't a register.
  size_t label = line.operands.find('<');
  if (label != std::string::npos && label > 0) label = line.operands.rfind(' ', label - 2) + 1;
  line.operands = line.operands.substr(0, std::min(label, line.operands.find_first_of(";@")));
  return line;
}

std::vector<Line> disassemble(const std::filesystem::path& elf) {
  std::string command = "arm-none-eabi-objdump -d " + elf.string();
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::vector<Line> lines;
  std::array<char, 1024> buffer;
  while (pipe && fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
    std::string text(buffer.data());
    Line line = read_line(text.substr(0, text.find('\n')));
    if (!line.bytes.empty()) lines.push_back(line);
  }
  return lines;
}

/// The bits of a register's name; 0 if it is none.
Registers named(const std::string& name) {
  const std::map<std::string, int> special = {{"sb", 9},  {"sl", 10}, {"fp", 11}, {"ip", 12},
                                              {"sp", 13}, {"lr", 14}, {"pc", 15}};
  if (auto at = special.find(name); at != special.end()) return Registers{1} << at->second;
  if (name.size() < 2 || name.size() > 3) return 0;
  if (name.find_first_not_of("0123456789", 1) != std::string::npos) return 0;
  int number = std::stoi(name.substr(1));
  switch (name[0]) {
    case 'r':
      return Registers{1} << number;
    case 's':
      return Registers{1} << (kFirstFp + number);
    case 'd':
      return Registers{3} << (kFirstFp + 2 * number);
    case 'q':
      return Registers{15} << (kFirstFp + 4 * number);
    default:
      return 0;
  }
}

/// All that the operands name, ranges such as {r4-r6} included.
Registers named_registers(const std::string& operands) {
  Registers all = 0, range_begin = 0;
  std::string word;
  for (char c : operands + " ") {
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
      word += c;
      continue;
    }
    Registers one = named(word);
    for (Registers r = range_begin; r != 0 && r < one; r <<= std::popcount(one)) all |= r;
    all |= one;
    range_begin = c == '-' ? one : 0;
    word.clear();
  }
  return all;
}

/// Whether a mnemonic is this one, perhaps with a condition in an IT block (addeq for adds).
bool is_conditional(std::string stem, const std::string& mnemonic) {
  if (stem.size() > 2 && stem.back() == 's') stem.pop_back();
  const std::string conditions = "eq ne cs cc mi pl vs vc hi ls ge lt gt le";
  return mnemonic.size() == stem.size() + 2 && mnemonic.starts_with(stem) &&
         conditions.find(mnemonic.substr(stem.size())) != std::string::npos;
}

bool agrees(std::string_view row, const std::string& mnemonic) {
  std::string name = mnemonic.substr(0, mnemonic.find('.'));
  for (std::string stem : split(std::string(row), '|')) {
    if (stem[0] == '*') return true;
    bool open = stem.back() == '*';
    if (open) stem.pop_back();
    if (open ? name.starts_with(stem) : name == stem || is_conditional(stem, name)) return true;
  }
  return false;
}

/// Registers that are used without being named: the stack of push and pop, the link of calls.
Registers implied(const Line& line) {
  if (line.mnemonic.find("push") != std::string::npos) return kStackPointer;
  if (line.mnemonic.find("pop") != std::string::npos) return kStackPointer;
  bool calls = agrees("bl|blx", line.mnemonic);
  return calls ? kLinkRegister : 0;
}

/// What is wrong with our reading of this line; empty if nothing.
std::string complaint(const Line& line) {
  Code code = decode_thumb(line.bytes, line.address);
  if (code.size() != 1) return "not one instruction";
  const Instruction& got = code[0];
  if (got.kind == Class::kUnknown) return "unknown";
  if (!agrees(got.mnemonic, line.mnemonic)) return fmt::format("read as {}", got.mnemonic);
  Registers known = (kFlags - 1) & ~kProgramCounter;
  Registers ours = (got.reads | got.writes) & known;
  Registers theirs = (named_registers(line.operands) | implied(line)) & known;
  return ours == theirs ? "" : fmt::format("registers {:x}, not {:x}", ours, theirs);
}

class DecodeFirmwareTest : public FirmwareTest, public testing::WithParamInterface<const Machine*> {
 protected:
  DecodeFirmwareTest() : FirmwareTest(*GetParam()) {}
};

// Integers, floats, doubles, divisions, tables, loops.
constexpr const char* kProgram = R"(
#include <stdint.h>
volatile float f[16]; volatile double d[8]; volatile int32_t n[32]; volatile int8_t b[64];
volatile int64_t wide;
static int pick(int i) {
  switch (i) { case 0: return n[3]; case 1: return n[4] / n[5]; case 2: return b[1] << n[1];
    case 3: return int(f[2]); case 4: return n[9] % 10; case 5: return b[4] * n[1]; default: return 7; }
}
int mote_main(int count, char**) {
  int64_t sum = 0;
  for (int i = 0; i < 32; ++i) { sum += int64_t(n[i]) * b[i]; n[i] = (n[i] << 3) + (b[i] & 0xff); }
  for (int i = 0; i < 16; ++i) f[i] = f[i] * f[15 - i] + float(n[i]);
  for (int i = 0; i < 8; ++i) d[i] = d[i] / 3.0 + f[i];
  for (int i = 0; i < 64; ++i) b[i] = int8_t(b[i] > 3 ? b[i] : -n[i & 31]);
  n[0] = pick(count) + int(sum >> 7);
  wide = sum;
  return 0;
}
)";

TEST_P(DecodeFirmwareTest, EveryInstructionIsWhatObjdumpSays) {
  MOTE_NEEDS("arm-none-eabi-objdump");
  ASSERT_TRUE(build_firmware(machine_, firmware_with(kProgram), elf()).ok());
  int instructions = 0;
  for (const Line& line : disassemble(elf())) {
    EXPECT_EQ(complaint(line), "")
        << fmt::format("{:08x} {} {}", line.address, line.mnemonic, line.operands);
    ++instructions;
  }
  EXPECT_GT(instructions, 300);
}

std::string machine_name(const testing::TestParamInfo<const Machine*>& info) {
  std::string name(info.param->name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::vector<const Machine*> thumb_machines() {
  std::vector<const Machine*> all;
  for (const Machine& machine : machines()) {
    if (machine.emulator == Emulator::kQemu) all.push_back(&machine);
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Machines, DecodeFirmwareTest, testing::ValuesIn(thumb_machines()),
                         machine_name);

}  // namespace
}  // namespace mote::timing
