// SPDX-License-Identifier: Apache-2.0
// mote verify: the same inputs through every engine, compared with the interpreter over the model
// as it was imported.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "boards/target.h"
#include "cli/board_target.h"
#include "cli/compile_flags.h"
#include "cli/input_flags.h"
#include "cli/model_file.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "engines/bisect.h"
#include "ir/builder.h"
#include "ir/comparator.h"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;

struct VerifyOptions {
  std::string model, signature, board = "cortex-m4";
  std::vector<std::string> inputs;
  InputFlags flags;
  CompileFlags compile;
  std::vector<std::string> engines = {"passes", "plan", "image", "cpp", "board"};
  int random = 0;
  uint32_t seed = 1;
  bool json = false;
};

struct Verdict {
  std::string id;      // as --engines has it
  std::string engine;  // for people
  Comparison comparison;
};

Result<std::vector<Values>> make_samples(const VerifyOptions& options, const ModelFile& model) {
  std::vector<Values> samples;
  for (const std::string& input : options.inputs) {
    MOTE_TRY(Values sample, read_input(input, model.inputs, options.flags.options()));
    samples.push_back(std::move(sample));
  }
  int random_samples = options.random > 0 || !samples.empty() ? options.random : 3;
  std::mt19937 random(options.seed);
  for (int i = 0; i < random_samples; ++i) samples.push_back(random_inputs(random, *model.graph));
  return samples;
}

Result<EnginePtr> make_engine(const std::string& name, const VerifyOptions& options,
                              const Plan& plan) {
  if (name == "passes") return make_interpreter_engine(plan.graph);
  if (name == "plan") return make_plan_engine(plan);
  if (name == "image") return make_image_engine(image_model(plan));
  if (name == "cpp") return make_cpp_engine(plan);
  return make_board_engine(image_model(plan), options.board);
}

std::string title(const std::string& name, const VerifyOptions& options) {
  if (name == "passes") return "interpreter after passes";
  if (name == "plan") return "host kernels";
  if (name == "image") return "image on the host";
  if (name == "cpp") return "generated C++ on the host";
  return "image on " + options.board;
}

std::string sample_name(const VerifyOptions& options, size_t index) {
  if (index < options.inputs.size()) return options.inputs[index];
  return fmt::format("random input {} of seed {}", index - options.inputs.size(), options.seed);
}

Json report_json(const VerifyOptions& options, size_t samples,
                 const std::vector<Verdict>& verdicts) {
  Json json = {{"schema", "mote.verify/1"},
               {"model", options.model},
               {"samples", samples},
               {"engines", Json::array()}};
  for (const Verdict& verdict : verdicts) {
    const Comparison& comparison = verdict.comparison;
    Json row = {{"id", verdict.id},
                {"engine", verdict.engine},
                {"agrees", !comparison.divergence},
                {"identical", comparison.identical},
                {"operators", comparison.operators}};
    if (comparison.divergence) {
      row["input"] = sample_name(options, comparison.divergence->sample);
      row["where"] = comparison.divergence->where;
      row["what"] = comparison.divergence->what;
    }
    json["engines"].push_back(row);
  }
  return json;
}

void print_report(const VerifyOptions& options, size_t samples,
                  const std::vector<Verdict>& verdicts, FloatTolerance tolerance) {
  fmt::print("{}: {} compared with the interpreter: all outputs, and each operator's result once\n",
             options.model, counted(samples, "input"));
  Table table({"engine", ">operators", "result"});
  for (const Verdict& verdict : verdicts) {
    const Comparison& c = verdict.comparison;
    table.add({verdict.engine, c.operators ? grouped(static_cast<int64_t>(c.operators)) : "-",
               c.divergence  ? "DIFFERS"
               : c.identical ? "identical"
                             : fmt::format("within {}{}", tolerance.relative,
                                           tolerance.of_largest ? " of the largest" : "")});
  }
  fmt::print("{}", table.text());
  for (const Verdict& verdict : verdicts) {
    const std::optional<Divergence>& divergence = verdict.comparison.divergence;
    if (!divergence) continue;
    fmt::print("{}: on {}, first difference at {}: {}\n", verdict.engine,
               sample_name(options, divergence->sample), divergence->where, divergence->what);
  }
}

Result<ExitCode> verify_model(const VerifyOptions& options) {
  MOTE_TRY(ModelFile model, load_model(options.model, options.signature));
  if (!model.graph) {
    return fail("{}: is a .mote image; verify the .tflite it was built from", options.model);
  }
  MOTE_TRY(std::vector<Values> samples, make_samples(options, model));
  MOTE_TRY(Target target, target_of_board(options.board));
  MOTE_TRY(Plan plan, compile_model(*model.graph, options.model, target, options.compile));
  FloatTolerance tolerance{.of_largest = target.fused};
  MOTE_TRY(EnginePtr truth, make_interpreter_engine(*model.graph));
  MOTE_TRY(std::vector<Values> expected, truth->run(samples));

  std::vector<Verdict> verdicts;
  for (const std::string& name : options.engines) {
    Result<EnginePtr> engine = make_engine(name, options, plan);
    if (!engine.ok()) {
      return fail("{} (leave this engine out with --engines)", engine.error().message);
    }
    MOTE_TRY(Comparison comparison, compare_engine(**engine, plan, samples, expected, tolerance));
    verdicts.push_back({name, title(name, options), std::move(comparison)});
  }
  if (options.json) {
    Json json = report_json(options, samples.size(), verdicts);
    fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    print_report(options, samples.size(), verdicts, tolerance);
  }
  bool same = std::none_of(verdicts.begin(), verdicts.end(),
                           [](const Verdict& v) { return v.comparison.divergence.has_value(); });
  return same ? kSuccess : kMismatch;
}

}  // namespace

VerbAction setup_verify(CLI::App& command) {
  auto options = std::make_shared<VerifyOptions>();
  command.add_option("model", options->model, "A .tflite file or a graph text")->required();
  add_signature_option(command, &options->signature);
  command.add_option("--input", options->inputs, "Input files, as for mote run");
  command
      .add_option("--random", options->random,
                  "How many random inputs to add (3 where no input is given)")
      ->check(CLI::Range(0, 100000));
  command.add_option("--seed", options->seed, "Seed of the random inputs")->capture_default_str();
  command.add_option("--engines", options->engines, "Which engines to compare")
      ->check(CLI::IsMember({"passes", "plan", "image", "cpp", "board"}))
      ->delimiter(',')
      ->capture_default_str();
  command.add_option("--board", options->board, "The virtual board: " + target_names())
      ->capture_default_str();
  options->flags.add_to(command);
  add_compile_flags(command, &options->compile);
  command.add_flag("--json", options->json, "Print JSON (docs/json.md)");
  return [options] { return verify_model(*options); };
}

}  // namespace mote
