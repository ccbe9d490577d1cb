// SPDX-License-Identifier: Apache-2.0
// mote run: files in, answers out, on the host's runtime or on a virtual board.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>

#include "base/host/file.h"
#include "base/host/parallel.h"
#include "boards/elf.h"
#include "boards/target.h"
#include "cli/board_target.h"
#include "cli/compile_flags.h"
#include "cli/input_flags.h"
#include "cli/model_file.h"
#include "cli/samples.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "engines/engine.h"
#include "ir/comparator.h"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;

struct RunOptions {
  std::string model, signature, output_dir, board, labels, truth, engine = "image";
  std::vector<std::string> inputs;
  InputFlags flags;
  CompileFlags compile;
  int top = 3;
  unsigned jobs = 0;
  bool json = false;
};

/// Element i of an output as a real number where it is quantised, else as stored.
double real_value(const Tensor& tensor, const Bytes& bytes, int64_t i) {
  double stored = element_value(tensor.dtype, bytes, i);
  const Quantization& q = tensor.quantization;
  return q.quantized() ? (stored - q.zero_point()) * q.scale() : stored;
}

std::vector<double> real_values(const Tensor& tensor, const Bytes& bytes) {
  std::vector<double> values;
  for (int64_t i = 0; i < tensor.shape.elements(); ++i) {
    values.push_back(real_value(tensor, bytes, i));
  }
  return values;
}

/// Indices of the k largest values, largest first, the lower index first among equals.
std::vector<size_t> top_indices(const std::vector<double>& values, size_t k) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  // NaN comes last, whatever it is compared with.
  auto rank = [&](size_t i) { return std::isnan(values[i]) ? -INFINITY : values[i]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return rank(a) > rank(b); });
  order.resize(std::min(k, order.size()));
  return order;
}

Result<std::vector<std::string>> read_labels(const std::string& path) {
  std::vector<std::string> labels;
  if (path.empty()) return labels;
  MOTE_TRY(std::string text, read_text(path));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    labels.push_back(line);
  }
  return labels;
}

/// One output file per input, named after it. Errors: two inputs would share one.
Result<void> write_outputs(const RunOptions& options, const std::vector<Values>& outputs) {
  std::map<std::string, std::string> taken;
  for (const std::string& input : options.inputs) {
    auto [at, fresh] = taken.emplace(std::filesystem::path(input).stem().string(), input);
    if (!fresh && at->second == input) return fail("{}: is given twice", input);
    if (!fresh) {
      return fail("{} and {} would both write {}.bin; run them into different folders", at->second,
                  input, at->first);
    }
  }
  MOTE_CHECK_OK(make_folder(options.output_dir));
  for (size_t i = 0; i < outputs.size(); ++i) {
    Bytes all;
    for (const Bytes& output : outputs[i]) all.insert(all.end(), output.begin(), output.end());
    std::string stem = std::filesystem::path(options.inputs[i]).stem().string();
    MOTE_CHECK_OK(write_file(std::filesystem::path(options.output_dir) / (stem + ".bin"), all));
  }
  return {};
}

struct Accuracy {
  int correct = 0, total = 0;
};

class Report {
 public:
  Report(const RunOptions& options, const std::vector<Tensor>& outputs,
         std::vector<std::string> labels, std::map<std::string, size_t> truth)
      : options_(options),
        outputs_(outputs),
        labels_(std::move(labels)),
        truth_(std::move(truth)) {}

  Result<Accuracy> accuracy(const std::vector<Values>& results) const {
    Accuracy accuracy;
    for (size_t i = 0; i < results.size(); ++i) {
      auto found = truth_.find(std::filesystem::path(options_.inputs[i]).filename().string());
      if (found == truth_.end()) {
        return fail("{}: has no line for {}", options_.truth, options_.inputs[i]);
      }
      accuracy.correct +=
          top_indices(real_values(outputs_[0], results[i][0]), 1)[0] == found->second;
      ++accuracy.total;
    }
    return accuracy;
  }

  void print_table(const std::vector<Values>& results) const {
    constexpr size_t kMostRows = 20;
    Table table({"input", "output"});
    for (size_t i = 0; i < std::min(results.size(), kMostRows); ++i) {
      for (size_t o = 0; o < outputs_.size(); ++o) {
        std::string file = std::filesystem::path(options_.inputs[i]).filename().string();
        table.add({o == 0 ? file : "", summary(outputs_[o], results[i][o])});
      }
    }
    fmt::print("{}", table.text());
    if (results.size() > kMostRows) {
      fmt::print("… and {} more (--json or --output-dir give all)\n", results.size() - kMostRows);
    }
  }

  Json samples_json(const std::vector<Values>& results) const {
    Json samples = Json::array();
    for (size_t i = 0; i < results.size(); ++i) {
      Json sample = {{"input", options_.inputs[i]}, {"outputs", Json::array()}};
      for (size_t o = 0; o < outputs_.size(); ++o) {
        std::vector<double> values = real_values(outputs_[o], results[i][o]);
        Json top = Json::array();
        for (size_t index : top_indices(values, static_cast<size_t>(options_.top))) {
          Json row = {{"index", index}, {"value", values[index]}};
          if (index < labels_.size()) row["label"] = labels_[index];
          top.push_back(row);
        }
        sample["outputs"].push_back({{"name", outputs_[o].name}, {"values", values}, {"top", top}});
      }
      samples.push_back(sample);
    }
    return samples;
  }

 private:
  std::string label(size_t index) const {
    return index < labels_.size() ? labels_[index] : fmt::format("#{}", index);
  }

  std::string summary(const Tensor& tensor, const Bytes& bytes) const {
    constexpr size_t kMostValues = 4;
    std::vector<double> values = real_values(tensor, bytes);
    std::string text;
    if (values.size() <= kMostValues && labels_.empty()) {
      for (double value : values) text += fmt::format("{}{:.6g}", text.empty() ? "" : "  ", value);
      return text;
    }
    for (size_t index : top_indices(values, static_cast<size_t>(options_.top))) {
      text += fmt::format("{}{} {:.4g}", text.empty() ? "" : ", ", label(index), values[index]);
    }
    return text;
  }

  const RunOptions& options_;
  const std::vector<Tensor>& outputs_;
  std::vector<std::string> labels_;
  std::map<std::string, size_t> truth_;
};

Result<ImageModel> to_image(const ModelFile& model, const RunOptions& options) {
  if (!model.graph) return image_model(model.image);
  MOTE_TRY(Target target,
           options.board.empty() ? target_of_core("host") : target_of_board(options.board));
  MOTE_TRY(Plan plan, compile_model(*model.graph, model.path.string(), target, options.compile));
  return image_model(plan);
}

void print_board(const std::string& board, const RunStatistics& statistics) {
  constexpr size_t kMostRows = 6;
  fmt::print("{} instructions per inference on {}, exactly; peak stack {} bytes\n",
             grouped(static_cast<int64_t>(statistics.instructions_per_inference)), board,
             statistics.stack_peak_bytes);
  Table table({">instructions", "function"});
  uint64_t rest = statistics.instructions_per_inference;
  for (size_t i = 0; i < std::min(statistics.functions.size(), kMostRows); ++i) {
    const FunctionInstructions& f = statistics.functions[i];
    table.add({grouped(static_cast<int64_t>(f.instructions)), without_parameters(f.name)});
    rest -= f.instructions;
  }
  if (rest > 0) table.add({grouped(static_cast<int64_t>(rest)), "all others"});
  fmt::print("{}", table.text());
}

Json functions_json(const RunStatistics& statistics) {
  Json rows = Json::array();
  for (const FunctionInstructions& f : statistics.functions) {
    rows.push_back({{"name", f.name}, {"instructions", f.instructions}});
  }
  return rows;
}

/// Says on a terminal how many inputs are done, ten times a second at most.
std::function<void(size_t)> progress_of(size_t inputs, const std::string& board) {
  if (!isatty(STDERR_FILENO)) return {};
  if (!board.empty()) fmt::print(stderr, "running {} inputs on {} …\n", inputs, board);
  using Clock = std::chrono::steady_clock;
  return [inputs, shown = Clock::now(), any = false](size_t done) mutable {
    bool last = done == inputs, due = Clock::now() - shown > std::chrono::milliseconds(100);
    if (last ? !any : !due) return;
    any = true, shown = Clock::now();
    // Whatever is printed next takes its place.
    fmt::print(stderr, "\x1b[K{} of {} inputs\r", done, inputs);
    if (last) fmt::print(stderr, "\x1b[K");
  };
}

/// The engine that the options ask for. REQUIRES: the model outlives it.
Result<EnginePtr> make_engine(const RunOptions& options, const ModelFile& model) {
  unsigned jobs = static_cast<unsigned>(job_count(options.jobs, options.inputs.size()));
  Batch batch{jobs, progress_of(options.inputs.size(), options.board)};
  if (options.engine == "interpreter") {
    if (model.graph) return make_interpreter_engine(*model.graph, batch);
    return fail("{}: is a .mote image; the interpreter needs the .tflite it was built from",
                options.model);
  }
  MOTE_TRY(ImageModel image, to_image(model, options));
  return options.board.empty() ? make_image_engine(image, batch)
                               : make_board_engine(image, options.board, batch);
}

Result<ExitCode> run(const RunOptions& options) {
  MOTE_TRY(std::vector<std::string> labels, read_labels(options.labels));
  MOTE_TRY(auto truth, read_truth(options.truth));
  MOTE_TRY(ModelFile model, load_model(options.model, options.signature));
  if (model.outputs.empty()) return fail("{}: has no output", options.model);
  std::vector<Values> samples;
  for (const std::string& input : options.inputs) {
    MOTE_TRY(Values sample, read_input(input, model.inputs, options.flags.options()));
    samples.push_back(std::move(sample));
  }
  MOTE_TRY(EnginePtr engine, make_engine(options, model));
  MOTE_TRY(std::vector<Values> results, engine->run(samples));
  RunStatistics statistics = engine->statistics();

  Report report(options, model.outputs, labels, truth);
  Accuracy accuracy;
  if (!options.truth.empty()) {
    MOTE_TRY(accuracy, report.accuracy(results));
  }
  if (!options.output_dir.empty()) MOTE_CHECK_OK(write_outputs(options, results));
  if (options.json) {
    Json json = {{"schema", "mote.run/1"}, {"model", options.model}, {"engine", engine->name()}};
    if (!options.board.empty()) {
      json["board"] = options.board;
      json["instructions_per_inference"] = statistics.instructions_per_inference;
      json["stack_bytes"] = statistics.stack_peak_bytes;
      json["functions"] = functions_json(statistics);
    } else {
      json["seconds_per_inference"] = statistics.seconds_per_inference;
    }
    json["jobs"] = statistics.jobs;
    if (accuracy.total) {
      json["accuracy"] = {{"correct", accuracy.correct}, {"total", accuracy.total}};
    }
    json["samples"] = report.samples_json(results);
    fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
    return kSuccess;
  }
  report.print_table(results);
  if (accuracy.total) {
    fmt::print("accuracy {} of {} = {:.1f} %\n", accuracy.correct, accuracy.total,
               100.0 * accuracy.correct / accuracy.total);
  }
  if (options.board.empty()) {
    std::string at_a_time =
        statistics.jobs > 1 ? fmt::format(", {} at a time", statistics.jobs) : "";
    fmt::print("{:.3f} ms per inference on this host{}\n", statistics.seconds_per_inference * 1e3,
               at_a_time);
  }
  if (!options.board.empty()) print_board(options.board, statistics);
  return kSuccess;
}

}  // namespace

VerbAction setup_run(CLI::App& command) {
  auto options = std::make_shared<RunOptions>();
  command.add_option("model", options->model, "A .tflite file, a graph text or a .mote image")
      ->required();
  add_signature_option(command, &options->signature);
  command
      .add_option("--input", options->inputs,
                  "Files, one inference each: raw bytes, .npy, .wav, .png, .jpg, .bmp")
      ->required();
  command.add_option("--output-dir", options->output_dir,
                     "Write each input's raw output bytes to DIR/<input stem>.bin");
  command.add_option("--board", options->board, "Run on this virtual board: " + target_names());
  command
      .add_option("--engine", options->engine,
                  "How to run on the host: image, the runtime that devices have; interpreter, "
                  "the reference")
      ->check(CLI::IsMember({"image", "interpreter"}))
      ->excludes("--board")
      ->capture_default_str();
  command.add_option("--labels", options->labels, "A file with one class name per line");
  command.add_option("--top", options->top, "How many classes to show")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command.add_option("--truth", options->truth,
                     "A CSV with lines file,classes,class: print the accuracy");
  command
      .add_option("--jobs", options->jobs,
                  "Inputs at a time; as many as there are cores if not given. A model with "
                  "variables sees its inputs one after the other")
      ->check(CLI::Range(1, 1024));
  options->flags.add_to(command);
  add_compile_flags(command, &options->compile);
  command.add_flag("--json", options->json, "Print JSON (docs/json.md)");
  return [options] { return run(*options); };
}

}  // namespace mote
