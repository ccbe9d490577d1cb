// SPDX-License-Identifier: Apache-2.0
// Firmware whose misses can be counted by hand, on a machine of each emulator.
#include "boards/run_test_support.h"

namespace mote {
namespace {

constexpr uint32_t kTableBytes = 4096;

/// A table in flash, and a loop that reads `n` words of it, `stride` words apart, `times` times.
std::string reading(uint32_t n, uint32_t stride, uint32_t times) {
  return fmt::format(
      "struct alignas(4096) Table {{ uint32_t words[{}]; }};\n"
      "extern const Table table = {{{{1, 2, 3}}}};\n"
      "extern \"C\" {{\n"
      "__attribute__((noinline)) uint32_t sum(const volatile uint32_t* at, uint32_t n, uint32_t "
      "stride, uint32_t times) {{\n"
      "  uint32_t all = 0;\n"
      "  for (uint32_t t = 0; t < times; ++t) for (uint32_t i = 0; i < n; ++i) all += at[i * "
      "stride];\n"
      "  return all;\n"
      "}}\n"
      "__attribute__((noinline)) void after() {{ asm volatile(\"\"); }}\n"
      "}}\n"
      "int mote_main(int, char**) {{\n"
      "  uint32_t all = sum(table.words, {}, {}, {});\n"
      "  after();\n"
      "  return static_cast<int>(all & 1);\n"
      "}}\n",
      kTableBytes / 4, n, stride, times);
}

class CacheRunTest : public FirmwareTest, public testing::WithParamInterface<const char*> {
 protected:
  CacheRunTest() : FirmwareTest(**find_machine(GetParam())) {}

  CacheModel flash_cache(bool fetches, bool reads, uint32_t sets, uint32_t ways) const {
    return {fetches, reads, machine_.flash_origin, machine_.flash_bytes, 32, sets, ways};
  }
  uint32_t address_of(const std::string& function) const {
    auto elf_file = read_elf(*read_file(elf()), "test.elf");
    for (const ElfFunction& f : elf_file->functions) {
      if (f.name == function) return f.address;
    }
    return 0;
  }
  /// Misses of the segment that is the call of sum(), fetches and reads.
  std::pair<uint64_t, uint64_t> misses_of_sum(const std::string& text, CacheModel cache) {
    options_ = {
        .arguments = {}, .folder = folder_.path(), .max_seconds = 120, .marks = {}, .caches = {}};
    auto built = run(text);
    EXPECT_TRUE(built.ok()) << built.error().message;
    options_.marks = {address_of("sum"), address_of("after")};
    options_.caches = {cache};
    auto report = run(text);
    EXPECT_TRUE(report.ok()) << report.error().message;
    if (!report.ok() || report->segments.size() != 3) return {~0u, ~0u};
    std::pair<uint64_t, uint64_t> misses = {0, 0};
    for (const BlockMisses& row : report->segments[1].misses) {
      misses.first += row.fetch_misses;
      misses.second += row.read_misses;
    }
    return misses;
  }
  uint64_t read_misses(uint32_t n, uint32_t stride, uint32_t times, CacheModel cache) {
    return misses_of_sum(reading(n, stride, times), cache).second;
  }
};

TEST_P(CacheRunTest, AStreamMissesOncePerLine) {
  EXPECT_EQ(read_misses(kTableBytes / 4, 1, 1, flash_cache(false, true, 16, 4)), kTableBytes / 32);
}

TEST_P(CacheRunTest, ALineBufferMissesOncePerLineToo) {
  EXPECT_EQ(read_misses(kTableBytes / 4, 1, 1, flash_cache(false, true, 1, 1)), kTableBytes / 32);
}

TEST_P(CacheRunTest, WhatFitsMissesOnlyInTheFirstPass) {
  EXPECT_EQ(read_misses(256, 1, 10, flash_cache(false, true, 16, 4)), 32u);
}

TEST_P(CacheRunTest, WhatDoesntFitMissesInEveryPass) {
  EXPECT_EQ(read_misses(512, 1, 10, flash_cache(false, true, 16, 2)), 640u);
}

TEST_P(CacheRunTest, TwoConflictingLinesMissAlwaysInADirectMappedCache) {
  EXPECT_EQ(read_misses(2, 512 / 4, 50, flash_cache(false, true, 16, 1)), 100u);
  EXPECT_EQ(read_misses(2, 512 / 4, 50, flash_cache(false, true, 16, 2)), 2u);
}

TEST_P(CacheRunTest, OtherMemoryIsNotFollowed) {
  CacheModel cache = flash_cache(true, true, 16, 1);
  cache.origin = machine_.ram_origin + machine_.ram_bytes / 2;
  cache.bytes = 4096;
  auto misses = misses_of_sum(reading(100, 1, 1), cache);
  EXPECT_EQ(misses.first, 0u);
  EXPECT_EQ(misses.second, 0u);
}

TEST_P(CacheRunTest, ALoopsInstructionsMissOnlyTheFirstTime) {
  auto one = misses_of_sum(reading(100, 1, 1), flash_cache(true, false, 16, 4));
  auto many = misses_of_sum(reading(100, 1, 100), flash_cache(true, false, 16, 4));
  EXPECT_GE(one.first, 1u);
  EXPECT_LE(one.first, 5u);
  EXPECT_EQ(many.first, one.first);
  EXPECT_EQ(many.second, 0u) << "reads don't go through it";
}

TEST_P(CacheRunTest, ALoopOverTwoLinesMissesALineBufferEachTime) {
  // 64 bytes of code or a little more, so that it lies in at least two lines.
  std::string text =
      "extern \"C\" {\n"
      "__attribute__((noinline)) void sum(int n) {\n"
      "  for (int i = 0; i < n; ++i) asm volatile(\".rept 32\\n nop\\n .endr\");\n"
      "}\n"
      "__attribute__((noinline)) void after() { asm volatile(\"\"); }\n"
      "}\n"
      "int mote_main(int, char**) { sum(1000); after(); return 0; }\n";
  EXPECT_GE(misses_of_sum(text, flash_cache(true, false, 1, 1)).first, 2000u);
  EXPECT_LE(misses_of_sum(text, flash_cache(true, false, 1, 8)).first, 8u);
}

TEST_P(CacheRunTest, FollowingChangesNoCount) {
  auto plain = run(reading(100, 1, 3));
  options_.caches = {flash_cache(true, true, 16, 4)};
  auto followed = run(reading(100, 1, 3));
  ASSERT_TRUE(plain.ok() && followed.ok());
  EXPECT_EQ(plain->instructions, followed->instructions);
  EXPECT_TRUE(plain->segments[0].misses.empty());
  EXPECT_FALSE(followed->segments[0].misses.empty());
}

TEST_P(CacheRunTest, CachesThatCantBeFollowedAreRefused) {
  options_.caches = {flash_cache(true, true, 3, 1)};
  EXPECT_TRUE(has(error_of(kReturnZero), "sets must be a power of two"));
  options_.caches = {flash_cache(true, false, 4, 1), flash_cache(true, true, 4, 1)};
  EXPECT_TRUE(has(error_of(kReturnZero), "only one can be followed"));
  options_.caches = {flash_cache(true, false, 1u << 16, 2)};
  EXPECT_TRUE(has(error_of(kReturnZero), "a cache of 131072 lines"));
  options_.caches = {flash_cache(true, false, 1, 1)};
  options_.caches[0].line_bytes = 2;
  EXPECT_TRUE(has(error_of(kReturnZero), "lines of 2 bytes"));
  options_.caches[0] = flash_cache(true, false, 1, 1);
  options_.caches[0].bytes = 0;
  EXPECT_TRUE(has(error_of(kReturnZero), "no such addresses"));
}

std::string test_name(const testing::TestParamInfo<const char*>& info) {
  std::string name = info.param;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Machines, CacheRunTest,
                         testing::Values("cortex-m0", "cortex-m4", "cortex-m55", "rv32imc"),
                         test_name);

}  // namespace
}  // namespace mote
