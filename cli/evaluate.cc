// SPDX-License-Identifier: Apache-2.0
// mote evaluate: how good a run's models are on examples that training never saw: float, integers
// on the host and on a virtual board side by side, by class, by group and under hardship.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <sstream>

#include "base/host/file.h"
#include "cli/evaluate_stream.h"
#include "cli/input_flags.h"
#include "cli/model_file.h"
#include "cli/samples.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "compiler/pipeline.h"
#include "report/page.h"
#include "train/evaluate/held_out.h"
#include "train/evaluate/run_graph.h"
#include "train/report/training_report.h"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;
using train::HeldOut;
using train::ModelReport;
using train::TrainingReport;

struct EvaluateFlags {
  std::vector<std::string> models, samples, by, set;
  std::string run, split = "test", board, truth, html;
  size_t examples = 0, board_examples = 20, hard_examples = 500;
  double recall = 0.9;
  InputFlags input;
  StreamFlags stream;
  bool json = false;
};

void show(const std::string& what, size_t done, size_t all) {
  if (!isatty(STDERR_FILENO)) return;
  fmt::print(stderr, "\r\x1b[K{}: {} of {}{}", what, done, all, done == all ? "\n" : "");
}

bool is_project(const std::filesystem::path& path) {
  std::error_code error;
  return path.extension() == ".toml" || std::filesystem::is_directory(path, error);
}

train::Split split_named(const std::string& name) {
  if (name == "train") return train::Split::kTrain;
  return name == "validation" ? train::Split::kValidation : train::Split::kTest;
}

/// The lines of a run's log.jsonl that are JSON; none without one.
Json read_log(const std::filesystem::path& path) {
  Json log = Json::array();
  Result<std::string> text = read_text(path);
  if (!text.ok()) return log;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    Json row = Json::parse(line, nullptr, false);
    if (row.is_object()) log.push_back(std::move(row));
  }
  return log;
}

/// A run's models, by what they are given.
struct RunModel {
  const char* name;
  const char* file;
  train::GraphInput given;
};
constexpr RunModel kRunModels[] = {{"float", "float.tflite", train::GraphInput::kFeatures},
                                   {"qat, float", "qat.tflite", train::GraphInput::kFeatures},
                                   {"integers", "model.tflite", train::GraphInput::kDevice}};

class Evaluation {
 public:
  Evaluation(const EvaluateFlags& flags, const train::Project& project, const HeldOut& test,
             const train::FrontEnd& front_end, TrainingReport* report)
      : flags_(flags),
        project_(project),
        test_(test),
        front_end_(front_end),
        report_(*report),
        how_{project.task, report->classes, flags.by, flags.recall} {
    if (how_.columns.empty() && groups_of(test) > 1) how_.columns = {"group"};
  }

  Result<void> run(const std::filesystem::path& folder) {
    for (const RunModel& row : kRunModels) {
      std::error_code error;
      if (!std::filesystem::exists(folder / row.file, error)) continue;
      MOTE_TRY(const Graph graph, load_graph(folder / row.file));
      MOTE_CHECK_OK(add_host(row, graph));
      bool deployed = row.given == train::GraphInput::kDevice;
      if (deployed && !flags_.board.empty()) MOTE_CHECK_OK(add_board(row, graph));
    }
    if (report_.models.empty()) {
      return fail("{}: has neither float.tflite nor model.tflite; mote train makes them",
                  folder.string());
    }
    return {};
  }

 private:
  static size_t groups_of(const HeldOut& test) {
    std::set<std::string> groups;
    std::vector<std::vector<float>> none(test.size(), std::vector<float>(1));
    for (const train::Prediction& p : test.predictions(none)) groups.insert(p.columns.at("group"));
    return groups.size();
  }

  Result<void> add_host(const RunModel& row, const Graph& graph) {
    MOTE_TRY(const auto outputs, outputs_on(graph, row.given, test_));
    MOTE_CHECK_OK(check_outputs(row, outputs[0].size()));
    ModelReport model = judge(row.name, "host", test_.predictions(outputs), how_);
    if (flags_.hard_examples > 0) MOTE_CHECK_OK(add_hardships(row, graph, &model));
    report_.models.push_back(std::move(model));
    return {};
  }

  Result<void> check_outputs(const RunModel& row, size_t outputs) const {
    if (project_.task != train::Task::kClassification || outputs == how_.classes.size()) return {};
    return fail("{}: has {} outputs, the project {} classes", row.file, outputs,
                how_.classes.size());
  }

  Result<void> add_hardships(const RunModel& row, const Graph& graph, ModelReport* model) {
    const HeldOut some = test_.some(std::min(flags_.hard_examples, test_.size()));
    MOTE_TRY(const auto noise, train::read_noise(project_));
    const auto all = train::hardships(project_.input.kind);
    train::Judgement plain = how_;
    plain.columns.clear();
    for (size_t i = 0; i < all.size(); ++i) {
      MOTE_TRY(const HeldOut harder, some.harder(all[i], noise));
      MOTE_TRY(const auto outputs, outputs_on(graph, row.given, harder));
      const ModelReport judged = judge(row.name, "host", harder.predictions(outputs), plain);
      model->robustness.push_back({all[i].name, judged.score, judged.interval});
      show(fmt::format("hardships of {}", row.name), i + 1, all.size());
    }
    return {};
  }

  Result<void> add_board(const RunModel& row, const Graph& graph) {
    const HeldOut some = test_.some(std::min(flags_.board_examples, test_.size()));
    MOTE_TRY(const auto here, outputs_on(graph, row.given, some));
    MOTE_TRY(const auto there, outputs_on(graph, row.given, some, flags_.board));
    ModelReport model = judge(row.name, flags_.board, some.predictions(there), how_);
    model.other_answers = 0;
    for (size_t i = 0; i < here.size(); ++i) *model.other_answers += here[i] != there[i];
    MOTE_TRY(const BoardTarget target, find_target(flags_.board));
    MOTE_TRY(const Target kernels, target_of_core(target.core()));
    MOTE_TRY(const Plan plan, compile(graph, kernels));
    MOTE_TRY(model.profile, profile_model(plan, row.file, target, some.inputs()[0]));
    report_.models.push_back(std::move(model));
    MOTE_TRY(const auto bits, compare_features(front_end_, some, flags_.board));
    report_.features = {flags_.board, some.size(), bits.bits, bits.different};
    return {};
  }

  const EvaluateFlags& flags_;
  const train::Project& project_;
  const HeldOut& test_;
  const train::FrontEnd& front_end_;
  TrainingReport& report_;
  train::Judgement how_;
};

/// A report, and where its JSON and page are kept; nowhere for models that aren't a project's.
struct Evaluated {
  TrainingReport report;
  std::filesystem::path run = {};
};

/// The data set; where only held-out examples are wanted, without what is missing of data.extra.
Result<train::Dataset> read_held_out(const train::Project& project, train::Split split) {
  const bool trains = split == train::Split::kTrain;
  MOTE_TRY(train::Dataset dataset,
           train::read_dataset(project, trains ? train::Needs::kTraining : train::Needs::kHeldOut));
  for (const std::filesystem::path& folder : dataset.missing) {
    fmt::print(stderr,
               "{}: warning: no such folder (data.extra); what is in it only trains, so the {} "
               "examples are the same without it\n",
               folder.string(), name_of(split));
  }
  return dataset;
}

Result<Evaluated> evaluate_project(const EvaluateFlags& flags) {
  MOTE_TRY(const train::Project project, train::read_project(flags.models[0], flags.set));
  MOTE_TRY(const bool listens, flags.stream.given());
  if (listens && (project.input.kind != train::InputKind::kAudio ||
                  project.task != train::Task::kClassification)) {
    return fail("{}: --recording is for projects that classify sound", project.file.string());
  }
  const std::filesystem::path run =
      flags.run.empty() ? project.file.parent_path() / "run" : std::filesystem::path(flags.run);
  MOTE_TRY(const train::FeatureStatistics statistics,
           train::read_statistics(run / "front_end.json"));
  MOTE_TRY(const train::FrontEnd front_end, train::FrontEnd::make(project, statistics));
  MOTE_TRY(const train::Dataset dataset, read_held_out(project, split_named(flags.split)));
  MOTE_TRY(const HeldOut test, HeldOut::make(project, dataset, front_end, split_named(flags.split),
                                             flags.examples, show));
  TrainingReport report;
  report.name = project.name;
  report.task = project.task;
  report.score = name_of_score(project.task);
  report.classes = dataset.classes;
  report.examples = test.size();
  for (const train::Skipped& s : test.skipped()) report.skipped.push_back(s.path + ": " + s.why);
  report.recall = flags.recall;
  report.log = read_log(run / "log.jsonl");
  report.budget = project.budget;
  report.deployed = train::read_choice(run);
  if (listens) {
    MOTE_TRY(report.stream,
             evaluate_streams(flags.stream, project, dataset, split_named(flags.split), front_end,
                              run / "model.tflite", show));
  }
  MOTE_CHECK_OK(Evaluation(flags, project, test, front_end, &report).run(run));
  return Evaluated{std::move(report), run};
}

/// Predictions of a model that isn't a project's.
std::vector<train::Prediction> predictions_of(const std::vector<std::vector<float>>& answers,
                                              const Samples& samples) {
  std::vector<train::Prediction> predictions;
  for (size_t i = 0; i < answers.size(); ++i) {
    train::Prediction p;
    p.label = samples.labels[i];
    p.scores = answers[i];
    predictions.push_back(std::move(p));
  }
  return predictions;
}

Result<void> add_model(const EvaluateFlags& flags, const std::string& path,
                       TrainingReport* report) {
  MOTE_TRY(const ModelFile model, load_model(path));
  if (!model.graph) return fail("{}: is a .mote image; evaluate the model that it is of", path);
  MOTE_TRY(const Samples samples,
           read_samples(flags.samples, model.inputs, flags.input.options(), flags.truth));
  if (samples.labels.empty()) {
    return fail(
        "nothing says what is right: give a folder with a folder for each class, or "
        "--truth");
  }
  auto outputs = static_cast<size_t>(model.outputs[0].shape.elements());
  std::vector<std::string> classes = samples.classes;
  for (size_t c = classes.size(); c < outputs; ++c) classes.push_back(fmt::format("#{}", c));
  for (int label : samples.labels) {
    if (classes.size() == outputs && static_cast<size_t>(label) < outputs) continue;
    return fail("{}: has {} outputs, which are too few for the samples' classes", path, outputs);
  }
  report->classes = classes;
  report->examples = samples.files.size();
  const train::Judgement how{.classes = classes, .columns = {}, .recall = flags.recall};
  const std::string name = model.path.filename().string();
  MOTE_TRY(const auto raw, train::run_graph(*model.graph, samples.inputs));
  std::vector<std::vector<float>> answers;
  for (const Values& one : raw) answers.push_back(train::outputs_of(*model.graph, one));
  report->models.push_back(judge(name, "host", predictions_of(answers, samples), how));
  return {};
}

Result<Evaluated> evaluate_models(const EvaluateFlags& flags) {
  if (flags.samples.empty()) {
    return fail("{}: a model is evaluated on --samples; a project brings its own", flags.models[0]);
  }
  TrainingReport report;
  report.name = std::filesystem::path(flags.models[0]).stem().string();
  report.recall = flags.recall;
  for (const std::string& path : flags.models) MOTE_CHECK_OK(add_model(flags, path, &report));
  return Evaluated{std::move(report)};
}

using ScoreText = std::function<std::string(double)>;

ScoreText score_text(const TrainingReport& report) {
  if (report.score != "accuracy") return [](double v) { return fmt::format("{:.4g}", v); };
  return [](double v) { return fmt::format("{:.1f} %", 100 * v); };
}

void print_models(const TrainingReport& report, const ScoreText& text) {
  Table table({"model", "ran on", ">examples", ">" + report.score, ">95 % interval", ">mean F1",
               ">mean AUC", ">ms", ">RAM", ">flash"});
  for (const ModelReport& m : report.models) {
    const auto& c = m.classification;
    std::vector<std::string> cells = {m.name,
                                      m.where,
                                      fmt::format("{}", m.examples),
                                      text(m.score),
                                      text(m.interval.low) + " – " + text(m.interval.high),
                                      c ? fmt::format("{:.3f}", c->macro_f1) : "-",
                                      c ? fmt::format("{:.3f}", c->macro_auc) : "-"};
    if (m.profile) {
      const Profile& p = *m.profile;
      auto ms = p.latency_ms(p.total);
      cells.insert(cells.end(), {ms ? fmt::format("{:.4g}", *ms) : "-",
                                 grouped(static_cast<int64_t>(p.footprint.ram_bytes())),
                                 grouped(static_cast<int64_t>(p.footprint.flash_bytes()))});
    } else {
      cells.insert(cells.end(), {"-", "-", "-"});
    }
    table.add(cells);
  }
  fmt::print("{}", table.text());
  for (const ModelReport& m : report.models) {
    if (!m.other_answers) continue;
    fmt::print("on {} {} of {} outputs differ from the host's\n", m.where, *m.other_answers,
               m.examples);
  }
  if (const auto& d = report.deployed) {
    fmt::print("integers {}: {} (validation {}: quantised after training {}, trained for it {})\n",
               train::name_of(d->taken), d->why, d->score,
               train::figure_text(*d, d->after_training),
               train::figure_text(*d, d->trained_for_it));
  }
  if (const auto& f = report.features) {
    fmt::print("features on {}: {} of {} bits differ from those of training\n", f->board,
               f->different_bits, grouped(static_cast<int64_t>(f->bits)));
  }
}

void print_classes(const TrainingReport& report, const ModelReport& m) {
  if (!m.classification) return;
  Table table({"class", ">examples", ">precision", ">recall", ">F1", ">AUC",
               fmt::format(">false positives at {:.0f} % recall", 100 * report.recall),
               "most often taken for"});
  auto part = [](double v) { return fmt::format("{:.1f} %", 100 * v); };
  for (size_t c = 0; c < m.classification->classes.size(); ++c) {
    const train::ClassMetrics& one = m.classification->classes[c];
    std::vector<size_t> row = m.classification->confusion[c];
    row[c] = 0;
    auto most = std::max_element(row.begin(), row.end());
    const auto& at = m.rocs[c].at_recall;
    table.add({one.name, fmt::format("{}", one.examples), part(one.precision), part(one.recall),
               fmt::format("{:.3f}", one.f1), fmt::format("{:.3f}", one.auc),
               at ? part(at->false_positive_rate) : "-",
               *most == 0
                   ? ""
                   : fmt::format("{} ({})", report.classes[static_cast<size_t>(most - row.begin())],
                                 *most)});
  }
  fmt::print("\n{} on {}\n{}", m.name, m.where, table.text());
  fmt::print("expected calibration error {}\n", part(m.calibration->error));
}

void print_groups(const ModelReport& m, const ScoreText& text) {
  for (const train::FairnessMetrics& f : m.fairness) {
    fmt::print("\nby {}: {}", f.column, counted(f.groups.size(), "group"));
    if (f.judged < 2) {
      fmt::print("; fewer than two have 10 examples, so there is no gap to state\n");
      continue;
    }
    fmt::print(
        ", {} with at least 10 examples; between the best and the worst of them lie {} "
        "(95 %: {} – {})\n",
        f.judged, text(f.gap), text(f.gap_interval.low), text(f.gap_interval.high));
    Table table({"group", ">examples", ">score", ">95 % interval"});
    constexpr size_t kEnds = 5;
    for (size_t i = 0; i < f.groups.size(); ++i) {
      if (i == kEnds && f.groups.size() > 2 * kEnds) {
        table.add({"…", "", "", ""});
        i = f.groups.size() - kEnds;
      }
      const train::GroupMetrics& g = f.groups[i];
      table.add({g.value, fmt::format("{}", g.examples), text(g.score),
                 text(g.interval.low) + " – " + text(g.interval.high)});
    }
    fmt::print("{}", table.text());
  }
}

void print_robustness(const TrainingReport& report, const ScoreText& text) {
  std::vector<std::string> headings = {"hardship"};
  std::vector<const ModelReport*> models;
  for (const ModelReport& m : report.models) {
    if (m.robustness.empty()) continue;
    models.push_back(&m);
    headings.push_back(">" + m.name);
  }
  if (models.empty()) return;
  Table table(headings);
  for (size_t i = 0; i < models[0]->robustness.size(); ++i) {
    std::vector<std::string> cells = {models[0]->robustness[i].name};
    for (const ModelReport* m : models) cells.push_back(text(m->robustness[i].score));
    table.add(cells);
  }
  fmt::print("\n{}", table.text());
}

/// A board that is still busy with one window when the next is due hears less.
void print_pace(const TrainingReport& report) {
  for (const ModelReport& m : report.models) {
    const auto ms = m.profile ? m.profile->latency_ms(m.profile->total) : std::nullopt;
    const double hop_ms = 1000 * report.stream->options.step_s;
    if (!ms || *ms <= hop_ms) continue;
    fmt::print("an inference takes {:.4g} ms on {}, so it can't listen each {:.4g} ms\n", *ms,
               m.where, hop_ms);
  }
}

void print_report(const TrainingReport& report) {
  const ScoreText text = score_text(report);
  print_models(report, text);
  // The details are of the last form that ran on the host: what is deployed, if it is there.
  const ModelReport* main = &report.models[0];
  for (const ModelReport& m : report.models) {
    if (m.where == "host") main = &m;
  }
  print_classes(report, *main);
  print_groups(*main, text);
  print_robustness(report, text);
  if (report.stream) {
    print_streams(*report.stream);
    print_pace(report);
  }
  if (!report.skipped.empty()) {
    fmt::print("\n{} left out, the first: {}\n", counted(report.skipped.size(), "example"),
               report.skipped[0]);
  }
}

Result<ExitCode> evaluate(const EvaluateFlags& flags) {
  const bool project = is_project(flags.models[0]);
  if (!project && !flags.stream.recordings.empty()) {
    return fail("{}: --recording is for projects", flags.models[0]);
  }
  if (project && flags.models.size() > 1) return fail("{}: one project at a time", flags.models[1]);
  MOTE_TRY(const Evaluated done, project ? evaluate_project(flags) : evaluate_models(flags));
  const TrainingReport& report = done.report;
  const std::string json =
      train::training_json(report).dump(2, ' ', false, Json::error_handler_t::replace);
  const std::string page = report_page(report.name, "training", json);
  if (!flags.html.empty()) MOTE_CHECK_OK(write_text(flags.html, page));
  if (project) {
    MOTE_CHECK_OK(write_text(done.run / "report.json", json));
    MOTE_CHECK_OK(write_text(done.run / "report.html", page));
  }
  if (flags.json) {
    fmt::print("{}\n", json);
  } else {
    print_report(report);
  }
  return kSuccess;
}

}  // namespace

VerbAction setup_evaluate(CLI::App& command) {
  auto flags = std::make_shared<EvaluateFlags>();
  command
      .add_option("model", flags->models,
                  "A project (its folder or mote.toml), or models to put side by side")
      ->required();
  command.add_option("--run", flags->run,
                     "The project's run folder; run in its folder unless told");
  command.add_option("--set", flags->set, "An option of the project instead: key=value")
      ->allow_extra_args(false);
  command.add_option("--split", flags->split, "Which examples of the project")
      ->check(CLI::IsMember({"train", "validation", "test"}))
      ->capture_default_str();
  command.add_option("--examples", flags->examples, "At most so many of them, spread; 0: all");
  command
      .add_option("--by", flags->by,
                  "Columns to group by: class, group, or any of the label CSV; repeatable")
      ->allow_extra_args(false);
  command.add_option("--recall", flags->recall, "Where false positives are looked up")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command
      .add_option("--hard-examples", flags->hard_examples,
                  "How many examples are made harder for the robustness test; 0: none")
      ->capture_default_str();
  command.add_option("--board", flags->board, "Run the integers on this virtual board, too");
  command.add_option("--board-examples", flags->board_examples, "How many examples run there")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_option("--samples", flags->samples,
                     "For models: files, or a folder with a folder for each class");
  command.add_option("--truth", flags->truth, "For models: a CSV with lines file,class");
  flags->input.add_to(command);
  flags->stream.add_to(command);
  command.add_flag("--json", flags->json, "Print JSON (docs/json.md)");
  command.add_option("--html", flags->html, "Write a page");
  return [flags] { return evaluate(*flags); };
}

}  // namespace mote
