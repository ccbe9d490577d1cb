// SPDX-License-Identifier: Apache-2.0
#include "ops/run_text_test.h"

namespace mote {
namespace {

TEST(Mean, OverInnerAndOuterDimensions) {
  std::string graph = R"(
    input %0 "x" float32[2,2,2]
    const %1 "axes" int32[2] = )" +
                      hex<int32_t>({-1, 0}) + R"(
    %2 "y" float32[2] = MEAN(%0, %1)
    output %2)";
  EXPECT_EQ(run_text<float>(graph, {bytes_from<float>({1, 2, 3, 4, 5, 6, 7, 8})}),
            (std::vector<float>{3.5f, 5.5f}));
}

TEST(Mean, Int8BringsTheZeroPointAlong) {
  // Real values (1, 2) and (-3, -4) in steps of 1/2 from 4; means 1.5 and -3.5 in steps of 1/4.
  std::string graph = R"(
    input %0 "x" int8[2,2] q(0.5:4)
    const %1 "axes" int32[1] = )" +
                      hex<int32_t>({1}) + R"(
    %2 "y" int8[2,1] q(0.25:-3) = MEAN(%0, %1) {keep_dims=true}
    output %2)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from<int8_t>({6, 8, -2, -4})}),
            (std::vector<int8_t>{3, -17}));
}

TEST(Mean, AxesOutOfRangeAreRefused) {
  EXPECT_NE(refusal(R"(
    input %0 "x" float32[2,2]
    const %1 "axes" int32[1] = )" +
                    hex<int32_t>({2}) + R"(
    %2 "y" float32[2] = MEAN(%0, %1)
    output %2)")
                .find("axis 2 doesn't exist"),
            std::string::npos);
}

}  // namespace
}  // namespace mote
