// SPDX-License-Identifier: Apache-2.0
#include "ops/run_text_test.h"

namespace mote {
namespace {

const std::vector<int8_t> kSix = {1, 2, 3, 4, 5, 6};

TEST(DataMovement, Transpose) {
  std::string graph = R"(
    input %0 "x" int8[2,3] q(1:0)
    const %1 "perm" int32[2] = )" +
                      hex<int32_t>({1, 0}) + R"(
    %2 "y" int8[3,2] q(1:0) = TRANSPOSE(%0, %1)
    output %2)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from(kSix)}), (std::vector<int8_t>{1, 4, 2, 5, 3, 6}));
}

TEST(DataMovement, PadFillsWithTheZeroPoint) {
  std::string graph = R"(
    input %0 "x" int8[1,2] q(1:-7)
    const %1 "paddings" int32[2,2] = )" +
                      hex<int32_t>({0, 1, 1, 0}) + R"(
    %2 "y" int8[2,3] q(1:-7) = PAD(%0, %1)
    output %2)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from<int8_t>({1, 2})}),
            (std::vector<int8_t>{-7, 1, 2, -7, -7, -7}));
}

TEST(DataMovement, ConcatenationAlongTheInnermost) {
  std::string graph = R"(
    input %0 "a" int8[2,1]
    input %1 "b" int8[2,2]
    %2 "y" int8[2,3] = CONCATENATION(%0, %1) {axis=-1}
    output %2)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from<int8_t>({1, 2}), bytes_from<int8_t>({3, 4, 5, 6})}),
            (std::vector<int8_t>{1, 3, 4, 2, 5, 6}));
}

std::string slice(const char* output, std::vector<int32_t> begin, std::vector<int32_t> end,
                  std::vector<int32_t> strides, const char* attributes) {
  return fmt::format(R"(
    input %0 "x" int8[2,3]
    const %1 "begin" int32[2] = {}
    const %2 "end" int32[2] = {}
    const %3 "strides" int32[2] = {}
    %4 "y" {} = STRIDED_SLICE(%0, %1, %2, %3) {{{}}}
    output %4)",
                     hex(begin), hex(end), hex(strides), output, attributes);
}

TEST(DataMovement, SliceBackwardsFromAnOpenEnd) {
  std::string graph = slice("int8[2,2]", {0, 0}, {2, 0}, {1, -2}, "begin_mask=2, end_mask=2");
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from(kSix)}), (std::vector<int8_t>{3, 1, 6, 4}));
}

TEST(DataMovement, SliceTakesOneIndex) {
  std::string graph = slice("int8[2]", {-1, 1}, {0, 9}, {1, 1}, "shrink_axis_mask=1");
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from(kSix)}), (std::vector<int8_t>{5, 6}));
}

TEST(DataMovement, EllipsisIsRefusedWithAdvice) {
  std::string graph = slice("int8[2,3]", {0, 0}, {2, 3}, {1, 1}, "ellipsis_mask=1");
  EXPECT_NE(refusal(graph).find("ellipsis_mask and new_axis_mask aren't supported"),
            std::string::npos);
}

TEST(DataMovement, EmptySlicesAreRefused) {
  std::string graph = slice("int8[2,3]", {1, 0}, {1, 3}, {1, 1}, "begin_mask=0");
  EXPECT_NE(refusal(graph).find("is empty"), std::string::npos);
}

TEST(DataMovement, ReshapeTakesTheShapeOperandBeforeTheAttribute) {
  std::string graph = R"(
    input %0 "x" int8[6]
    const %1 "shape" int32[2] = )" +
                      hex<int32_t>({3, -1}) + R"(
    %2 "y" int8[3,2] = RESHAPE(%0, %1) {new_shape=[2,3]}
    output %2)";
  EXPECT_EQ(run_text<int8_t>(graph, {bytes_from(kSix)}), kSix);
}

TEST(DataMovement, WhereListsTheIndicesOfAConstant) {
  std::string graph = R"(
    const %0 "c" bool[2,2] = 0x00010101
    %1 "y" int64[3,2] = WHERE(%0)
    output %1)";
  EXPECT_EQ(run_text<int64_t>(graph, {}), (std::vector<int64_t>{0, 1, 1, 0, 1, 1}));
}

TEST(DataMovement, WhereOfAnInputHasNoStaticShape) {
  EXPECT_NE(refusal(R"(
    input %0 "c" bool[2]
    %1 "y" int64[1,1] = WHERE(%0)
    output %1)")
                .find("must be a constant: the output's shape depends on it"),
            std::string::npos);
}

}  // namespace
}  // namespace mote
