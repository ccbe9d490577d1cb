// SPDX-License-Identifier: Apache-2.0
#include "cli/verbs.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include "engines/user_operators.h"

namespace mote {

VerbAction setup_inspect(CLI::App&);
VerbAction setup_run(CLI::App&);
VerbAction setup_build(CLI::App&);
VerbAction setup_verify(CLI::App&);
VerbAction setup_profile(CLI::App&);
VerbAction setup_fit(CLI::App&);
VerbAction setup_quantize(CLI::App&);
VerbAction setup_new(CLI::App&);
VerbAction setup_data(CLI::App&);
VerbAction setup_train(CLI::App&);
VerbAction setup_compress(CLI::App&);
VerbAction setup_evaluate(CLI::App&);
VerbAction setup_board(CLI::App&);
VerbAction setup_bench(CLI::App&);
VerbAction setup_ops(CLI::App&);
VerbAction setup_boards(CLI::App&);
VerbAction setup_completion(CLI::App&);

namespace {

constexpr Verb kVerbs[] = {
    {"inspect", "Show a model: operators, shapes, quantisation, MACs, weights, memory plan",
     "mote inspect model.tflite --plan", setup_inspect, true},
    {"run", "Run a model on files, on the host or on a virtual board",
     "mote run model.tflite --input yes.wav --labels labels.txt --board cortex-m4", setup_run,
     true},
    {"build", "Compile a model to a .mote image or to C++",
     "mote build model.tflite --emit cpp --output-dir generated", setup_build, true},
    {"verify", "Prove that every way of running a model gives the same answer",
     "mote verify model.tflite --random 10 --board cortex-m4", setup_verify, true},
    {"profile", "Say what one inference costs on a board: time, energy, memory, by operator",
     "mote profile model.tflite --board nucleo-l4r5zi --html profile.html", setup_profile, true},
    {"quantize", "Make a float model one of integers, by what it does on samples",
     "mote quantize model_float.tflite --samples pictures --raw-type uint8 -o model_int8.tflite",
     setup_quantize, true},
    {"new", "Begin a project: a mote.toml to train a model by",
     "mote new kws wake --data recordings", setup_new},
    {"data", "Look at a project's data before training, or record more",
     "mote data wake --html data.html", setup_data},
    {"train", "Train a project's model: priced before, then learned, quantised and tested",
     "mote train keywords --set training.epochs=50", setup_train},
    {"compress",
     "Try a float model in all its smaller forms, and keep the best that meets a budget",
     "mote compress model_float.tflite --samples pictures --budget board=nano33ble flash=200k "
     "-o small.tflite",
     setup_compress, true},
    {"evaluate",
     "Say how good a model is: by class, by group, under hardship, float beside integers and "
     "boards",
     "mote evaluate keywords --board nano33ble --by group --html evaluation.html", setup_evaluate,
     true},
    {"fit", "Say which boards a model fits, at what latency and energy, and for how long a battery",
     "mote fit model.tflite --max-latency 100 --period 1 --battery 1000", setup_fit, true},
    {"boards", "List and compare boards, or show one with the sources of its figures",
     "mote boards nano33ble", setup_boards},
    {"board", "Run or debug any firmware on a virtual board",
     "mote board run --board nucleo-l4r5zi firmware.elf --from setup --to loop", setup_board},
    {"bench", "Run the benchmark MLPerf Tiny, check submissions, compare reports",
     "mote bench diff before.json after.json", setup_bench},
    {"ops", "List the operators, element types and kernels that mote has", "mote ops --markdown",
     setup_ops, true},
    {"completion", "Print the completion script of a shell",
     "mote completion bash > ~/.local/share/bash-completion/completions/mote", setup_completion},
};

/// Adds --ops and gives an action that begins with loading what it names.
VerbAction with_user_operators(CLI::App& command, VerbAction action) {
  auto folders = std::make_shared<std::vector<std::string>>();
  command
      .add_option("--ops", *folders,
                  "A folder of operators of your own (docs/custom_operators.md); repeatable")
      ->allow_extra_args(false);
  return [folders, action = std::move(action)]() -> Result<ExitCode> {
    for (const std::string& folder : *folders) MOTE_CHECK_OK(load_user_operators(folder));
    return action();
  };
}

bool is_verb(std::string_view word) {
  return std::any_of(std::begin(kVerbs), std::end(kVerbs),
                     [&](const Verb& verb) { return word == verb.name; });
}

std::string verb_names() {
  std::string names;
  for (const Verb& verb : kVerbs)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", verb.name);
  return names;
}

}  // namespace

std::span<const Verb> verbs() {
  return kVerbs;
}

std::vector<ParsedVerb> add_verbs(CLI::App& program) {
  std::vector<ParsedVerb> parsed;
  for (const Verb& verb : verbs()) {
    CLI::App* command = program.add_subcommand(verb.name, verb.what);
    command->footer(std::string("Example:\n  ") + verb.example);
    VerbAction action = verb.setup(*command);
    if (verb.reads_models) action = with_user_operators(*command, std::move(action));
    parsed.push_back({command, std::move(action)});
  }
  return parsed;
}

int run_program(int argc, char** argv) {
  CLI::App program("mote: trained models on microcontrollers, proven before anything is flashed",
                   "mote");
  program.set_version_flag("--version", "mote " MOTE_VERSION);
  program.require_subcommand(1);
  program.footer(
      "Exit codes: 0 success, 1 failure, 2 wrong usage, 3 a verification found a difference.\n"
      "mote VERB --help shows a verb's options and an example.");
  std::vector<ParsedVerb> parsed = add_verbs(program);
  if (argc > 1 && argv[1][0] != '-' && !is_verb(argv[1])) {
    fmt::print(stderr, "mote: error: {}: no such verb; there are: {}\n", argv[1], verb_names());
    return kUsage;
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? kSuccess : kUsage;
  }
  for (const ParsedVerb& verb : parsed) {
    if (!verb.command->parsed()) continue;
    Result<ExitCode> result = verb.action();
    if (result.ok()) return *result;
    fmt::print(stderr, "mote: error: {}\n", result.error().message);
    return kFailure;
  }
  return kUsage;
}

}  // namespace mote
