// SPDX-License-Identifier: Apache-2.0
// Whole firmware: the estimate can't be below what the core can issue, nor far above.
#include <numeric>

#include "boards/run_test_support.h"
#include "boards/timing/core_timing.h"

namespace mote::timing {
namespace {

class EstimateTest : public FirmwareTest, public testing::WithParamInterface<const Machine*> {
 protected:
  EstimateTest() : FirmwareTest(*GetParam()) {}
};

constexpr const char* kDotProduct = R"(
#include <stdint.h>
static int8_t a[1024], b[1024];
volatile int32_t result;
int mote_main(int, char**) {
  for (int i = 0; i < 1024; ++i) { a[i] = int8_t(i); b[i] = int8_t(3 * i); }
  for (int round = 0; round < 100; ++round) {
    int32_t sum = round;
    for (int i = 0; i < 1024; ++i) sum += a[i] * b[i];
    result = sum;
  }
  return 0;
}
)";

TEST_P(EstimateTest, AnEstimateIsPlausible) {
  auto report = run(kDotProduct);
  ASSERT_TRUE(report.ok()) << report.error().message;
  const CoreTiming* core = find_core_timing(machine_.name);
  ASSERT_NE(core, nullptr);
  Bytes file = *read_file(elf());
  Elf parsed = *read_elf(file, "test.elf");
  Segment whole;
  whole.edges = report->edges;
  auto cycles = CycleEstimator(*core, file, parsed).cycles(*report, whole, {});
  double total = std::accumulate(cycles.begin(), cycles.end(), 0.0);
  auto instructions = static_cast<double>(report->instructions);
  EXPECT_GT(total, instructions / (core->may_pair != nullptr ? 2 : 1));
  EXPECT_LT(total, instructions * 3);
}

TEST(Estimate, MissesCostWhatTheBoardSays) {
  Bytes file = {0x08, 0x68};  // ldr r0, [r1]
  Elf elf;
  elf.segments = {{0x1000, 2, 0}};
  ExecutionCounts counts;
  counts.blocks = {{0x1000, 2, 1, 0, 10}};
  Segment segment;
  segment.edges = {{MOTE_DUMP_NO_BLOCK, 0, 10}};
  segment.misses = {{0, 0, 3, 2}};
  CycleEstimator estimator(*find_core_timing("cortex-m4"), file, elf);
  EXPECT_EQ(estimator.cycles(counts, segment, {.fetch = 5, .read = 4})[0], 10 * 2 + 3 * 5 + 2 * 4);
}

TEST(Estimate, CodeThatIsNotInTheFileTakesACycleAnInstruction) {
  ExecutionCounts counts;
  counts.blocks = {{0x20000000, 8, 4, 0, 10}};
  Segment segment;
  segment.edges = {{MOTE_DUMP_NO_BLOCK, 0, 10}};
  Bytes file;
  Elf elf;
  CycleEstimator estimator(*find_core_timing("cortex-m4"), file, elf);
  EXPECT_EQ(estimator.cycles(counts, segment, {})[0], 40);
}

TEST(Estimate, ABlockThatEndsWithoutABranchGoesOnInTheNext) {
  Bytes file = {0x08, 0x68, 0x4a, 0x68};  // ldr r0, [r1]; ldr r2, [r1, #4]
  Elf elf;
  elf.segments = {{0x1000, 4, 0}};
  ExecutionCounts whole, split;
  whole.blocks = {{0x1000, 4, 2, 0, 10}};
  split.blocks = {{0x1000, 2, 1, 0, 10}, {0x1002, 2, 1, 0, 10}};
  Segment one, two;
  one.edges = {{MOTE_DUMP_NO_BLOCK, 0, 10}};
  two.edges = {{MOTE_DUMP_NO_BLOCK, 0, 10}, {0, 1, 10}};
  CycleEstimator estimator(*find_core_timing("cortex-m4"), file, elf);
  EXPECT_EQ(estimator.cycles(whole, one, {})[0], 10 * 3) << "loads back to back";
  const std::vector<double> cycles = estimator.cycles(split, two, {});
  EXPECT_EQ(cycles[0] + cycles[1], 10 * 3);
}

TEST(Estimate, EveryModelSaysWhatItIs) {
  for (const char* core : {"cortex-m0", "cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7",
                           "cortex-m33", "cortex-m55", "rv32imc"}) {
    const CoreTiming* timing = find_core_timing(core);
    ASSERT_NE(timing, nullptr) << core;
    EXPECT_EQ(info(*timing).core, core);
    EXPECT_GT(info(*timing).stated_error, 0) << core;
    EXPECT_GT(info(*timing).peak_macs_per_cycle, 0) << core;
  }
  EXPECT_EQ(find_core_timing("arc-em9d"), nullptr);
}

std::string machine_name(const testing::TestParamInfo<const Machine*>& info) {
  std::string name(info.param->name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::vector<const Machine*> all_machines() {
  std::vector<const Machine*> all;
  for (const Machine& machine : machines()) all.push_back(&machine);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Machines, EstimateTest, testing::ValuesIn(all_machines()), machine_name);

}  // namespace
}  // namespace mote::timing
