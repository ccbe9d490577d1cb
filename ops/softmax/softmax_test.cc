// SPDX-License-Identifier: Apache-2.0
#include "ops/run_text_test.h"

namespace mote {
namespace {

TEST(Softmax, EqualLogitsShareTheWhole) {
  std::string graph = R"(
    input %0 "x" int8[1,4] q(0.1:3)
    %1 "y" int8[1,4] q(0.00390625:-128) = SOFTMAX(%0)
    output %1)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from<int8_t>({5, 5, 5, 5})}),
            (std::vector<int8_t>(4, -64)));
}

TEST(Softmax, OneLogitFarAheadSaturates) {
  std::string graph = R"(
    input %0 "x" int8[1,2] q(0.1:0)
    %1 "y" int8[1,2] q(0.00390625:-128) = SOFTMAX(%0)
    output %1)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from<int8_t>({127, -128})}),
            (std::vector<int8_t>{127, -128}));
}

TEST(Softmax, MoreEqualElementsThanTheOutputHasSteps) {
  std::string graph = R"(
    input %0 "x" int8[1,4000] q(0.1:0)
    %1 "y" int8[1,4000] q(0.00390625:-128) = SOFTMAX(%0)
    output %1)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from(std::vector<int8_t>(4000, 9))}),
            (std::vector<int8_t>(4000, -128)));
}

TEST(Softmax, FloatRowsSumToOne) {
  std::string graph = R"(
    input %0 "x" float32[2,2]
    %1 "y" float32[2,2] = SOFTMAX(%0) {beta=2.0}
    output %1)";
  std::vector<float> y = run_text<float>(graph, {bytes_from<float>({0, 0, 1, 1000})});
  EXPECT_EQ(y, (std::vector<float>{0.5f, 0.5f, 0, 1}));
}

TEST(Softmax, TheOutputScaleIsFixed) {
  EXPECT_NE(refusal(R"(
    input %0 "x" int8[1,2] q(0.1:0)
    %1 "y" int8[1,2] q(0.1:0) = SOFTMAX(%0)
    output %1)")
                .find("must have scale 0.00390625"),
            std::string::npos);
}

TEST(Softmax, EqualInt16LogitsShareTheWhole) {
  std::string graph = R"(
    input %0 "x" int16[1,4] q(0.001:0)
    %1 "y" int16[1,4] q(0.000030517578125:0) = SOFTMAX(%0)
    output %1)";
  EXPECT_EQ(run_text<int16_t>(graph, {bytes_from<int16_t>({-7, -7, -7, -7})}),
            (std::vector<int16_t>(4, 8192)));
}

TEST(Softmax, FinerSharesOfInt8Logits) {
  std::string graph = R"(
    input %0 "x" int8[1,4] q(0.1:3)
    %1 "y" int16[1,4] q(0.0000152587890625:-32768) = SOFTMAX(%0)
    output %1)";
  EXPECT_EQ(run_text<int16_t>(graph, {bytes_from<int8_t>({5, 5, 5, 5})}),
            (std::vector<int16_t>(4, -16384)));
}

TEST(LogSoftmax, Int8HasSixteenthsBelowZero) {
  // ln(1/2) = -0.693 is -11 sixteenths; 12.7 below the other is about -203.
  std::string graph = R"(
    input %0 "x" int8[2,2] q(0.1:0)
    %1 "y" int8[2,2] q(0.0625:127) = LOG_SOFTMAX(%0)
    output %1)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from<int8_t>({9, 9, 0, 127})}),
            (std::vector<int8_t>{116, 116, -76, 127}));
}

}  // namespace
}  // namespace mote
