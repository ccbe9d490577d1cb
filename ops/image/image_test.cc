// SPDX-License-Identifier: Apache-2.0
#include "ops/run_text_test.h"

namespace mote {
namespace {

std::string graph(const std::string& output, float deviation) {
  return R"(
    input %0 "x" uint8[2,2]
    const %1 "mean" float32[2] = )" +
         hex<float>({0, 100}) + R"(
    const %2 "deviation" float32[2] = )" +
         hex<float>({255, deviation}) + R"(
    %3 "y" )" +
         output + R"( = MoteImageNormalize(%0, %1, %2)
    output %3)";
}

TEST(MoteImageNormalize, EachChannelHasItsOwn) {
  Bytes picture = {0, 100, 255, 150};
  EXPECT_EQ(run_text<float>(graph("float32[2,2]", 50), {picture}),
            (std::vector<float>{0, 0, 1, 1}));
  EXPECT_EQ(run_text<int8_t>(graph("int8[2,2] q(0.01:-100)", 50), {picture}),
            (std::vector<int8_t>{-100, -100, 0, 0}));
}

TEST(MoteImageNormalize, DeviationsMustBePositive) {
  EXPECT_NE(refusal(graph("float32[2,2]", 0)).find("deviation 0, which must be above 0"),
            std::string::npos);
}

}  // namespace
}  // namespace mote
