// SPDX-License-Identifier: Apache-2.0
#include "ops/run_text_test.h"

namespace mote {
namespace {

/// 30000 · 100 / 100 with sums of 32 or 64 bits.
std::vector<int16_t> run(const char* inputs, const char* bias_type) {
  return run_text<int16_t>(R"(
    input %0 "x" int16[1,1,1,1] q(1:0)
    const %1 "w" int8[1,1,1,1] q(1:0) = 0x64
    const %2 "b" int64[1] = 0x0000000000000000
    const %3 "c" int32[1] = 0x00000000
    %4 "y" int16[1,1,1,1] q(100:0) = CONV_2D()" +
                               std::string(inputs) + R"() {quantized_bias_type=")" + bias_type +
                               R"("}
    output %4)",
                           {bytes_from<int16_t>({30000})});
}

TEST(Conv2dInt16, SumsAreAsWideAsTheBias) {
  // 0.01 has 32 bits, or 16: 20972 / 2^21.
  EXPECT_EQ(run("%0, %1, %3", "FLOAT32"), std::vector<int16_t>{30000});
  EXPECT_EQ(run("%0, %1, %2", "FLOAT32"), std::vector<int16_t>{30001});
}

TEST(Conv2dInt16, WithoutABiasTheOptionSaysHowWide) {
  EXPECT_EQ(run("%0, %1, _", "INT32"), std::vector<int16_t>{30000});
  EXPECT_EQ(run("%0, %1, _", "INT64"), std::vector<int16_t>{30001});
  EXPECT_EQ(run("%0, %1, _", "FLOAT32"), std::vector<int16_t>{30001});
}

TEST(Conv2dInt16, ScalesOutOfRangeAreRefused) {
  std::string message = refusal(R"(
    input %0 "x" int16[1,1,1,1] q(1:0)
    const %1 "w" int8[1,1,1,1] q(1:0) = 0x64
    %2 "y" int16[1,1,1,1] q(0.001:0) = CONV_2D(%0, %1, _)
    output %2)");
  EXPECT_NE(message.find("too large for that of output 0"), std::string::npos) << message;
}

}  // namespace
}  // namespace mote
