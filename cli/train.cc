// SPDX-License-Identifier: Apache-2.0
// mote train: a project's model, priced before it is learned, then learned, quantised and judged.
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "base/host/file.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "train/run/deploy.h"
#include "train/run/price.h"
#include "train/run/program.h"

namespace mote {
namespace {

using train::Dataset;
using train::FrontEnd;
using train::Project;

struct TrainFlags {
  std::string project, run;
  std::vector<std::string> overrides;
  std::optional<int> epochs;
  bool plan = false, resume = false;

  std::vector<std::string> all_overrides() const {
    std::vector<std::string> all = overrides;
    if (epochs) all.push_back(fmt::format("training.epochs={}", *epochs));
    return all;
  }
};

/// "reading 3 of 200", on a terminal.
void show(const std::string& what, size_t done, size_t all) {
  static const bool terminal = isatty(STDERR_FILENO) != 0;
  const size_t each = std::max<size_t>(all / 100, 1);
  if (!terminal || (done % each != 0 && done != all)) return;
  fmt::print(stderr, "\r\x1b[K{} {} of {}{}", what, done, all, done == all ? "\n" : "");
}

std::function<void(size_t, size_t)> shown(const char* what) {
  return [what](size_t done, size_t all) { show(what, done, all); };
}

std::string bytes_text(uint64_t bytes) {
  return grouped(static_cast<int64_t>(bytes)) + " bytes";
}

std::string or_unknown(const std::optional<double>& value, const char* unit) {
  return value ? fmt::format("{:.4g} {}", *value, unit) : "unknown";
}

template <typename T>
std::string limit_text(const std::optional<T>& limit, const char* unit) {
  return limit ? fmt::format("at most {} {}", *limit, unit) : "";
}

void print_price(const Project& project, const train::Price& price) {
  const Profile& p = price.profile;
  const train::BudgetOptions& b = project.budget;
  Table table({"on " + b.board, ">takes", "budget", ">board has"});
  table.add({"RAM", bytes_text(p.footprint.ram_bytes()), limit_text(b.max_ram_bytes, "bytes"),
             p.ram ? bytes_text(p.ram->bytes) : "-"});
  table.add({"flash", bytes_text(p.footprint.flash_bytes()), limit_text(b.max_flash_bytes, "bytes"),
             p.flash ? bytes_text(p.flash->bytes) : "-"});
  table.add({"latency", or_unknown(p.latency_ms(p.total), "ms"), limit_text(b.max_latency_ms, "ms"),
             "-"});
  table.add(
      {"energy", or_unknown(p.energy_uj(p.total), "µJ"), limit_text(b.max_energy_uj, "µJ"), "-"});
  fmt::print("{}Before training, with {} MACs. Time and energy are estimates.\n", table.text(),
             grouped(p.macs()));
}

/// Compiles the untrained model. Errors: it doesn't fit a strict budget.
Result<void> look_ahead(const TrainFlags& flags, const Project& project, const Dataset& dataset) {
  MOTE_TRY(const Graph model,
           train::untrained_model(project, static_cast<int>(dataset.classes.size())));
  if (project.budget.board.empty()) {
    fmt::print("No [budget] board: nothing says what the model may cost.\n");
    return {};
  }
  MOTE_TRY(const train::Price price, train::price_of(project, model));
  print_price(project, price);
  if (price.problems.empty()) return {};
  const std::string problems = fmt::format("{}", fmt::join(price.problems, "; "));
  if (project.budget.strict) {
    return fail(
        "{}: the model doesn't fit [budget]: {}. Make it smaller (model.width, features), "
        "or set budget.strict = false to train it nevertheless",
        project.file.string(), problems);
  }
  fmt::print(stderr, "{}: warning: the model doesn't fit [budget]: {}\n", flags.project, problems);
  return {};
}

std::string score_text(const train::Scores& scores, double score) {
  return std::string(scores.what) == "accuracy" ? fmt::format("{:.2f} %", 100 * score)
                                                : fmt::format("{:.4f}", score);
}

/// Quantises, writes and judges what was learned.
Result<void> finish(const Project& project, const Dataset& dataset,
                    const std::filesystem::path& run) {
  MOTE_TRY(const auto statistics, train::read_statistics(run / "front_end.json"));
  MOTE_TRY(const FrontEnd front_end, FrontEnd::make(project, statistics));
  MOTE_TRY(const train::Deployed deployed,
           train::deploy(project, dataset, front_end, run, false, show));
  fmt::print("{}  {}\n{}  {}\n", (run / "model.tflite").string(), bytes_text(deployed.tflite_bytes),
             (run / "model.mote").string(), bytes_text(deployed.image_bytes));
  if (dataset.of(train::Split::kTest).empty()) {
    fmt::print("There are no test examples: split.test is 0.\n");
    return {};
  }
  MOTE_TRY(const train::Scores scores,
           train::judge(project, dataset, front_end, deployed, shown("testing")));
  fmt::print("{} on {}: float {}, {} {}\n", scores.what, counted(scores.examples, "test example"),
             score_text(scores, scores.real), project.compression.activations,
             score_text(scores, scores.integers));
  return {};
}

Result<ExitCode> train_project(const TrainFlags& flags) {
  MOTE_TRY(const Project project, train::read_project(flags.project, flags.all_overrides()));
  MOTE_TRY(const Dataset dataset, train::read_dataset(project));
  MOTE_CHECK_OK(look_ahead(flags, project, dataset));
  if (flags.plan) return kSuccess;
  train::Stage stage;
  stage.project = project.file;
  stage.run =
      flags.run.empty() ? project.file.parent_path() / "run" : std::filesystem::path(flags.run);
  stage.overrides = flags.all_overrides();
  if (flags.resume) stage.more.push_back("--resume");
  fflush(stdout);
  MOTE_CHECK_OK(train::run_training(stage));
  MOTE_CHECK_OK(finish(project, dataset, stage.run));
  return kSuccess;
}

}  // namespace

VerbAction setup_train(CLI::App& command) {
  auto flags = std::make_shared<TrainFlags>();
  command.add_option("project", flags->project, "A folder with mote.toml, or the file")->required();
  command.add_option("--run", flags->run, "Folder of what comes out; else run/ beside mote.toml");
  command.add_flag("--plan", flags->plan,
                   "Only say what the untrained model takes of the budget's board");
  command.add_flag("--resume", flags->resume,
                   "Go on where an earlier training stopped, if there was one");
  command
      .add_option("--set", flags->overrides,
                  "Another value than mote.toml's: --set training.rate=0.01; repeatable")
      ->allow_extra_args(false);
  command.add_option("--epochs", flags->epochs, "Short for --set training.epochs=N");
  return [flags] { return train_project(*flags); };
}

}  // namespace mote
