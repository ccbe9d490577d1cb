// SPDX-License-Identifier: Apache-2.0
#include "ops/run_text_test.h"

namespace mote {
namespace {

TEST(AddN, Int8StartsAtQuantisedZeroAsTflmDoes) {
  // 0.5·(3 + 5 - 2·1) + 0.5·(0 - 1) in steps of 1, from 10: 12.5, rounded away from zero.
  std::string graph = R"(
    input %0 "a" int8[1] q(0.5:1)
    input %1 "b" int8[1] q(0.5:1)
    %2 "y" int8[1] q(1:10) = ADD_N(%0, %1)
    output %2)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from<int8_t>({3}), bytes_from<int8_t>({5})}),
            (std::vector<int8_t>{13}));
}

TEST(AddN, OtherShapesAreRefused) {
  EXPECT_NE(refusal(R"(
    input %0 "a" float32[2,3]
    input %1 "b" float32[3]
    %2 "y" float32[2,3] = ADD_N(%0, %1)
    output %2)")
                .find("must have the shape of input 0"),
            std::string::npos);
}

}  // namespace
}  // namespace mote
