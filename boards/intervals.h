// SPDX-License-Identifier: Apache-2.0
// What a run did from one function's call to another's: the ruler for firmware that mote didn't
// build.
#ifndef MOTE_BOARDS_INTERVALS_H_
#define MOTE_BOARDS_INTERVALS_H_

#include <optional>
#include <string>
#include <vector>

#include "boards/attribution.h"
#include "boards/run.h"

namespace mote {

/// The function of this name: as in C++, "mote::Session::step()", or without its parameters, or
/// mangled. Errors: none, with names like it; several with different parameters.
Result<const ElfFunction*> find_function(const Elf& elf, const std::string& name,
                                         const std::string& file);

/// From each call of marks[0] to the next call of marks[1], or of the whole run where a mark isn't
/// there: indices into counts.segments. A call of marks[0] within an interval doesn't begin one.
/// `from` and `to` say which mark is which; the same function may be both: from call to call.
std::vector<std::vector<size_t>> find_intervals(const ExecutionCounts& counts,
                                                std::optional<uint32_t> from,
                                                std::optional<uint32_t> to);

}  // namespace mote

#endif  // MOTE_BOARDS_INTERVALS_H_
