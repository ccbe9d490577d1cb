// SPDX-License-Identifier: Apache-2.0
#include "ops/run_text_test.h"

namespace mote {
namespace {

std::string graph(const char* filter_quantization, const char* attributes) {
  return R"(
    input %0 "x" int8[1,2] q(0.5:-1)
    const %1 "w" int8[2,2] )" +
         std::string(filter_quantization) + " = " + hex<int8_t>({1, 2, 3, -4}) + R"(
    const %2 "b" int32[2] = )" +
         hex<int32_t>({10, -10}) + R"(
    %3 "y" int8[1,2] q(1:3) = FULLY_CONNECTED(%0, %1, %2) {)" +
         attributes + R"(}
    output %3)";
}

TEST(FullyConnected, OneScale) {
  // (4·1 + 6·2 + 10) / 4 + 3 = 9.5, (4·3 - 6·4 - 10) / 4 + 3 = -2.5; ties away from zero.
  EXPECT_EQ(
      run_text<int8_t>(graph("q(0.5:0)", "keep_num_dims=false"), {bytes_from<int8_t>({3, 5})}),
      (std::vector<int8_t>{10, -3}));
}

TEST(FullyConnected, AScaleForEachOutput) {
  EXPECT_EQ(run_text<int8_t>(graph("q(axis 0; 0.5:0, 1:0)", "keep_num_dims=true"),
                             {bytes_from<int8_t>({3, 5})}),
            (std::vector<int8_t>{10, -8}));
}

TEST(FullyConnected, WeightsWithAZeroPoint) {
  // Weights (0, 1, 2, -5): (6 + 10) / 4 + 3 = 7, (8 - 30 - 10) / 4 + 3 = -5.
  EXPECT_EQ(
      run_text<int8_t>(graph("q(0.5:1)", "keep_num_dims=false"), {bytes_from<int8_t>({3, 5})}),
      (std::vector<int8_t>{7, -5}));
}

TEST(FullyConnected, ShuffledWeightsAreRefused) {
  EXPECT_NE(
      refusal(graph("q(0.5:0)", "weights_format=\"SHUFFLED4x16INT8\"")).find("weights_format"),
      std::string::npos);
}

}  // namespace
}  // namespace mote
