// SPDX-License-Identifier: Apache-2.0
#include "train/data/sha1.h"

#include <bit>
#include <string>

namespace mote::train {
namespace {

uint32_t big_endian(const char* bytes) {
  uint32_t word = 0;
  for (int i = 0; i < 4; ++i) word = word << 8 | static_cast<uint8_t>(bytes[i]);
  return word;
}

void add_block(const char* block, std::array<uint32_t, 5>& h) {
  uint32_t w[80];
  for (int t = 0; t < 16; ++t) w[t] = big_endian(block + 4 * t);
  for (int t = 16; t < 80; ++t) w[t] = std::rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
  auto [a, b, c, d, e] = h;
  for (int t = 0; t < 80; ++t) {
    uint32_t f = t < 20   ? (b & c) | (~b & d)
                 : t < 40 ? b ^ c ^ d
                 : t < 60 ? (b & c) | (b & d) | (c & d)
                          : b ^ c ^ d;
    constexpr uint32_t kRounds[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    uint32_t next = std::rotl(a, 5) + f + e + kRounds[t / 20] + w[t];
    e = d, d = c, c = std::rotl(b, 30), b = a, a = next;
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

}  // namespace

std::array<uint32_t, 5> sha1(std::string_view text) {
  std::string padded(text);
  padded += '\x80';
  while (padded.size() % 64 != 56) padded += '\0';
  uint64_t bits = uint64_t{text.size()} * 8;
  for (int i = 7; i >= 0; --i) padded += static_cast<char>(bits >> 8 * i);
  std::array<uint32_t, 5> h = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  for (size_t at = 0; at < padded.size(); at += 64) add_block(padded.data() + at, h);
  return h;
}

}  // namespace mote::train
