// SPDX-License-Identifier: Apache-2.0
// mote build --explore and --optimize.
#ifndef MOTE_CLI_EXPLORE_H_
#define MOTE_CLI_EXPLORE_H_

#include "cli/compile_flags.h"
#include "engines/explore.h"

namespace mote {

/// What each variant of the model takes on the board, as a table or as JSON (docs/json.md). Errors
/// name the model's file.
Result<std::string> explore_text(const Graph& graph, const std::string& model,
                                 const std::string& board, const CompileFlags& flags, bool json);

/// The variant that is best in `objective`: "latency", "ram" or "flash". Errors as above.
Result<Variant> best_variant(const Graph& graph, const std::string& model, const std::string& board,
                             const CompileFlags& flags, const std::string& objective);

}  // namespace mote

#endif  // MOTE_CLI_EXPLORE_H_
