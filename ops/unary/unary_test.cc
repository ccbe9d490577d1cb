// SPDX-License-Identifier: Apache-2.0
#include "ops/run_text_test.h"

namespace mote {
namespace {

TEST(Unary, LogisticInt8) {
  // x = -16, -1, 0, 1, 15.5 in steps of 1/8.
  std::string graph = R"(
    input %0 "x" int8[5] q(0.125:0)
    %1 "y" int8[5] q(0.00390625:-128) = LOGISTIC(%0)
    output %1)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from<int8_t>({-128, -8, 0, 8, 124})}),
            (std::vector<int8_t>{-128, -59, 0, 59, 127}));
}

TEST(Unary, TanhInt8) {
  std::string graph = R"(
    input %0 "x" int8[5] q(0.125:0)
    %1 "y" int8[5] q(0.0078125:0) = TANH(%0)
    output %1)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from<int8_t>({-128, -8, 0, 8, 124})}),
            (std::vector<int8_t>{-128, -97, 0, 97, 127}));
}

TEST(Unary, Relu6RequantizesAndClamps) {
  std::string graph = R"(
    input %0 "x" int8[4] q(0.5:0)
    %1 "y" int8[4] q(0.25:-10) = RELU6(%0)
    output %1)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from<int8_t>({-7, 0, 3, 50})}),
            (std::vector<int8_t>{-10, -10, -4, 14}));
}

}  // namespace
}  // namespace mote
