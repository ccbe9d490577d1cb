// SPDX-License-Identifier: Apache-2.0
// The comparator's verdicts: integers to the bit, floats within the tolerance, and the position of
// the first difference.
#include "ir/comparator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ops/run_text_test.h"

namespace mote {
namespace {

Tensor tensor(DType dtype, Shape shape) {
  Tensor t;
  t.dtype = dtype, t.shape = shape;
  return t;
}

const Tensor kInts = tensor(DType::kInt8, Shape(1, 2, 3));
const Tensor kFloats = tensor(DType::kFloat32, Shape(2));

std::optional<Difference> compare_floats(float expected, float actual) {
  return compare(kFloats, bytes_from<float>({1, expected}), bytes_from<float>({1, actual}));
}

TEST(Comparator, EqualIntegersAgree) {
  Bytes bytes = {1, 2, 3, 4, 5, 6};
  EXPECT_FALSE(compare(kInts, bytes, bytes));
}

TEST(Comparator, DescribesTheFirstDifferenceByPosition) {
  auto difference = compare(kInts, {1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 0xff, 7});
  ASSERT_TRUE(difference);
  EXPECT_EQ(describe(kInts, *difference),
            "element 4 [0,1,1]: expected 5, got -1 (2 of 6 differ, at most by 6)");
}

TEST(Comparator, IntegersHaveNoTolerance) {
  Tensor t = tensor(DType::kInt32, Shape(1));
  EXPECT_TRUE(compare(t, bytes_from<int32_t>({1000000000}), bytes_from<int32_t>({1000000001})));
}

TEST(Comparator, Int64DifferencesThatDoubleCantHold) {
  Tensor t = tensor(DType::kInt64, Shape(1));
  EXPECT_TRUE(compare(t, bytes_from<int64_t>({INT64_MAX}), bytes_from<int64_t>({INT64_MAX - 1})));
}

TEST(Comparator, FloatsMayDifferByTheTolerance) {
  EXPECT_FALSE(compare_floats(100, 100.0005f));
  EXPECT_TRUE(compare_floats(100, 100.01f));
  EXPECT_FALSE(compare_floats(0, 1e-12f)) << "below the smallest magnitude that counts";
  EXPECT_FALSE(compare_floats(0.0f, -0.0f));
}

TEST(Comparator, TheToleranceIsTheCallers) {
  Bytes a = bytes_from<float>({1, 1}), b = bytes_from<float>({1, 1.0625f});
  EXPECT_TRUE(compare(kFloats, a, b));
  EXPECT_FALSE(compare(kFloats, a, b, {.relative = 0.1}));
}

TEST(Comparator, TheToleranceMayBeRelativeToTheLargestElement) {
  Bytes a = bytes_from<float>({-1000, 1}), b = bytes_from<float>({-1000, 1.005f});
  EXPECT_TRUE(compare(kFloats, a, b));
  EXPECT_FALSE(compare(kFloats, a, b, {.of_largest = true}));
  EXPECT_TRUE(compare(kFloats, a, bytes_from<float>({-1000, 1.02f}), {.of_largest = true}));
}

TEST(Comparator, NanEqualsOnlyNan) {
  float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(compare_floats(nan, -nan));
  EXPECT_TRUE(compare_floats(nan, 1));
  EXPECT_TRUE(compare_floats(1, nan));
}

TEST(Comparator, InfinityEqualsOnlyItself) {
  float infinity = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(compare_floats(infinity, infinity));
  EXPECT_TRUE(compare_floats(infinity, 3e38f));
  EXPECT_TRUE(compare_floats(infinity, -infinity));
}

TEST(Comparator, MissingBytesDiffer) {
  auto difference = compare(kInts, {1, 2, 3, 4, 5, 6}, {1, 2, 3, 4});
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->element, 4);
  EXPECT_EQ(difference->count, 2);
}

TEST(ElementValue, ReadsEveryType) {
  EXPECT_EQ(element_value(DType::kInt4, {0xf7}, 0), 7);
  EXPECT_EQ(element_value(DType::kInt4, {0xf7}, 1), -1);
  EXPECT_EQ(element_value(DType::kUInt8, {0xff}, 0), 255);
  EXPECT_EQ(element_value(DType::kBool, {1}, 0), 1);
  EXPECT_EQ(element_value(DType::kInt16, {0, 0, 0xff, 0xff}, 1), -1);
  EXPECT_EQ(element_value(DType::kUInt16, {0xff, 0xff}, 0), 65535);
  EXPECT_EQ(element_value(DType::kUInt32, {0xff, 0xff, 0xff, 0xff}, 0), 4294967295.0);
  EXPECT_EQ(element_value(DType::kInt64, Bytes(8, 0xff), 0), -1);
  EXPECT_EQ(element_value(DType::kUInt64, Bytes(8, 0xff), 0), 0x1p64);
  EXPECT_EQ(element_value(DType::kFloat64, {0, 0, 0, 0, 0, 0, 0xf0, 0x3f}, 0), 1);
}

TEST(ElementValue, ReadsHalfFloats) {
  auto half = [](uint8_t low, uint8_t high) {
    return element_value(DType::kFloat16, {low, high}, 0);
  };
  EXPECT_EQ(half(0x00, 0x3c), 1);
  EXPECT_EQ(half(0x00, 0xc0), -2);
  EXPECT_EQ(half(0x01, 0x00), std::ldexp(1, -24));
  EXPECT_EQ(half(0xff, 0x7b), 65504);
  EXPECT_EQ(half(0x00, 0xfc), -INFINITY);
  EXPECT_TRUE(std::isnan(half(0x01, 0x7c)));
}

}  // namespace
}  // namespace mote
