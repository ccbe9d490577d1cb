// SPDX-License-Identifier: Apache-2.0
// CRC-32 as zip and Ethernet have it (reflected, polynomial 0xEDB88320, initial and final
// inversion).
#ifndef MOTE_RUNTIME_CRC32_H_
#define MOTE_RUNTIME_CRC32_H_

#include <stddef.h>
#include <stdint.h>

namespace mote {

uint32_t crc32(const uint8_t* data, size_t bytes);

}  // namespace mote

#endif  // MOTE_RUNTIME_CRC32_H_
