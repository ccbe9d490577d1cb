// SPDX-License-Identifier: Apache-2.0
#include "ir/lowering.h"
#include "ir/target.h"
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

/// The kernel for Cortex-M4 of a 1×1 convolution of such a picture with weights of 4 bits.
std::string narrow_kernel(const char* shape) {
  std::vector<int8_t> weights;
  for (int i = 0; i < 16; ++i) weights.push_back(static_cast<int8_t>(i * 5 % 15 - 7));
  const std::string lines =
      R"(
    input %0 "x" int8[)" +
      std::string(shape) +
      R"(] q(0.02:-128)
    const %1 "w" int8[4,1,1,4] q(0.05:0) = )" +
      hex(weights) + R"(
    %2 "y" int8[)" +
      shape + R"(] q(0.03:-128) = CONV_2D(%0, %1, _) {fused_activation_function="RELU"}
    output %2)";
  Result<Graph> graph = parse("graph \"test\" {\n" + lines + "\n}", operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  if (!graph.ok()) return {};
  Result<LoweredNode> lowered = lower_node(*graph, graph->nodes[0], *target_of_core("cortex-m4"));
  return std::string(lowered.ok() ? lowered->steps[0].kernel->name : lowered.error().message);
}

TEST(Conv2dInt4, WeightsOfManyPixelsAreStoredAsInt8ToRoundOnce) {
  EXPECT_EQ(narrow_kernel("1,6,6,4"), "conv_2d_int8_dsp_linear");
  EXPECT_EQ(narrow_kernel("1,3,3,4"), "conv_2d_int8_dsp_folded_int4");
}

}  // namespace
}  // namespace mote
