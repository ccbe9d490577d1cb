// SPDX-License-Identifier: Apache-2.0
// The memory of a simulated machine: flash, which only the loader writes, and RAM. Nothing else is
// there: every access is checked against these two. Little-endian, like the hosts mote runs on.
#ifndef MOTE_BOARDS_RV32_MEMORY_H_
#define MOTE_BOARDS_RV32_MEMORY_H_

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/host/file.h"

namespace mote::rv32 {

static_assert(std::endian::native == std::endian::little);

/// A range of addresses and the bytes behind it, which somebody else owns.
struct Region {
  uint32_t origin = 0;
  uint32_t bytes = 0;
  uint8_t* data = nullptr;

  /// The bytes at `address`, or null if not all `count` lie in the region.
  uint8_t* at(uint32_t address, uint32_t count) const {
    uint32_t offset = address - origin;
    return offset <= bytes && count <= bytes - offset ? data + offset : nullptr;
  }
};

/// Views, to be copied into registers; the bytes stay where they are.
struct Memory {
  Region flash, ram;

  /// `count` bytes to read, or null if they aren't all in one region.
  const uint8_t* readable(uint32_t address, uint32_t count) const {
    const uint8_t* bytes = ram.at(address, count);
    return bytes ? bytes : flash.at(address, count);
  }
  /// `count` bytes of RAM, or null.
  uint8_t* writable(uint32_t address, uint32_t count) const { return ram.at(address, count); }

  /// False if there is no memory; alignment doesn't matter here.
  template <typename T>
  bool load(uint32_t address, T* value) const {
    const uint8_t* bytes = readable(address, sizeof(T));
    if (bytes) std::memcpy(value, bytes, sizeof(T));
    return bytes != nullptr;
  }
  /// False if there is no RAM.
  template <typename T>
  bool store(uint32_t address, T value) const {
    uint8_t* bytes = writable(address, sizeof(T));
    if (bytes) std::memcpy(bytes, &value, sizeof(T));
    return bytes != nullptr;
  }
};

}  // namespace mote::rv32

#endif  // MOTE_BOARDS_RV32_MEMORY_H_
