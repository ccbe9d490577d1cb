// SPDX-License-Identifier: Apache-2.0
// Operators of the user's own (docs/custom_operators.md): a folder in the shape of ops/ is compiled
// into a shared object, which joins its records to the operator book. Its device half joins the
// sources that the program carries, so that every engine has its kernels.
#ifndef MOTE_ENGINES_USER_OPERATORS_H_
#define MOTE_ENGINES_USER_OPERATORS_H_

#include <filesystem>

#include "base/host/result.h"

namespace mote {

/// Adds the operators that `folder`/ops.inc lists. The shared object is kept in the cache, named
/// after everything that went into it. Errors name the folder: a file is missing, there is no
/// compiler, the sources don't compile (the compiler's first message), or a name is taken.
/// REQUIRES: called before anything has looked into the operator book.
Result<void> load_user_operators(const std::filesystem::path& folder);

}  // namespace mote

#endif  // MOTE_ENGINES_USER_OPERATORS_H_
