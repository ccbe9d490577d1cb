// SPDX-License-Identifier: Apache-2.0
// Who called whom when a firmware faulted, without unwind tables: the words of the stack that come
// right behind a call instruction are return addresses. Old ones may lie there too, so a word whose
// call leads to the function looked at is taken before others. Frames of functions that ended in a
// jump to another (tail calls) are gone.
#ifndef MOTE_BOARDS_BACKTRACE_H_
#define MOTE_BOARDS_BACKTRACE_H_

#include <optional>
#include <vector>

#include "boards/fault.h"

namespace mote {

/// The firmware's code at an address, little-endian halfwords; nothing if it isn't code of the
/// file.
std::optional<uint16_t> halfword_at(const LoadedElf& firmware, uint32_t address);

/// Addresses within the call instructions that led to the fault, the innermost first; at most 16.
std::vector<uint32_t> call_chain(const Fault& fault, const LoadedElf& firmware);

}  // namespace mote

#endif  // MOTE_BOARDS_BACKTRACE_H_
