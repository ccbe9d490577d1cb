// SPDX-License-Identifier: Apache-2.0
// CRC-32 against the published check value and the definition, bit by bit.
#include "runtime/crc32.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mote {
namespace {

uint32_t crc_of(const std::string& text) {
  return crc32(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

uint32_t bit_by_bit(const std::vector<uint8_t>& bytes) {
  uint32_t crc = 0xffffffff;
  for (uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
  }
  return ~crc;
}

TEST(Crc32, GivesThePublishedValues) {
  EXPECT_EQ(crc_of("123456789"), 0xcbf43926u) << "the check value of CRC-32/ISO-HDLC";
  EXPECT_EQ(crc_of(""), 0u);
  EXPECT_EQ(crc_of("The quick brown fox jumps over the lazy dog"), 0x414fa339u);
}

TEST(Crc32, AgreesWithTheDefinition) {
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(crc32(bytes.data(), bytes.size()), bit_by_bit(bytes)) << i;
    bytes.push_back(static_cast<uint8_t>(i * 37 + i / 7));
  }
}

TEST(Crc32, SeesEveryFlippedBit) {
  std::string text = "a small image";
  for (size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string damaged = text;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    EXPECT_NE(crc_of(damaged), crc_of(text)) << bit;
  }
}

}  // namespace
}  // namespace mote
