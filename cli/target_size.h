// SPDX-License-Identifier: Apache-2.0
// What a model's generated C++ takes on a core, by compiling it.
#ifndef MOTE_CLI_TARGET_SIZE_H_
#define MOTE_CLI_TARGET_SIZE_H_

#include "compiler/plan.h"

namespace mote {

/// A line for people: code and constants of the generated C++ at -Os on the machine `target`.
/// Errors: unknown machine, missing compiler.
Result<std::string> target_size_text(const Plan& plan, const std::string& name,
                                     const std::string& target);

}  // namespace mote

#endif  // MOTE_CLI_TARGET_SIZE_H_
