// SPDX-License-Identifier: Apache-2.0
// A table of 16 entries, half a byte at a time: 64 bytes of flash. Four bytes at a time where they
// are left, for about 7 instructions a byte.
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

uint32_t next_byte(uint32_t crc) {
  crc = crc >> 4 ^ kCrcTable.entry[crc & 15];
  return crc >> 4 ^ kCrcTable.entry[crc & 15];
}

uint32_t little_endian(const uint8_t* data) {
  return data[0] | uint32_t{data[1]} << 8 | uint32_t{data[2]} << 16 | uint32_t{data[3]} << 24;
}

}  // namespace

uint32_t crc32(const uint8_t* data, size_t bytes) {
  uint32_t crc = 0xffffffffu;
  for (; bytes >= 4; bytes -= 4, data += 4) {
    crc ^= little_endian(data);
    crc = next_byte(next_byte(next_byte(next_byte(crc))));
  }
  for (; bytes > 0; --bytes) crc = next_byte(crc ^ *data++);
  return ~crc;
}

}  // namespace mote
