// SPDX-License-Identifier: Apache-2.0
#include "ops/run_text_test.h"

namespace mote {
namespace {

TEST(DepthwiseConv2d, EachInputChannelHasItsFilters) {
  std::string graph = R"(
    input %0 "x" float32[1,1,2,2]
    const %1 "w" float32[1,1,2,4] = )" +
                      hex<float>({1, 2, 3, 4, 10, 20, 30, 40}) + R"(
    %2 "y" float32[1,1,1,4] = DEPTHWISE_CONV_2D(%0, %1, _) {depth_multiplier=2, padding="VALID"}
    output %2)";
  EXPECT_EQ(run_text<float>(graph, {bytes_from<float>({1, 2, 3, 4})}),
            (std::vector<float>{31, 62, 126, 168}));
}

TEST(DepthwiseConv2d, AWrongMultiplierIsRefused) {
  std::string graph = R"(
    input %0 "x" float32[1,1,2,2]
    const %1 "w" float32[1,1,1,4] = )" +
                      hex<float>({1, 2, 3, 4}) + R"(
    %2 "y" float32[1,1,2,4] = DEPTHWISE_CONV_2D(%0, %1, _) {depth_multiplier=3}
    output %2)";
  EXPECT_NE(refusal(graph).find("depth_multiplier is 3, the operands make it 2"),
            std::string::npos);
}

}  // namespace
}  // namespace mote
