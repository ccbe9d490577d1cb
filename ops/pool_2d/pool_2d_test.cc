// SPDX-License-Identifier: Apache-2.0
#include "ops/run_text_test.h"

namespace mote {
namespace {

TEST(Pool2d, Int8MeansRoundHalfAwayFromZero) {
  std::string graph = R"(
    input %0 "x" int8[1,1,6,1] q(1:0)
    %1 "y" int8[1,1,3,1] q(1:0) = AVERAGE_POOL_2D(%0) {filter_width=2, padding="VALID", stride_w=2}
    output %1)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from<int8_t>({1, 2, -1, -2, -3, 2})}),
            (std::vector<int8_t>{2, -2, -1}));
}

TEST(Pool2d, PaddingDoesNotCount) {
  std::string graph = R"(
    input %0 "x" float32[1,2,2,1]
    %1 "y" float32[1,2,2,1] = AVERAGE_POOL_2D(%0) {filter_height=2, filter_width=2, padding="SAME"}
    output %1)";
  EXPECT_EQ(run_text<float>(graph, {bytes_from<float>({1, 2, 3, 4})}),
            (std::vector<float>{2.5f, 3, 3.5f, 4}));
}

TEST(Pool2d, MaximumIsClampedToTheActivation) {
  std::string graph = R"(
    input %0 "x" int8[1,1,4,1] q(0.5:-10)
    %1 "y" int8[1,1,2,1] q(0.5:-10) = MAX_POOL_2D(%0)
      {filter_width=2, fused_activation_function="RELU6", padding="VALID", stride_w=2}
    output %1)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from<int8_t>({-90, -100, 7, 1})}),
            (std::vector<int8_t>{-10, 2}));
}

TEST(Pool2d, InputAndOutputShareTheirScale) {
  EXPECT_NE(refusal(R"(
    input %0 "x" int8[1,1,4,1] q(0.5:0)
    %1 "y" int8[1,1,4,1] q(0.25:0) = MAX_POOL_2D(%0)
    output %1)")
                .find("must be equal"),
            std::string::npos);
}

}  // namespace
}  // namespace mote
