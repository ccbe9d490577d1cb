// SPDX-License-Identifier: Apache-2.0
// mote compress: a float model in all its smaller forms, side by side: how good, how big, how fast.
// The best one that meets a budget is written.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/host/file.h"
#include "cli/input_flags.h"
#include "cli/model_file.h"
#include "cli/samples.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "compiler/tflite/writer.h"
#include "report/page.h"
#include "train/compress/steps.h"
#include "train/evaluate/held_out.h"
#include "train/evaluate/run_graph.h"
#include "train/report/quality.h"
#include "train/report/training_report.h"
#include "train/run/deploy.h"
#include "train/run/program.h"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;

struct CompressFlags {
  std::string model, output, truth, html, run, split = "validation";
  std::vector<std::string> samples, test, budget, set;
  std::vector<double> prune = {25, 50};
  double zero = 50;
  InputFlags input;
  size_t calibrate = 200;
  bool finetune = true, json = false;
};

/// "64k" as 65536.
Result<uint64_t> bytes_of(const std::string& text) {
  size_t end = 0;
  uint64_t number = 0;
  try {
    number = std::stoull(text, &end);
  } catch (const std::exception&) {
    return fail("'{}' isn't a number of bytes, such as 65536 or 64k", text);
  }
  std::string unit = text.substr(end);
  if (unit == "k" || unit == "K") return number << 10;
  if (unit == "M") return number << 20;
  if (!unit.empty()) return fail("'{}' isn't a number of bytes, such as 65536 or 64k", text);
  return number;
}

Result<double> number_of(const std::string& text) {
  char* end = nullptr;
  double number = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(number >= 0)) {
    return fail("'{}' isn't a number of at least 0", text);
  }
  return number;
}

/// One item of --budget.
Result<void> add_limit(const std::string& key, const std::string& value,
                       compress::Subject* subject) {
  train::BudgetOptions& budget = subject->budget;
  if (key == "board") {
    budget.board = value;
  } else if (key == "ram") {
    MOTE_TRY(budget.max_ram_bytes, bytes_of(value));
  } else if (key == "flash") {
    MOTE_TRY(budget.max_flash_bytes, bytes_of(value));
  } else if (key == "latency") {
    MOTE_TRY(budget.max_latency_ms, number_of(value));
  } else if (key == "energy") {
    MOTE_TRY(budget.max_energy_uj, number_of(value));
  } else if (key == "loss") {
    MOTE_TRY(double points, number_of(value));
    subject->max_loss = points / 100;
  } else {
    return fail("there are board, ram, flash, latency, energy and loss");
  }
  return {};
}

Result<void> read_budget(const std::vector<std::string>& items, compress::Subject* subject) {
  for (const std::string& item : items) {
    size_t equals = item.find('=');
    if (equals == std::string::npos) return fail("--budget {}: expected key=value", item);
    auto added = add_limit(item.substr(0, equals), item.substr(equals + 1), subject);
    if (!added.ok()) return fail("--budget {}: {}", item, added.error().message);
  }
  const train::BudgetOptions& b = subject->budget;
  bool needs_board = b.max_ram_bytes || b.max_latency_ms || b.max_energy_uj;
  if (needs_board && b.board.empty()) {
    return fail("--budget: RAM, latency and energy are those of a board: add board=NAME");
  }
  if (!b.board.empty()) MOTE_CHECK_OK(find_target(b.board));
  return {};
}

using Answers = std::vector<std::vector<float>>;

size_t largest(const std::vector<float>& values) {
  return static_cast<size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

/// The part of right answers, or without labels of the same answers as the float model's; of
/// models with one output 1 less the error.
std::function<double(const Answers&)> scorer(const std::vector<int>& labels, Answers reference) {
  return [labels, reference = std::move(reference)](const Answers& answers) {
    if (labels.empty()) {
      return 1 - quantize::distance(answers, reference).loss(reference[0].size()) / 100;
    }
    size_t right = 0;
    for (size_t i = 0; i < answers.size(); ++i) {
      right += largest(answers[i]) == static_cast<size_t>(labels[i]);
    }
    return static_cast<double>(right) / static_cast<double>(answers.size());
  };
}

Result<void> check_labels(const Samples& samples, const ModelFile& model) {
  int64_t outputs = model.outputs[0].shape.elements();
  for (size_t i = 0; i < samples.labels.size(); ++i) {
    if (samples.labels[i] < outputs) continue;
    return fail("{}: its class is number {}, the model tells {} apart", samples.files[i].string(),
                samples.labels[i], outputs);
  }
  return {};
}

std::string bytes_text(uint64_t bytes) {
  return grouped(static_cast<int64_t>(bytes));
}

void print_table(const std::vector<compress::Variant>& variants, const std::string& score) {
  Table table({"step", ">" + score, ">error", ">file", ">compressed", ">flash", ">RAM", ">ms",
               ">µJ", "budget"});
  auto or_dash = [](const std::optional<double>& value) {
    return value ? fmt::format("{:.4g}", *value) : std::string("-");
  };
  for (const compress::Variant& v : variants) {
    if (!v.made) {
      table.add({v.name, "-", "-", "-", "-", "-", "-", "-", "-", "can't be made"});
      continue;
    }
    std::vector<std::string> cells = {v.name, fmt::format("{:.1f} %", 100 * v.score),
                                      fmt::format("{:.1f} %", 100 * v.error),
                                      bytes_text(v.file_bytes), bytes_text(v.compressed_bytes)};
    if (v.profile) {
      const Profile& p = *v.profile;
      cells.insert(cells.end(),
                   {bytes_text(p.footprint.flash_bytes()), bytes_text(p.footprint.ram_bytes()),
                    or_dash(p.latency_ms(p.total)), or_dash(p.energy_uj(p.total))});
    } else {
      cells.insert(cells.end(), {"-", "-", "-", "-"});
    }
    cells.push_back(v.best ? "best" : v.problem.empty() ? "meets it" : v.problem);
    table.add(cells);
  }
  fmt::print("{}", table.text());
  for (const compress::Variant& v : variants) {
    if (!v.made) fmt::print("{}: {}\n", v.name, v.problem);
  }
}

Error nothing_meets(const std::vector<compress::Variant>& variants,
                    const compress::Subject& subject) {
  const compress::Variant& v = compress::nearest(variants, subject);
  std::string figures;
  if (v.profile) {
    const Profile& p = *v.profile;
    figures = fmt::format(", {} bytes of RAM, {} of flash", bytes_text(p.footprint.ram_bytes()),
                          bytes_text(p.footprint.flash_bytes()));
    if (auto ms = p.latency_ms(p.total)) figures += fmt::format(", {:.4g} ms", *ms);
  }
  return fail("no step meets the budget; the nearest is '{}' with a score of {:.1f} %{}: {}",
              v.name, 100 * v.score, figures, v.problem);
}

/// What is compressed, with what the subject points to.
struct Work {
  compress::Subject subject;
  std::string name, score;
  std::vector<std::string> skipped;
  Graph network;
  std::vector<Values> calibration, test;
  train::Task task = train::Task::kClassification;
  std::optional<train::Project> project;
  std::optional<train::Dataset> dataset;
  std::optional<train::FrontEnd> front_end;
  std::optional<train::HeldOut> held_out;
};

/// At most `most` of them, spread over the whole list, since it may be sorted by class.
std::vector<Values> spread(const std::vector<Values>& all, size_t most) {
  if (all.size() <= most) return all;
  std::vector<Values> some;
  for (size_t i = 0; i < most; ++i) some.push_back(all[i * all.size() / most]);
  return some;
}

Result<void> prepare_model(const CompressFlags& flags, Work* work) {
  if (flags.samples.empty()) {
    return fail("{}: a model needs --samples of its inputs; a project brings its own", flags.model);
  }
  MOTE_TRY(const ModelFile model, load_model(flags.model));
  if (!model.graph) return fail("{}: is a .mote image; compress the float model", flags.model);
  const InputOptions input = flags.input.options();
  MOTE_TRY(const Samples samples,
           read_samples(flags.samples, model.inputs, input, flags.test.empty() ? flags.truth : ""));
  Samples other;
  if (!flags.test.empty()) {
    MOTE_TRY(other, read_samples(flags.test, model.inputs, input, flags.truth));
  }
  const Samples& test = flags.test.empty() ? samples : other;
  MOTE_CHECK_OK(check_labels(test, model));
  work->name = model.path.filename().string();
  work->score = test.labels.empty() ? "agreement" : "accuracy";
  work->network = *model.graph;
  work->calibration = spread(samples.inputs, flags.calibrate);
  work->test = test.inputs;
  MOTE_TRY(Answers reference, train::answers(work->network, work->test));
  work->subject.score = scorer(test.labels, std::move(reference));
  return {};
}

/// A pruned network, trained further by mote-train in a folder of its own below the run's.
Result<Graph> finetuned(const CompressFlags& flags, const std::filesystem::path& run,
                        const Graph& network, const std::string& name, bool keep_zeros) {
  const std::filesystem::path folder = run / "compress" / name, start = folder / "start.tflite";
  MOTE_CHECK_OK(make_folder(folder));
  MOTE_TRY(const Bytes file, write_tflite(network));
  MOTE_CHECK_OK(write_file(start, file));
  MOTE_TRY(const std::string statistics, read_text(run / "front_end.json"));
  MOTE_CHECK_OK(write_text(folder / "front_end.json", statistics));
  std::vector<std::string> more = {"--start", start.string()};
  if (keep_zeros) more.push_back("--keep-zeros");
  fmt::print(stderr, "fine-tuning {} …\n", name);
  MOTE_CHECK_OK(train::run_training({.project = flags.model,
                                     .run = folder,
                                     .overrides = flags.set,
                                     .name = "finetune",
                                     .more = more}));
  return load_graph(folder / "float.tflite");
}

std::filesystem::path run_folder(const CompressFlags& flags, const train::Project& project) {
  return flags.run.empty() ? project.file.parent_path() / "run" : std::filesystem::path(flags.run);
}

/// What quantisation-aware training left in the run, if it ran.
Result<void> add_trained(const std::filesystem::path& run, Work* work) {
  std::error_code error;
  if (!std::filesystem::exists(run / "qat.tflite", error)) return {};
  MOTE_TRY(Graph network, load_graph(run / "qat.tflite"));
  MOTE_TRY(auto ranges, train::read_ranges(run / "qat_ranges.json"));
  work->subject.trained = compress::Trained{std::move(network), std::move(ranges)};
  return {};
}

Result<void> prepare_project(const CompressFlags& flags, Work* work) {
  MOTE_TRY(work->project, train::read_project(flags.model, flags.set));
  const train::Project& project = *work->project;
  const std::filesystem::path run = run_folder(flags, project);
  MOTE_TRY(const auto statistics, train::read_statistics(run / "front_end.json"));
  MOTE_TRY(work->front_end, train::FrontEnd::make(project, statistics));
  MOTE_TRY(work->dataset, train::read_dataset(project));
  MOTE_TRY(work->network, load_graph(run / "float.tflite"));
  const auto quiet = [](const std::string&, size_t, size_t) {};
  MOTE_TRY(work->calibration, train::calibration_samples(project, *work->dataset, *work->front_end,
                                                         [](size_t, size_t) {}));
  const train::Split split =
      flags.split == "test" ? train::Split::kTest : train::Split::kValidation;
  MOTE_TRY(work->held_out,
           train::HeldOut::make(project, *work->dataset, *work->front_end, split, 0, quiet));
  work->name = project.name;
  work->task = project.task;
  work->test = work->held_out->real_features();
  for (const train::Skipped& s : work->held_out->skipped()) {
    work->skipped.push_back(s.path + ": " + s.why);
  }
  const train::Quality quality = train::quality_on(*work->held_out);
  work->score = quality.name;
  work->subject.score = quality.of;
  const train::FrontEnd& front_end = *work->front_end;
  work->subject.deploy = [&front_end](const Graph& network) {
    return train::join(front_end.graph(), network);
  };
  work->subject.input_range = train::feature_range(front_end);
  MOTE_CHECK_OK(add_trained(run, work));
  auto trainer = train::find_training_program();
  if (trainer.ok() && flags.finetune) {
    work->subject.finetune = [&flags, run](const Graph& network, const std::string& name,
                                           bool keep_zeros) {
      return finetuned(flags, run, network, name, keep_zeros);
    };
  } else if (flags.finetune) {
    fmt::print(stderr, "pruned networks aren't fine-tuned: {}\n", trainer.error().message);
  }
  work->subject.budget = project.budget;
  return {};
}

train::TrainingReport report_of(const Work& work, const std::vector<compress::Variant>& variants) {
  train::TrainingReport report;
  report.name = work.name;
  report.task = work.task;
  report.score = work.score;
  report.examples = work.test.size();
  report.skipped = work.skipped;
  report.budget = work.subject.budget;
  report.steps = variants;
  return report;
}

/// What a reader of the table should know.
void print_notes(const Work& work, const compress::Variant& best, double float_score) {
  if (work.subject.zero_part > 0) {
    fmt::print(
        "zeros among the weights save neither flash, RAM nor time, only bytes of a compressed "
        "file, such as an update\n");
  }
  if (work.score == "agreement") {
    fmt::print(
        "agreement: the same answer as the float model's; samples in a folder for each "
        "class, or --truth, give accuracy\n");
  }
  if (float_score - best.score > 0.05 && !work.subject.max_loss) {
    fmt::print(
        "it loses {:.1f} points: loss=POINTS in the budget says how many may go, and refuses what "
        "loses more\n",
        100 * (float_score - best.score));
  }
}

Result<ExitCode> compress_model(const CompressFlags& flags) {
  Work work;
  std::error_code error;
  const std::filesystem::path path = flags.model;
  const bool project = path.extension() == ".toml" || std::filesystem::is_directory(path, error);
  if (project) {
    MOTE_CHECK_OK(prepare_project(flags, &work));
  } else {
    MOTE_CHECK_OK(prepare_model(flags, &work));
  }
  compress::Subject& subject = work.subject;
  MOTE_CHECK_OK(read_budget(flags.budget, &subject));
  subject.graph = &work.network;
  subject.calibration = &work.calibration;
  subject.test = &work.test;
  subject.prune_parts.clear();
  for (double percent : flags.prune) subject.prune_parts.push_back(percent / 100);
  subject.zero_part = flags.zero / 100;
  const bool terminal = isatty(STDERR_FILENO);
  const auto quiet = [](const std::string&, size_t, size_t) {};
  const auto observer = [&](const compress::Variant& v) {
    if (terminal) fmt::print(stderr, "{} …\n", v.name);
  };
  auto variants = compress::try_steps(subject, observer, quiet);
  if (!variants.ok()) return fail("{}: {}", flags.model, variants.error().message);
  const std::string json = train::training_json(report_of(work, *variants))
                               .dump(2, ' ', false, Json::error_handler_t::replace);
  if (!flags.html.empty()) {
    MOTE_CHECK_OK(write_text(flags.html, report_page("Compression", "training", json)));
  }
  if (flags.json) {
    fmt::print("{}\n", json);
  } else {
    print_table(*variants, work.score);
  }
  auto best = std::find_if(variants->begin(), variants->end(),
                           [](const compress::Variant& v) { return v.best; });
  if (best == variants->end()) return nothing_meets(*variants, subject);
  if (!flags.output.empty()) {
    MOTE_TRY(const Bytes file, write_tflite(best->graph));
    MOTE_CHECK_OK(write_file(flags.output, file));
  }
  if (!flags.json) {
    fmt::print("best: {}{}: {}\n", best->name,
               flags.output.empty() ? "" : ", written to " + flags.output, best->why);
    print_notes(work, *best, (*variants)[0].score);
  }
  return kSuccess;
}

}  // namespace

VerbAction setup_compress(CLI::App& command) {
  auto flags = std::make_shared<CompressFlags>();
  command
      .add_option("model", flags->model,
                  "A float .tflite or .onnx file, or a project (its folder or mote.toml)")
      ->required();
  command.add_option(
      "--samples", flags->samples,
      "Inputs as the model will meet them: files, a folder of files, or a folder with a "
      "folder for each class");
  command.add_option("--test", flags->test,
                     "Other inputs to judge by; without them, those of --samples");
  command.add_option("--truth", flags->truth, "What is right: a CSV with lines file,class");
  flags->input.add_to(command);
  command.add_option("--run", flags->run,
                     "The project's run folder; run in its folder unless told");
  command.add_option("--set", flags->set, "An option of the project instead: key=value")
      ->allow_extra_args(false);
  command
      .add_option("--split", flags->split,
                  "By which of the project's examples the steps are judged")
      ->check(CLI::IsMember({"validation", "test"}))
      ->capture_default_str();
  command.add_flag("!--no-finetune", flags->finetune, "Don't train a project's pruned networks");
  command.add_option(
      "--budget", flags->budget,
      "What the model may cost: board=NAME ram=BYTES flash=BYTES latency=MS energy=UJ "
      "loss=POINTS below the float model");
  command.add_option("--prune", flags->prune, "Percentages of channels to try without")
      ->check(CLI::Range(1.0, 90.0))
      ->capture_default_str();
  command.add_option("--zero", flags->zero, "Percentage of weights to try as zeros; 0: none")
      ->check(CLI::Range(0.0, 99.0))
      ->capture_default_str();
  command.add_option("--calibrate", flags->calibrate, "How many of the samples calibrate, at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_option("-o,--output", flags->output, "The .tflite file for the best one");
  command.add_flag("--json", flags->json, "Print JSON (docs/json.md)");
  command.add_option("--html", flags->html, "Write a page");
  return [flags] { return compress_model(*flags); };
}

}  // namespace mote
