// SPDX-License-Identifier: Apache-2.0
// The C++ compiler of the machine that mote runs on: for generated C++ and the user's operators.
#ifndef MOTE_ENGINES_HOST_COMPILER_H_
#define MOTE_ENGINES_HOST_COMPILER_H_

#include <string>
#include <vector>

#include "base/host/result.h"

namespace mote {

/// The words that call it: $CXX, which may hold options or a launcher in front, or g++. Errors: it
/// isn't installed.
Result<std::vector<std::string>> host_compiler();

}  // namespace mote

#endif  // MOTE_ENGINES_HOST_COMPILER_H_
