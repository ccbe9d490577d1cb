// SPDX-License-Identifier: Apache-2.0
#include "ops/filter_bank/integer_functions.h"
#include "ops/run_text_test.h"

namespace mote {
namespace {

/// Two channels over four bins; section 0 has bin 0, section 1 bins 1 and 2, section 2 bin 3.
std::string two_channels(const std::string& starts) {
  return R"(
    input %0 "x" uint32[4]
    const %1 "weights" int16[4] = )" +
         hex<int16_t>({1, 2, 3, 4}) + R"(
    const %2 "unweights" int16[4] = )" +
         hex<int16_t>({10, 20, 30, 40}) + R"(
    const %3 "starts" int16[3] = )" +
         starts + R"(
    const %4 "weight starts" int16[3] = )" +
         hex<int16_t>({0, 1, 3}) + R"(
    const %5 "widths" int16[3] = )" +
         hex<int16_t>({1, 2, 1}) + R"(
    %6 "y" uint64[2] = SignalFilterBank(%0, %1, %2, %3, %4, %5) {num_channels=2}
    output %6)";
}

TEST(SignalFilterBank, SharesBinsBetweenNeighbours) {
  std::string graph = two_channels(hex<int16_t>({0, 1, 3}));
  // Channel 0 rises over bins 1, 2 after bin 0's unweight; channel 1 follows with their unweights.
  EXPECT_EQ(run_text<uint64_t>(graph, {bytes_from<uint32_t>({1, 10, 100, 1000})}),
            (std::vector<uint64_t>{10 + 20 + 300, 200 + 3000 + 4000}));
}

TEST(SignalFilterBank, SectionsOutsideTheSpectrumAreRefused) {
  EXPECT_NE(refusal(two_channels(hex<int16_t>({0, 3, 3})))
                .find("section 1 of 2 bins begins at bin 3 of 4"),
            std::string::npos);
}

TEST(SignalFilterBankSquareRoot, RoundsAndShifts) {
  std::string graph = R"(
    input %0 "x" uint64[6]
    const %1 "bits" int32[] = )" +
                      hex<int32_t>({1}) + R"(
    %2 "y" uint32[6] = SignalFilterBankSquareRoot(%0, %1)
    output %2)";
  EXPECT_EQ(
      run_text<uint32_t>(graph, {bytes_from<uint64_t>({0, 1, 16, 56, 57, uint64_t{1} << 62})}),
      (std::vector<uint32_t>{0, 0, 2, 3, 4, 1u << 30}));
}

// Where the rounding changes, and around squares, where a float's root may lie on the wrong side.
TEST(SquareRoot, IsTheOneBitByBit) {
  for (uint64_t root = 0; root <= 0x10000; ++root) {
    for (uint64_t middle : {root * root, root * root + root}) {
      for (uint64_t num = middle - std::min<uint64_t>(middle, 2); num <= middle + 2; ++num) {
        if (num == 0 || num > 0xffffffff) continue;
        uint32_t low = static_cast<uint32_t>(num);
        ASSERT_EQ(square_root(low), rounded_root<uint32_t>(low, bits_needed(low), 0xffff)) << num;
      }
    }
  }
  EXPECT_EQ(square_root(uint32_t{0}), 0u);
}

TEST(SignalFilterBankLog, IsTheNaturalLogarithmInItsScale) {
  std::string graph = R"(
    input %0 "x" uint32[4]
    %1 "y" int16[4] = SignalFilterBankLog(%0) {input_correction_bits=0, output_scale=1000}
    output %1)";
  std::vector<int16_t> y = run_text<int16_t>(graph, {bytes_from<uint32_t>({1, 2, 1000, 1u << 31})});
  const double expected[] = {0, 693.1, 6907.8, 21487.6};
  for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(y[i], expected[i], 1) << i;
}

TEST(SignalPcan, ShrinksWhatIsNotAboveTheNoise) {
  // A gain of 1 for any noise: signals below 2 go with their square, others lose 1.
  std::vector<int16_t> gains(125);
  for (size_t i = 0; i < gains.size(); i += 4) gains[i] = 1;
  for (size_t i = 2; i < gains.size(); i += 4) gains[i] = 0;
  gains[1] = 1;
  gains[2] = 1;
  std::string graph = R"(
    input %0 "x" uint32[3]
    input %1 "noise" uint32[3]
    const %2 "gains" int16[125] = )" +
                      hex(gains) + R"(
    %3 "y" uint32[3] = SignalPCAN(%0, %1, %2) {snr_shift=0}
    output %3)";
  EXPECT_EQ(run_text<uint32_t>(graph, {bytes_from<uint32_t>({4096, 8192, 40960}),
                                       bytes_from<uint32_t>({0, 1, 2})}),
            (std::vector<uint32_t>{16, 64, 576}));
}

}  // namespace
}  // namespace mote
