// SPDX-License-Identifier: Apache-2.0
#include "ops/run_text_test.h"

namespace mote {
namespace {

std::string top_k(int32_t count, bool indices) {
  return R"(
    input %0 "x" int8[2,4]
    const %1 "k" int32[] = )" +
         hex<int32_t>({count}) + R"(
    %2 "values" int8[2,)" +
         std::to_string(count) + R"(], %3 "indices" int32[2,)" + std::to_string(count) +
         R"(] = TOPK_V2(%0, %1)
    output )" +
         (indices ? "%3" : "%2");
}

const std::vector<Bytes> kRows = {bytes_from<int8_t>({3, 7, 7, -1, 5, 5, 5, 5})};

TEST(TopK, TheLargestComeFirst) {
  EXPECT_EQ(run_text<int8_t>(top_k(3, false), kRows), (std::vector<int8_t>{7, 7, 3, 5, 5, 5}));
}

TEST(TopK, OfEqualOnesTheFirstComesFirst) {
  EXPECT_EQ(run_text<int32_t>(top_k(3, true), kRows), (std::vector<int32_t>{1, 2, 0, 0, 1, 2}));
}

TEST(TopK, MoreThanARowHoldsIsRefused) {
  EXPECT_NE(refusal(top_k(5, false)).find("haven't 5 elements"), std::string::npos);
}

}  // namespace
}  // namespace mote
