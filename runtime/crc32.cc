// SPDX-License-Identifier: Apache-2.0
// A table of 16 entries, half a byte at a time: 64 bytes of flash for about 10 instructions a byte.
#include "runtime/crc32.h"

namespace mote {
namespace {

struct CrcTable {
  uint32_t entry[16];
};

constexpr CrcTable make_crc_table() {
  CrcTable table{};
  for (uint32_t nibble = 0; nibble < 16; ++nibble) {
    uint32_t crc = nibble;
    for (int bit = 0; bit < 4; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    table.entry[nibble] = crc;
  }
  return table;
}

constexpr CrcTable kCrcTable = make_crc_table();

}  // namespace

uint32_t crc32(const uint8_t* data, size_t bytes) {
  uint32_t crc = 0xffffffffu;
  for (size_t i = 0; i < bytes; ++i) {
    crc ^= data[i];
    crc = crc >> 4 ^ kCrcTable.entry[crc & 15];
    crc = crc >> 4 ^ kCrcTable.entry[crc & 15];
  }
  return ~crc;
}

}  // namespace mote
