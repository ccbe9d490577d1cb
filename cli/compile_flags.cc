// SPDX-License-Identifier: Apache-2.0
#include "cli/compile_flags.h"

#include <CLI/CLI.hpp>

#include "cli/table.h"
#include "compiler/fit_arena.h"

namespace mote {

void add_compile_flags(CLI::App& command, CompileFlags* flags) {
  command
      .add_option("--max-ram", flags->max_ram,
                  "Bytes that the arena may take (\"48kb\"); a larger one is made smaller by "
                  "computing the first operators in bands")
      ->transform(CLI::AsSizeValue(false));
  command
      .add_option_function<std::string>(
          "--weights-in",
          [flags](const std::string& where) { flags->weights_in_ram = where == "ram"; },
          "flash, or ram: firmware copies the model there when it starts, so that weights aren't "
          "waited for (flash)")
      ->check(CLI::IsMember({"flash", "ram"}));
}

namespace {

Result<Plan> compile_into(const Graph& graph, const std::string& file, const Target& target,
                          const CompileFlags& flags, const PassObserver& observer,
                          std::string* note) {
  auto named = [&](const Error& error) { return fail("{}: {}", file, error.message); };
  Result<Plan> plan = compile(graph, target, observer);
  if (!plan.ok()) return named(plan.error());
  if (!flags.max_ram || plan->arena_bytes <= *flags.max_ram) return plan;
  Result<Arrangement> smaller = fit_arena(graph, target, *flags.max_ram);
  if (!smaller.ok()) return named(smaller.error());
  if (note) {
    *note = fmt::format("{}: arena {} -> {} bytes\n", smaller->what, grouped(plan->arena_bytes),
                        grouped(smaller->arena_bytes));
  }
  Result<Plan> fitted = compile(smaller->graph, target, observer);
  if (!fitted.ok()) return named(fitted.error());
  return fitted;
}

}  // namespace

Result<Plan> compile_model(const Graph& graph, const std::string& file, const Target& target,
                           const CompileFlags& flags, const PassObserver& observer,
                           std::string* note) {
  MOTE_TRY(Plan plan, compile_into(graph, file, target, flags, observer, note));
  plan.weights_in_ram = flags.weights_in_ram;
  return plan;
}

}  // namespace mote
