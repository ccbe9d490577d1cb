// SPDX-License-Identifier: Apache-2.0
// mote bench: the benchmark MLPerf Tiny and what goes with it, as verbs of their own.
#include "cli/bench.h"

#include <CLI/CLI.hpp>

namespace mote {
namespace {

constexpr Verb kBenchVerbs[] = {
    {"mlperf", "Run MLPerf Tiny on virtual boards or on a real one",
     "mote bench mlperf --board nucleo-l4r5zi --data datasets --models models", setup_bench_mlperf},
    {"serve", "Offer a virtual board to the official runner, on a pseudo-terminal",
     "mote bench serve --board nucleo-l4r5zi --task kws01 --models models --pty",
     setup_bench_serve},
    {"package", "Write the device's firmware as an Arduino sketch, for a real board",
     "mote bench package --board nano33ble --task kws01 --models models --output-dir sketches",
     setup_bench_package},
    {"check", "Say what the rules of MLPerf Tiny reject in a submission folder",
     "mote bench check submission", setup_bench_check},
    {"diff", "Compare two reports and fail if something got worse",
     "mote bench diff before.json after.json --max-latency 2", setup_bench_diff},
};

}  // namespace

VerbAction setup_bench(CLI::App& command) {
  command.require_subcommand(1);
  std::vector<ParsedVerb> parsed;
  for (const Verb& verb : kBenchVerbs) {
    CLI::App* below = command.add_subcommand(verb.name, verb.what);
    below->footer(std::string("Example:\n  ") + verb.example);
    parsed.push_back({below, verb.setup(*below)});
  }
  return [parsed]() -> Result<ExitCode> {
    for (const ParsedVerb& verb : parsed) {
      if (verb.command->parsed()) return verb.action();
    }
    return kUsage;
  };
}

}  // namespace mote
