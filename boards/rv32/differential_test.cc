// SPDX-License-Identifier: Apache-2.0
// The simulator against QEMU's riscv32, which others wrote: random programs of ordinary and
// compressed instructions, and compiled firmware. Both machines run the same ELF file and leave
// their registers and memory, or what the firmware writes, in a file; the files must be equal.
#include <elf.h>

#include <map>
#include <random>

#include "boards/qemu.h"
#include "boards/run_test_support.h"
#include "boards/rv32/encode.h"

namespace mote::rv32 {
namespace {

constexpr const char* kQemu = "qemu-system-riscv32";
constexpr uint32_t kRam = 0x80000000, kData = kRam + 0x20000, kDataBytes = 256;
constexpr uint32_t kSp = 2, kBase = 3, kA0 = 10, kA1 = 11;  // kBase: gp, points at kData

const Machine& simulated() {
  return **find_machine("rv32imc");
}

/// A program for both machines, as halfwords.
class Program {
 public:
  void add(uint32_t word) {
    half(static_cast<uint16_t>(word));
    half(static_cast<uint16_t>(word >> 16));
  }
  void half(uint16_t value) { halves_.push_back(value); }
  void align(uint32_t bytes) {
    while (halves_.size() * 2 % bytes != 0) half(0x0001);  // c.nop
  }
  void constant(uint32_t rd, uint32_t value) {
    add(u_type(Op::lui, rd, value + 0x800));
    add(i_type(Op::addi, rd, rd, value));
  }
  /// A request whose operation is in a0 and whose block is at a1.
  void semihosting() {
    align(16);
    add(0x01f01013);
    add(match_of(Op::ebreak));
    add(0x40705013);
  }

  /// An ELF file that loads the program at kRam and `data` at kData, and starts at kRam.
  Bytes elf(const std::vector<uint32_t>& data) const;

 private:
  std::vector<uint16_t> halves_;
};

std::string raw(const void* data, size_t bytes) {
  return std::string(static_cast<const char*>(data), bytes);
}

Bytes Program::elf(const std::vector<uint32_t>& data) const {
  std::vector<uint32_t> code_words((halves_.size() + 1) / 2);
  for (size_t i = 0; i < halves_.size(); ++i) {
    code_words[i / 2] |= uint32_t{halves_[i]} << (i % 2 * 16);
  }
  Elf32_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS32;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;
  header.e_machine = EM_RISCV;
  header.e_version = EV_CURRENT;
  header.e_flags = 1;  // compressed instructions
  header.e_entry = kRam;
  header.e_ehsize = sizeof header;
  header.e_phoff = sizeof header;
  header.e_phentsize = sizeof(Elf32_Phdr);
  header.e_phnum = 2;
  const std::vector<uint32_t>* contents[] = {&code_words, &data};
  const uint32_t addresses[] = {kRam, kData};
  std::string rows, body;
  for (int i = 0; i < 2; ++i) {
    Elf32_Phdr row = {};
    row.p_type = PT_LOAD;
    row.p_flags = PF_R | PF_W | PF_X;
    row.p_align = 4;
    row.p_offset = static_cast<uint32_t>(sizeof header + 2 * sizeof row + body.size());
    row.p_vaddr = row.p_paddr = addresses[i];
    row.p_filesz = row.p_memsz = static_cast<uint32_t>(4 * contents[i]->size());
    rows += raw(&row, sizeof row);
    body += raw(contents[i]->data(), row.p_filesz);
  }
  std::string file = raw(&header, sizeof header) + rows + body;
  return Bytes(file.begin(), file.end());
}

/// Draws programs. x2 and x3 point at the data and stay as they are; every other register is free.
class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  Bytes draw(int instructions) {
    Program program;
    for (uint32_t r = 1; r < 32; ++r) program.constant(r, value());
    program.constant(kSp, kData);
    program.constant(kBase, kData + 128);
    for (int i = 0; i < instructions; ++i) add_one(&program);
    finish(&program);
    return program.elf(data());
  }

 private:
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }
  bool chance(uint32_t one_in) { return below(one_in) == 0; }

  /// Registers hold edge values more often than chance would have it.
  uint32_t value() {
    constexpr uint32_t kEdges[] = {0, 1, 2, 31, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe};
    return chance(2) ? kEdges[below(std::size(kEdges))] : static_cast<uint32_t>(random_());
  }
  uint32_t any() { return below(32); }
  uint32_t free_register() {
    uint32_t r = any();
    return r == kSp || r == kBase ? 1 : r;
  }

  void add_one(Program* program) {
    if (chance(3)) return add_compressed(program);
    if (chance(12)) return add_compressed_jump(program);
    const InstructionRow& row = instruction_rows()[below(static_cast<uint32_t>(Op::csrrw))];
    uint32_t word = (static_cast<uint32_t>(random_()) & ~row.mask) | row.match;
    word = (word & ~bits(~0u, 4, 0, 7)) | free_register() << 7;
    Op op = static_cast<Op>(&row - instruction_rows().data());
    switch (row.format) {
      case Format::B:
        return program->add(b_type(op, any(), any(), 4 + 2 * below(8))), pad(program);
      case Format::J:
        return program->add(j_type(op, free_register(), 4 + 2 * below(8))), pad(program);
      case Format::Jump:
        return add_jalr(program);
      case Format::Load:
        return program->add(i_type(op, free_register(), kBase, data_offset(row)));
      case Format::S:
        return program->add(s_type(op, kBase, any(), data_offset(row)));
      case Format::System:  // fence.i
        return program->add(row.match);
      default:
        return program->add(word);
    }
  }

  /// Where a branch may land: c.li and c.addi, 14 bytes of them.
  void pad(Program* program) {
    for (int i = 0; i < 7; ++i) {
      uint32_t rd = free_register();
      program->half(static_cast<uint16_t>((chance(2) ? 0x4001 : 0x0001) | rd << 7 | below(32) << 2 |
                                          below(2) << 12));
    }
  }

  /// Within kData's 256 bytes around kBase, aligned.
  uint32_t data_offset(const InstructionRow& row) {
    uint32_t width = row.match >> 12 & 3;  // 0 byte, 1 halfword, 2 word
    return (below(kDataBytes - 4) & ~((1u << width) - 1)) - 128;
  }

  /// auipc t, 0; jalr rd, t, 8 to 20, now and then with bit 0 set.
  void add_jalr(Program* program) {
    uint32_t base = 1 + below(1);
    program->add(u_type(Op::auipc, base, 0));
    program->add(i_type(Op::jalr, free_register(), base, 8 + 2 * below(8) + below(2)));
    pad(program);
  }

  /// A compressed one that neither jumps nor moves sp; loads and stores are relative to sp.
  void add_compressed(Program* program) {
    for (;;) {
      uint16_t half = static_cast<uint16_t>(random_());
      if (instruction_bytes(half) != 2) continue;
      Instruction i = decode(half, 0);
      if (i.op == Op::illegal || i.rd == kSp || i.rd == kBase) continue;
      Format format = instruction_rows()[static_cast<size_t>(i.op)].format;
      bool jumps = ends_block(format), memory = format == Format::Load || format == Format::S;
      if (jumps || (memory && (i.rs1 != kSp || i.imm > kDataBytes - 4))) continue;
      return program->half(half);
    }
  }

  /// c.beqz, c.bnez, c.j or c.jal, forward into what pad() leaves; its offset's bits 1 to 3 are the
  /// halfword's bits 3, 4 and, for jumps, 5 or, for branches, 10.
  void add_compressed_jump(Program* program) {
    uint32_t offset = 2 * (1 + below(7));
    uint32_t low = bits(offset, 2, 1, 3), bit3 = bits(offset, 3, 3, 0);
    constexpr uint16_t kBranches[] = {0xc001, 0xe001}, kJumps[] = {0xa001, 0x2001};
    uint32_t half = chance(2) ? kBranches[below(2)] | below(8) << 7 | low | bit3 << 10
                              : kJumps[below(2)] | low | bit3 << 5;
    program->half(static_cast<uint16_t>(half));
    pad(program);
  }

  std::vector<uint32_t> data() {
    std::vector<uint32_t> words(kDataBytes / 4 + 64);
    for (size_t i = 0; i < kDataBytes / 4; ++i) words[i] = value();
    // Behind the data: room for 32 registers, then blocks of arguments and the file's name.
    uint32_t* blocks = &words[kDataBytes / 4 + 32];
    uint32_t name = kNames;
    const uint32_t open[] = {name, 5, 8}, write[] = {1, kData, kDataBytes + 128},
                   exit[] = {0x20026, 0};
    std::copy(std::begin(open), std::end(open), blocks);
    std::copy(std::begin(write), std::end(write), blocks + 4);
    std::copy(std::begin(exit), std::end(exit), blocks + 8);
    std::memcpy(blocks + 12, "dump.bin", 9);
    return words;
  }
  static constexpr uint32_t kBlocks = kData + kDataBytes + 128, kNames = kBlocks + 48;

  /// Stores the registers behind the data and writes both into dump.bin.
  void finish(Program* program) {
    for (uint32_t r = 0; r < 32; ++r) {
      program->add(s_type(Op::sw, kBase, r, 128 + 4 * r));
    }
    auto call = [&](uint32_t operation, uint32_t block) {
      program->constant(kA1, block);
      program->add(i_type(Op::addi, kA0, 0, operation));
      program->semihosting();
    };
    call(0x01, kBlocks);
    program->constant(5, kBlocks + 16);
    program->add(s_type(Op::sw, 5, kA0, 0));  // the handle
    call(0x05, kBlocks + 16);
    call(0x20, kBlocks + 32);
  }

  std::mt19937 random_;
};

/// Runs an ELF file in a folder of its own on QEMU; the folder then holds what it wrote.
ProcessOutcome run_in_qemu(const std::filesystem::path& elf, const std::filesystem::path& folder) {
  auto outcome =
      run_process({"env", "-C", folder.string(), kQemu, "-M", "virt", "-bios", "none", "-display",
                   "none", "-monitor", "none", "-serial", "none", "-semihosting-config",
                   "enable=on,target=native", "-kernel", elf.string()},
                  60);
  return outcome.ok() ? *outcome
                      : ProcessOutcome{.exit_code = -1, .output = outcome.error().message};
}

std::string differences(const Bytes& ours, const Bytes& theirs) {
  std::string text;
  for (size_t at = 0; at + 4 <= std::min(ours.size(), theirs.size()); at += 4) {
    uint32_t a, b;
    std::memcpy(&a, &ours[at], 4);
    std::memcpy(&b, &theirs[at], 4);
    if (a == b) continue;
    text +=
        at < kDataBytes ? fmt::format("data + {}", at) : fmt::format("x{}", (at - kDataBytes) / 4);
    text += fmt::format(": {:08x}, QEMU {:08x}\n", a, b);
  }
  return text;
}

class Differential : public testing::Test {
 protected:
  void SetUp() override { MOTE_NEEDS(kQemu); }

  void compare(uint32_t seed) {
    auto elf = folder_.path() / "random.elf";
    auto ours = folder_.path() / "ours", theirs = folder_.path() / "theirs";
    ASSERT_TRUE(make_folder(ours).ok() && make_folder(theirs).ok());
    ASSERT_TRUE(write_file(elf, Generator(seed).draw(2000)).ok());
    RunOptions options;
    options.folder = ours;
    options.max_instructions = 1000000;
    auto report = run_firmware(simulated(), elf, options);
    ASSERT_TRUE(report.ok()) << seed << ": " << report.error().message;
    EXPECT_EQ(report->exit_code, 0);
    ProcessOutcome qemu = run_in_qemu(elf, theirs);
    ASSERT_EQ(qemu.exit_code, 0) << seed << ": " << qemu.output;
    auto a = read_file(ours / "dump.bin"), b = read_file(theirs / "dump.bin");
    ASSERT_TRUE(a.ok() && b.ok()) << seed;
    ASSERT_EQ(a->size(), kDataBytes + 128) << seed;
    EXPECT_TRUE(*a == *b) << "seed " << seed << ":\n" << differences(*a, *b);
  }

  TempFolder folder_ = *TempFolder::make();
};

TEST_F(Differential, RandomProgramsLeaveTheRegistersAndMemoryThatQemuLeaves) {
  const char* configured = getenv("MOTE_RV32_SEEDS");
  uint32_t seeds = configured ? static_cast<uint32_t>(atoi(configured)) : 20;
  for (uint32_t seed = 1; seed <= seeds && !HasFatalFailure(); ++seed) compare(seed);
}

// Arithmetic of every width, floats, tables, calls through pointers and a sort.
constexpr const char* kFirmware =
    "static uint32_t state = 1;\n"
    "static uint32_t draw() { return state = state * 1664525u + 1013904223u; }\n"
    "static uint32_t table[256];\n"
    "static void sort(uint32_t* a, int n) {\n"
    "  if (n < 2) return;\n"
    "  uint32_t pivot = a[n / 2]; int i = 0, j = n - 1;\n"
    "  while (i <= j) {\n"
    "    while (a[i] < pivot) ++i;\n"
    "    while (a[j] > pivot) --j;\n"
    "    if (i <= j) { uint32_t t = a[i]; a[i++] = a[j]; a[j--] = t; }\n"
    "  }\n"
    "  sort(a, j + 1); sort(a + i, n - i);\n"
    "}\n"
    "static int64_t divide(int64_t a, int64_t b) { return b ? a / b + a % b : a; }\n"
    "static int64_t multiply(int64_t a, int64_t b) { return a * b ^ (a >> 7); }\n"
    "static int64_t real(int64_t a, int64_t b) {\n"
    "  float f = (float)a * 0.001f + (float)(int32_t)b; double d = (double)b / 3.0 - f;\n"
    "  return (int64_t)(int32_t)(f * 0.5f) + (d > 0 ? 1 : -1);\n"
    "}\n"
    "static int64_t (*const volatile kFunctions[])(int64_t, int64_t) = {divide, multiply, real};\n"
    "int mote_main(int, char**) {\n"
    "  for (uint32_t& word : table) word = draw();\n"
    "  sort(table, 256);\n"
    "  for (int i = 0; i < 1000; ++i) {\n"
    "    int64_t a = (int64_t)((uint64_t)draw() << (draw() % 32)), b = (int16_t)draw();\n"
    "    table[i % 256] ^= (uint32_t)kFunctions[draw() % 3](a, b);\n"
    "  }\n"
    "  int out = mote::semihost::open(\"table.bin\", mote::semihost::OpenMode::kWrite);\n"
    "  mote::semihost::write(out, table, sizeof table);\n"
    "  mote::semihost::close(out);\n"
    "  mote::semihost::print_unsigned(table[0]);\n"
    "  return table[1] & 63;\n"
    "}\n";

/// Instructions by function, without QEMU's boot code, which has no symbols.
std::map<std::string, uint64_t> by_function(const RunReport& report) {
  std::map<std::string, uint64_t> all;
  for (const FunctionCount& f : report.functions) all[f.name] = f.instructions;
  all.erase("(no symbol)");
  return all;
}

TEST_F(Differential, CompiledFirmwareGivesQemusResultsAndInstructionCounts) {
  MOTE_NEEDS(simulated().compiler);
  // QEMU starts at its RAM's first byte, so the code has to be there.
  Machine machine = simulated();
  machine.flash_origin = kRam;
  machine.ram_origin = kRam + machine.flash_bytes;
  Machine qemu = machine;
  qemu.emulator = Emulator::kQemu;
  qemu.qemu_program = kQemu;
  qemu.qemu_machine = "virt,firmware=none";
  auto elf = folder_.path() / "test.elf", table = folder_.path() / "table.bin";
  ScopedVariable cache("XDG_CACHE_HOME", folder_.path().string());
  auto built = build_firmware(machine, firmware_with(kFirmware), elf);
  ASSERT_TRUE(built.ok()) << built.error().message;
  RunOptions options;
  options.folder = folder_.path();
  auto ours = run_firmware(machine, elf, options);
  ASSERT_TRUE(ours.ok()) << ours.error().message;
  auto our_table = read_file(table);
  std::filesystem::remove(table);
  auto theirs = run_firmware(qemu, elf, options);
  ASSERT_TRUE(theirs.ok()) << theirs.error().message;
  auto their_table = read_file(table);
  ASSERT_TRUE(our_table.ok() && their_table.ok());
  EXPECT_TRUE(*our_table == *their_table);
  EXPECT_EQ(ours->exit_code, theirs->exit_code);
  EXPECT_EQ(ours->console, theirs->console);
  EXPECT_EQ(ours->stack_peak_bytes, theirs->stack_peak_bytes);
  EXPECT_EQ(by_function(*ours), by_function(*theirs));
}

}  // namespace
}  // namespace mote::rv32
