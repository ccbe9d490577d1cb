// SPDX-License-Identifier: Apache-2.0
#include "base/fused.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace mote {
namespace {

void expect_like_libm(float a, float b, float c) {
  float actual = portable_multiply_add(a, b, c), expected = std::fma(a, b, c);
  if (std::isnan(expected) && std::isnan(actual)) return;
  EXPECT_EQ(std::memcmp(&actual, &expected, sizeof actual), 0)
      << a << " * " << b << " + " << c << " = " << expected << ", not " << actual;
}

TEST(Fused, RoundsOnceLikeLibm) {
  std::mt19937 random(1);
  std::uniform_int_distribution<uint32_t> bits;
  for (int i = 0; i < 300000; ++i) {
    uint32_t words[3] = {bits(random), bits(random), bits(random)};
    // Often the addend is about as large as the product, so that they meet in all ways.
    if (i % 3 != 0) {
      uint32_t exponent =
          ((words[0] >> 23 & 255) + (words[1] >> 23 & 255) - 127 + words[2] % 54) - 27;
      words[2] = (words[2] & 0x807fffff) | (exponent & 255) << 23;
    }
    if (i % 5 == 0) words[2] &= 0xfffff000, words[0] &= 0xfffffff0;
    float values[3];
    std::memcpy(values, words, sizeof values);
    expect_like_libm(values[0], values[1], values[2]);
  }
}

TEST(Fused, TakesHalvesAndExtremes) {
  const float kInfinity = std::numeric_limits<float>::infinity();
  const float values[] = {0.0f,          -0.0f,        1.0f,       -1.0f,     0x1.000002p0f,
                          0x1.fffffep0f, 0x1p-149f,    -0x1p-149f, 0x1p-126f, 0x1.fffffep127f,
                          0x1.8p-75f,    0x1p-75f,     0x1p23f,    0x1p-24f,  kInfinity,
                          -kInfinity,    std::nanf("")};
  for (float a : values) {
    for (float b : values) {
      for (float c : values) expect_like_libm(a, b, c);
    }
  }
}

}  // namespace
}  // namespace mote
