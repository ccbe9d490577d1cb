// SPDX-License-Identifier: Apache-2.0
#include "ops/run_text_test.h"

namespace mote {
namespace {

TEST(ElementwiseBinary, BothSidesAreRepeated) {
  std::string graph = R"(
    input %0 "a" float32[2,1]
    input %1 "b" float32[3]
    %2 "y" float32[2,3] = SUB(%0, %1)
    output %2)";
  EXPECT_EQ(run_text<float>(graph, {bytes_from<float>({10, 20}), bytes_from<float>({1, 2, 3})}),
            (std::vector<float>{9, 8, 7, 19, 18, 17}));
}

TEST(ElementwiseBinary, Int8AddMeetsTheOutputScale) {
  // 0.5·(a + 4) + 0.25·(b - 8) in steps of 1, from -1.
  std::string graph = R"(
    input %0 "a" int8[3] q(0.5:-4)
    input %1 "b" int8[3] q(0.25:8)
    %2 "y" int8[3] q(1:-1) = ADD(%0, %1)
    output %2)";
  EXPECT_EQ(run_text<int8_t>(graph,
                             {bytes_from<int8_t>({6, -24, 127}), bytes_from<int8_t>({16, 8, 127})}),
            (std::vector<int8_t>{6, -11, 94}));
}

TEST(ElementwiseBinary, Int8MulSaturates) {
  std::string graph = R"(
    input %0 "a" int8[3] q(1:0)
    input %1 "b" int8[3] q(0.5:0)
    %2 "y" int8[3] q(1:0) = MUL(%0, %1)
    output %2)";
  EXPECT_EQ(run_text<int8_t>(graph,
                             {bytes_from<int8_t>({6, -100, 100}), bytes_from<int8_t>({4, 10, 10})}),
            (std::vector<int8_t>{12, -128, 127}));
}

TEST(ElementwiseBinary, ShapesThatDoNotMatchAreRefused) {
  EXPECT_NE(refusal(R"(
    input %0 "a" float32[2,3]
    input %1 "b" float32[2]
    %2 "y" float32[2,3] = ADD(%0, %1)
    output %2)")
                .find("[2,3] and [2] can't be broadcast"),
            std::string::npos);
}

}  // namespace
}  // namespace mote
