// SPDX-License-Identifier: Apache-2.0
// mote profile: what one inference costs on a board, operator by operator, as a table, as JSON or
// as a page; alone or beside another model, board or saved profile.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <random>

#include "boards/target.h"
#include "cli/compile_flags.h"
#include "cli/input_flags.h"
#include "cli/model_file.h"
#include "cli/profile_text.h"
#include "cli/verbs.h"
#include "engines/profile_json.h"
#include "ir/builder.h"
#include "report/page.h"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;

struct ProfileOptions {
  std::string model, board, input, compare, html;
  InputFlags flags;
  CompileFlags compile;
  uint32_t seed = 1;
  bool json = false;
};

Result<Values> sample_of(const ProfileOptions& options, const ModelFile& model) {
  if (!options.input.empty()) {
    return read_input(options.input, model.inputs, options.flags.options());
  }
  std::mt19937 random(options.seed);
  return random_inputs(random, *model.graph);
}

Result<Json> profile_on(const ProfileOptions& options, const std::string& path,
                        const std::string& board) {
  MOTE_TRY(BoardTarget target, find_target(board));
  MOTE_TRY(ModelFile model, load_model(path));
  if (!model.graph) {
    return fail(
        "{}: is a .mote image, which no longer names its operators; profile the .tflite "
        "it was built from",
        path);
  }
  MOTE_TRY(Values sample, sample_of(options, model));
  if (isatty(STDERR_FILENO)) fmt::print(stderr, "profiling {} on {} …\n", path, board);
  MOTE_TRY(Target kernels, target_of_core(target.core()));
  MOTE_TRY(Plan plan, compile_model(*model.graph, path, kernels, options.compile));
  Result<Profile> profile = profile_model(plan, path, target, sample);
  if (!profile.ok()) return fail("{}: {}", path, profile.error().message);
  return profile_json(*profile);
}

bool is_model_file(const std::string& name) {
  std::error_code ignored;
  return !name.ends_with(".toml") && std::filesystem::exists(name, ignored);
}

/// What --compare names: a saved profile, another model on the same board, or another board.
Result<Json> other_profile(const ProfileOptions& options) {
  if (options.compare.ends_with(".json")) return read_profile_json(options.compare);
  if (is_model_file(options.compare)) return profile_on(options, options.compare, options.board);
  return profile_on(options, options.model, options.compare);
}

Json comparison(const Json& a, const Json& b) {
  return {{"schema", "mote.profile-comparison/1"}, {"profiles", Json::array({a, b})}};
}

Result<ExitCode> profile(const ProfileOptions& options) {
  MOTE_TRY(Json result, profile_on(options, options.model, options.board));
  std::string title = fmt::format("{} on {}", options.model, options.board);
  std::string text = profile_text(result);
  if (!options.compare.empty()) {
    MOTE_TRY(Json other, other_profile(options));
    text = comparison_text(result, other);
    title += " beside " + options.compare;
    result = comparison(result, other);
  }
  std::string json = result.dump(2, ' ', false, Json::error_handler_t::replace);
  if (!options.html.empty()) {
    MOTE_CHECK_OK(write_text(options.html, report_page(title, "profile", json)));
  }
  fmt::print("{}\n", options.json ? json : text);
  return kSuccess;
}

}  // namespace

VerbAction setup_profile(CLI::App& command) {
  auto options = std::make_shared<ProfileOptions>();
  command.add_option("model", options->model, "A .tflite file or a graph text")->required();
  command.add_option("--board", options->board, "The board: " + target_names())->required();
  command.add_option("--input", options->input, "An input file, as for mote run; else random");
  command.add_option("--seed", options->seed, "Seed of the random input")->capture_default_str();
  command.add_option("--compare", options->compare,
                     "Show it beside another model, another board, or a profile saved with --json");
  command.add_option("--html", options->html, "Also write a page to this file");
  options->flags.add_to(command);
  add_compile_flags(command, &options->compile);
  command.add_flag("--json", options->json, "Print JSON (docs/json.md)");
  return [options] { return profile(*options); };
}

}  // namespace mote
