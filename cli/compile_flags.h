// SPDX-License-Identifier: Apache-2.0
// How a model is to be compiled, for all verbs that compile one.
#ifndef MOTE_CLI_COMPILE_FLAGS_H_
#define MOTE_CLI_COMPILE_FLAGS_H_

#include <optional>
#include <string>

#include "compiler/pipeline.h"
#include "compiler/plan.h"

namespace CLI {
class App;
}

namespace mote {

struct CompileFlags {
  std::optional<uint32_t> max_ram;  // bytes of the arena
  bool weights_in_ram = false;      // Plan::weights_in_ram
};

/// Adds --max-ram and --weights-in. REQUIRES: `flags` outlives the command.
void add_compile_flags(CLI::App& command, CompileFlags* flags);

/// The plan for `target`. `note`, if not null, gets what --max-ram did, a line for people; empty if
/// nothing. Errors name the model's file.
Result<Plan> compile_model(const Graph& graph, const std::string& file, const Target& target,
                           const CompileFlags& flags, const PassObserver& observer = {},
                           std::string* note = nullptr);

}  // namespace mote

#endif  // MOTE_CLI_COMPILE_FLAGS_H_
