// SPDX-License-Identifier: Apache-2.0
#include "bench/dut/device/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>

namespace mote::dut {
namespace {

std::string thousandths(float value) {
  char text[kMaxNumberText];
  return {text, write_thousandths(value, text)};
}

std::string by_printf(float value) {
  char text[400];
  snprintf(text, sizeof text, "%0.3f", static_cast<double>(value));
  return text;
}

TEST(DutText, ThousandthsAreThoseOfPrintf) {
  for (float value : {0.0f, -0.0f, 1.0f, 0.0005f, 0.0015f, 0.5f, 0.0625f, 0.1875f, 0.99951172f,
                      1e-30f, 1e-45f, 123456.789f, 16777216.0f, 9007198717870080.0f, -2.5f}) {
    EXPECT_EQ(thousandths(value), by_printf(value));
  }
}

TEST(DutText, ThousandthsOfAnyFloatAreThoseOfPrintf) {
  std::mt19937 random(1);
  for (int i = 0; i < 200000; ++i) {
    uint32_t bits = static_cast<uint32_t>(random());
    float value;
    std::memcpy(&value, &bits, sizeof value);
    if (!(std::fabs(value) < 0x1p53f)) continue;
    ASSERT_EQ(thousandths(value), by_printf(value)) << std::hexfloat << value;
  }
}

TEST(DutText, WhatIsNoNumberSaysSo) {
  EXPECT_EQ(thousandths(NAN), "nan");
  EXPECT_EQ(thousandths(INFINITY), "inf");
  EXPECT_EQ(thousandths(-1e30f), "-inf");
}

TEST(DutText, ReadsUnsignedNumbersOnly) {
  uint32_t value = 7;
  EXPECT_TRUE(read_unsigned("4294967295", &value));
  EXPECT_EQ(value, 4294967295u);
  for (const char* text : {"", "-1", "+1", "1x", " 1", "4294967296", "99999999999999999999999"}) {
    EXPECT_FALSE(read_unsigned(text, &value)) << text;
  }
}

TEST(DutText, HexadecimalDigits) {
  for (int byte = 0; byte < 256; ++byte) {
    char text[2];
    write_hex(static_cast<uint8_t>(byte), text);
    EXPECT_EQ(hex_value(text[0]) * 16 + hex_value(text[1]), byte);
  }
  EXPECT_EQ(hex_value('F'), 15);
  for (char c : {'g', 'G', '/', ':', '@', '`', ' ', '\0'}) EXPECT_EQ(hex_value(c), -1);
}

}  // namespace
}  // namespace mote::dut
