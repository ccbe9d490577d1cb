// SPDX-License-Identifier: Apache-2.0
// mote train: a project's model, priced before it is learned, then learned, quantised and judged.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cmath>

#include "base/host/file.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "train/classic/learn.h"
#include "train/data/split.h"
#include "train/run/deploy.h"
#include "train/run/price.h"
#include "train/run/program.h"
#include "train/run/search.h"

namespace mote {
namespace {

using train::Dataset;
using train::FrontEnd;
using train::Project;

struct TrainFlags {
  std::string project, run;
  std::vector<std::string> overrides;
  std::optional<int> epochs;
  bool plan = false, resume = false, by_group = false;
  int folds = 0, trials = 0;

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

void print_price(const Project& project, const train::Price& price, const char* when) {
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
  fmt::print("{}{}, with {} MACs. Time and energy are estimates.\n", table.text(), when,
             grouped(p.macs()));
}

/// Says what the model takes of the budget. Errors: it doesn't fit a strict one.
Result<void> hold_to_budget(const Project& project, const Graph& model, const char* when) {
  if (project.budget.board.empty()) {
    fmt::print("No [budget] board: nothing says what the model may cost.\n");
    return {};
  }
  MOTE_TRY(const train::Price price, train::price_of(project, model));
  print_price(project, price, when);
  if (price.problems.empty()) return {};
  const std::string problems = fmt::format("{}", fmt::join(price.problems, "; "));
  if (project.budget.strict) {
    return fail(
        "{}: the model doesn't fit [budget]: {}. Make it smaller (model, features), or set "
        "budget.strict = false to train it nevertheless",
        project.file.string(), problems);
  }
  fmt::print(stderr, "{}: warning: the model doesn't fit [budget]: {}\n", project.file.string(),
             problems);
  return {};
}

/// Compiles the untrained model.
Result<void> look_ahead(const Project& project, const Dataset& dataset) {
  MOTE_TRY(const Graph model,
           train::untrained_model(project, static_cast<int>(dataset.classes.size())));
  return hold_to_budget(project, model, "Before training");
}

std::string score_text(const train::Scores& scores, double score) {
  return std::string(scores.what) == "accuracy" ? fmt::format("{:.2f} %", 100 * score)
                                                : fmt::format("{:.4f}", score);
}

/// What is learned, and where to.
struct Run {
  const Project& project;
  const Dataset& dataset;
  std::filesystem::path folder;
  train::Stage stage;  // how mote-train does it
};

void print_scores(const Project& project, const std::string& how, const train::Scores& scores) {
  fmt::print("{} on {}: float {}, {}{} {}\n", scores.what, counted(scores.examples, "test example"),
             score_text(scores, scores.real), project.compression.activations, how,
             score_text(scores, scores.integers));
}

/// Both forms of the integers, and which was taken.
void print_choice(const Project& project, const train::FormChoice& choice) {
  Table table({project.compression.activations, ">validation " + choice.score, ""});
  auto add = [&](train::Form form, const std::optional<double>& figure) {
    table.add({train::name_of(form), train::figure_text(choice, figure),
               choice.taken == form ? "deployed: " + choice.why : ""});
  };
  add(train::Form::kAfterTraining, choice.after_training);
  add(train::Form::kTrainedForIt, choice.trained_for_it);
  fmt::print("{}", table.text());
}

/// Quantises, writes and judges what was learned; `qat`: the better of both forms.
Result<std::optional<train::Scores>> finish(const Run& run, bool qat) {
  MOTE_TRY(const auto statistics, train::read_statistics(run.folder / "front_end.json"));
  MOTE_TRY(const FrontEnd front_end, FrontEnd::make(run.project, statistics));
  MOTE_TRY(const train::Deployed deployed,
           train::deploy(run.project, run.dataset, front_end, run.folder, qat, show));
  if (deployed.choice) print_choice(run.project, *deployed.choice);
  fmt::print("{}  {}\n{}  {}\n", (run.folder / "model.tflite").string(),
             bytes_text(deployed.tflite_bytes), (run.folder / "model.mote").string(),
             bytes_text(deployed.image_bytes));
  if (run.dataset.of(train::Split::kTest).empty()) {
    fmt::print("There are no test examples: split.test is 0.\n");
    return std::optional<train::Scores>();
  }
  MOTE_TRY(const train::Scores scores,
           train::judge(run.project, run.dataset, front_end, deployed, show));
  const auto& choice = deployed.choice;
  const std::string how = choice ? fmt::format(" ({})", train::name_of(choice->taken)) : "";
  print_scores(run.project, how, scores);
  return std::optional<train::Scores>(scores);
}

/// A model that is learned without libtorch, as it is deployed.
struct Classic {
  FrontEnd front_end;
  train::Deployed deployed;
};

Result<Classic> make_classic(const Run& run) {
  MOTE_CHECK_OK(make_folder(run.folder));
  MOTE_TRY(FrontEnd front_end, FrontEnd::learn(run.project, run.dataset, shown("looked at")));
  MOTE_CHECK_OK(
      write_text(run.folder / "front_end.json", train::statistics_json(front_end.statistics())));
  MOTE_TRY(const train::ClassicModel model,
           train::learn_classic(run.project, run.dataset, front_end, shown("learned")));
  MOTE_TRY(train::Deployed deployed,
           train::deploy_classic(run.project, front_end, model.graph, run.folder));
  MOTE_CHECK_OK(hold_to_budget(run.project, deployed.model, "Learned"));
  return Classic{std::move(front_end), std::move(deployed)};
}

Result<std::optional<train::Scores>> learn_classic(const Run& run) {
  MOTE_TRY(const Classic classic, make_classic(run));
  const train::Deployed& deployed = classic.deployed;
  fmt::print("{}  {}\n{}  {}\n", (run.folder / "model.tflite").string(),
             bytes_text(deployed.tflite_bytes), (run.folder / "model.mote").string(),
             bytes_text(deployed.image_bytes));
  if (run.dataset.of(train::Split::kTest).empty()) return std::optional<train::Scores>();
  MOTE_TRY(const train::Scores scores,
           train::judge(run.project, run.dataset, classic.front_end, deployed, show));
  fmt::print("{} on {}: {}\n", scores.what, counted(scores.examples, "test example"),
             score_text(scores, scores.integers));
  return std::optional<train::Scores>(scores);
}

Result<std::optional<train::Scores>> learn(Run run) {
  if (train::find_classic(run.project)) return learn_classic(run);
  run.stage.run = run.folder;
  fflush(stdout);
  MOTE_CHECK_OK(train::run_training(run.stage));
  MOTE_TRY(std::optional<train::Scores> scores, finish(run, false));
  if (run.project.compression.qat_epochs == 0) return scores;
  fflush(stdout);
  run.stage.name = "qat";
  MOTE_CHECK_OK(train::run_training(run.stage));
  return finish(run, true);
}

struct Part {
  std::string name;
  train::Scores scores;
};

void print_parts(const std::vector<Part>& parts) {
  Table table({"tested on", ">examples", ">float", ">integers"});
  double real = 0, integers = 0, squares = 0;
  const auto n = static_cast<double>(parts.size());
  for (const Part& part : parts) {
    table.add({part.name, grouped(static_cast<int64_t>(part.scores.examples)),
               score_text(part.scores, part.scores.real),
               score_text(part.scores, part.scores.integers)});
    real += part.scores.real / n;
    integers += part.scores.integers / n;
  }
  for (const Part& part : parts) squares += std::pow(part.scores.integers - integers, 2);
  const train::Scores& first = parts[0].scores;
  table.add({"mean", "", score_text(first, real), score_text(first, integers)});
  const double deviation = parts.size() > 1 ? std::sqrt(squares / (n - 1)) : 0;
  table.add({"standard deviation", "", "", score_text(first, deviation)});
  fmt::print("\n{}{}", first.what, "\n" + table.text());
}

/// Cross-validation: each part of the examples tests a model that learned from the others.
Result<void> cross_validate(const TrainFlags& flags, const Run& whole) {
  std::vector<std::string> groups;
  if (flags.by_group) groups = train::groups_of(whole.dataset);
  const int count = flags.by_group ? static_cast<int>(groups.size()) : flags.folds;
  if (count < 2) return fail("cross-validation needs two groups or folds, there are {}", count);
  std::vector<Part> parts;
  for (int i = 0; i < count; ++i) {
    Dataset dataset = whole.dataset;
    const std::string name =
        flags.by_group ? groups[static_cast<size_t>(i)] : fmt::format("fold {}", i + 1);
    Run run{whole.project, dataset, whole.folder / fmt::format("part_{}", i + 1), whole.stage};
    if (flags.by_group) {
      train::assign_group(&dataset, whole.project.split, name);
      run.stage.more.insert(run.stage.more.end(), {"--test-group", name});
    } else {
      train::assign_fold(&dataset, whole.project.split, i, count);
      run.stage.more.insert(run.stage.more.end(),
                            {"--folds", std::to_string(count), "--fold", std::to_string(i)});
    }
    fmt::print("{} of {}: {}\n", i + 1, count, name);
    MOTE_TRY(const auto scores, learn(run));
    if (scores) parts.push_back({name, *scores});
  }
  if (!parts.empty()) print_parts(parts);
  return {};
}

void print_trials(const std::vector<train::Trial>& trials) {
  Table table({"trial", "values", ">epochs", ">validation"});
  for (const train::Trial& trial : trials) {
    table.add({fmt::format("{}", trial.number + 1),
               fmt::format("{}", fmt::join(trial.overrides, " ")), fmt::format("{}", trial.epochs),
               trial.problem.empty() ? fmt::format("{:.4g}", trial.result) : trial.problem});
  }
  fmt::print("\n{}", table.text());
}

/// One trial of --search: what its model gives on validation examples.
Result<double> try_values(const Run& run) {
  if (train::find_classic(run.project)) {
    MOTE_TRY(const Classic model, make_classic(run));
    return train::validation_result(run.project, run.dataset, model.front_end,
                                    model.deployed.integers);
  }
  MOTE_CHECK_OK(look_ahead(run.project, run.dataset));
  MOTE_CHECK_OK(train::run_training(run.stage));
  return train::validation_result(run.folder);
}

/// Tries values of [search] and goes on with the best.
Result<void> search_values(const TrainFlags& flags, const Run& whole) {
  auto overrides = [&](const train::Trial& trial) {
    std::vector<std::string> all = whole.stage.overrides;
    all.insert(all.end(), trial.overrides.begin(), trial.overrides.end());
    all.push_back(fmt::format("training.epochs={}", trial.epochs));
    return all;
  };
  auto run_of = [&](const train::Trial& trial, const Project& project) {
    Run run{project, whole.dataset, whole.folder / fmt::format("trial_{}", trial.number + 1),
            whole.stage};
    run.stage.run = run.folder;
    run.stage.overrides = overrides(trial);
    return run;
  };
  auto attempt = [&](const train::Trial& trial) -> Result<double> {
    fmt::print("trial {}: {}, {}\n", trial.number + 1, fmt::join(trial.overrides, " "),
               counted(static_cast<size_t>(trial.epochs), "epoch"));
    fflush(stdout);
    MOTE_TRY(const Project project, train::read_project(flags.project, overrides(trial)));
    return try_values(run_of(trial, project));
  };
  Project ranges = whole.project;
  if (train::find_classic(ranges)) ranges.training.epochs = 1;  // it has none: one round
  MOTE_TRY(const auto trials, train::search(ranges, flags.trials, attempt));
  print_trials(trials);
  const train::Trial& best = trials[0];
  MOTE_TRY(const Project project, train::read_project(flags.project, overrides(best)));
  const Run run = run_of(best, project);
  const auto scores = train::find_classic(project) ? learn_classic(run) : finish(run, false);
  if (!scores.ok()) return scores.error();
  return {};
}

Result<ExitCode> train_project(const TrainFlags& flags) {
  MOTE_TRY(const Project project, train::read_project(flags.project, flags.all_overrides()));
  MOTE_TRY(const Dataset dataset, train::read_dataset(project));
  const bool classic = train::find_classic(project) != nullptr;
  if (classic && flags.plan) {
    return fail(
        "{}: what a {} costs depends on its data, and it learns in seconds: leave --plan out",
        project.file.string(), project.model.type);
  }
  if (!classic) MOTE_CHECK_OK(look_ahead(project, dataset));
  if (flags.plan) return kSuccess;
  Run run{project, dataset, flags.run, {}};
  if (flags.run.empty()) run.folder = project.file.parent_path() / "run";
  run.stage.project = project.file;
  run.stage.overrides = flags.all_overrides();
  if (flags.resume) run.stage.more.push_back("--resume");
  if (flags.folds > 0 || flags.by_group) {
    MOTE_CHECK_OK(cross_validate(flags, run));
    return kSuccess;
  }
  if (flags.trials > 0) {
    MOTE_CHECK_OK(search_values(flags, run));
    return kSuccess;
  }
  const auto scores = learn(run);
  if (!scores.ok()) return scores.error();
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
  auto* folds = command.add_option("--folds", flags->folds,
                                   "Cross-validation: so many models, each tested on another part");
  folds->check(CLI::Range(2, 100));
  command
      .add_flag("--leave-one-group-out", flags->by_group,
                "The same with each group (who speaks, which device) as the tested part")
      ->excludes(folds);
  command
      .add_option("--search", flags->trials,
                  "Tries so many values drawn from [search]; the better ones get more epochs")
      ->check(CLI::Range(1, 10000))
      ->excludes(folds);
  command.add_option("--epochs", flags->epochs, "Short for --set training.epochs=N");
  return [flags] { return train_project(*flags); };
}

}  // namespace mote
