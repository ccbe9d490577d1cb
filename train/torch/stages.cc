// SPDX-License-Identifier: Apache-2.0
#include "train/torch/stages.h"

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "base/host/file.h"
#include "compiler/tflite/reader.h"
#include "compiler/tflite/writer.h"
#include "ops/book.h"
#include "train/data/split.h"
#include "train/run/deploy.h"
#include "train/torch/progress.h"
#include "train/torch/project_source.h"
#include "train/torch/rounding.h"
#include "train/torch/trainer.h"

namespace mote::train {
namespace {

constexpr double kLaterRate = 0.1;  // of training.rate, in stages after the first

size_t worker_count() {
  return std::max(1u, std::thread::hardware_concurrency());
}

Result<Dataset> read_split_dataset(const StageOptions& options, const Project& project) {
  MOTE_TRY(Dataset dataset, read_dataset(project));
  if (options.folds > 0) assign_fold(&dataset, project.split, options.fold, options.folds);
  if (!options.test_group.empty()) assign_group(&dataset, project.split, options.test_group);
  return dataset;
}

/// The run's front end: learned of the data, or as it was when the run began.
Result<FrontEnd> front_end_of(const StageOptions& options, const Project& project,
                              const Dataset& dataset) {
  const std::filesystem::path file = options.run / "front_end.json";
  std::error_code ignored;
  const bool begun = options.resume || options.stage != "float";
  if (begun && std::filesystem::exists(file, ignored)) {
    MOTE_TRY(const FeatureStatistics statistics, read_statistics(file));
    return FrontEnd::make(project, statistics);
  }
  MOTE_TRY(FrontEnd front_end, FrontEnd::learn(project, dataset, counter("looked at")));
  MOTE_CHECK_OK(write_text(file, statistics_json(front_end.statistics())));
  return front_end;
}

Result<Graph> read_network(const std::filesystem::path& path) {
  MOTE_TRY(const Bytes file, read_file(path));
  return read_tflite(file, path.string(), operator_book());
}

Result<Network> network_of(const StageOptions& options, const Project& project,
                           const Dataset& dataset, const FrontEnd& front_end) {
  if (options.start.empty()) {
    return make_network(
        project, front_end.shape(),
        outputs_of(project, static_cast<int>(dataset.classes.size()), front_end.shape()));
  }
  MOTE_TRY(Graph graph, read_network(options.start));
  return Network{std::move(graph), {}, {}};
}

Result<std::unique_ptr<Executor>> teacher_of(const Project& project) {
  if (project.training.teacher.empty()) return std::unique_ptr<Executor>();
  MOTE_TRY(Graph graph, read_network(project.training.teacher));
  MOTE_TRY(Executor executor, Executor::make({std::move(graph), {}, {}}));
  return std::make_unique<Executor>(std::move(executor));
}

void report_skipped(const ProjectSource& source) {
  const std::vector<Skipped>& skipped = source.skipped();
  if (skipped.empty()) return;
  fmt::print(stderr, "{} examples can't be read and are left out:\n", skipped.size());
  for (size_t i = 0; i < std::min<size_t>(skipped.size(), 10); ++i) {
    fmt::print(stderr, "  {}: {}\n", skipped[i].path, skipped[i].why);
  }
  if (skipped.size() > 10) fmt::print(stderr, "  …\n");
}

Result<void> write_network(const std::filesystem::path& path, const Graph& graph) {
  MOTE_TRY(const Bytes file, write_tflite(graph));
  return write_file(path, file);
}

/// A project's recipe for a stage: what has learned already goes on in smaller steps. Its
/// normalisations are folded into weights, so that nothing else holds back a long gradient.
void adapt_recipe(const StageOptions& options, Project* project) {
  if (options.stage == "float") return;
  TrainingOptions& training = project->training;
  const CompressionOptions& compression = project->compression;
  training.epochs = options.stage == "qat" ? compression.qat_epochs : compression.finetune_epochs;
  training.rate *= kLaterRate;
  training.warmup_epochs = 0;
  training.mixup = 0;
  if (training.clip_norm == 0) training.clip_norm = 1;
}

struct Session {
  const StageOptions& options;
  const Project& project;
  const Dataset& dataset;
  const FrontEnd& front_end;
};

Result<void> learn(const Session& session, Executor& executor, const std::string& prefix) {
  const Project& project = session.project;
  MOTE_TRY(auto teacher, teacher_of(project));
  MOTE_TRY(auto source, ProjectSource::make(project, session.dataset, session.front_end,
                                            worker_count(), counter("decoded")));
  report_skipped(*source);
  TrainerOptions trainer;
  trainer.task = project.task;
  trainer.training = project.training;
  trainer.run = session.options.run;
  trainer.prefix = prefix;
  trainer.resume = session.options.resume;
  trainer.keep_zeros = session.options.keep_zeros;
  trainer.stop_after = session.options.stop_after;
  trainer.teacher = teacher.get();
  trainer.workers = worker_count();
  show_progress(&trainer);
  return train_network(executor, *source, trainer);
}

Result<void> run_float(const Session& session, const Network& network) {
  MOTE_TRY(Executor executor, Executor::make(network, session.project.model.freeze));
  MOTE_CHECK_OK(learn(session, executor, ""));
  return write_network(session.options.run / "float.tflite", executor.learned());
}

/// The ranges of all activations, on training examples.
Result<std::map<TensorId, quantize::Range>> observe_ranges(const Session& session,
                                                           const Graph& graph) {
  const quantize::Recipe recipe = recipe_of(session.project, session.front_end, graph);
  MOTE_TRY(const auto samples, calibration_samples(session.project, session.dataset,
                                                   session.front_end, counter("read")));
  MOTE_TRY(auto ranges,
           quantize::observe(graph, samples, recipe.calibration,
                             quantize::levels_of(recipe.activations), [](size_t, size_t) {}));
  auto known = recipe.known_ranges.find(graph.tensor(graph.inputs[0]).name);
  if (known != recipe.known_ranges.end()) ranges[graph.inputs[0]] = known->second;
  return ranges;
}

Result<void> run_qat(const Session& session, const Network& network) {
  MOTE_TRY(Executor executor, Executor::make(network, session.project.model.freeze));
  const Graph& graph = executor.graph();
  MOTE_TRY(const auto ranges, observe_ranges(session, graph));
  const CompressionOptions& compression = session.project.compression;
  quantize::QuantizeOptions integers;
  integers.activations = compression.activations == "int16" ? DType::kInt16 : DType::kInt8;
  integers.weight_bits = compression.weight_bits;
  MOTE_TRY(const Graph quantized, quantize::quantize_graph(graph, ranges, integers));
  executor.set_fake_quantization(
      std::make_shared<Rounding>(graph, quantized, compression.weight_bits));
  MOTE_CHECK_OK(learn(session, executor, "qat_"));
  nlohmann::json json;
  for (const auto& [id, range] : ranges) json[graph.tensor(id).name] = {range.low, range.high};
  MOTE_CHECK_OK(write_text(session.options.run / "qat_ranges.json", json.dump(2) + "\n"));
  return write_network(session.options.run / "qat.tflite", executor.learned());
}

}  // namespace

Result<void> run_stage(const StageOptions& given) {
  StageOptions options = given;
  MOTE_TRY(Project project, read_project(options.project, options.overrides));
  adapt_recipe(options, &project);
  if (options.stage == "qat" && options.start.empty()) options.start = options.run / "float.tflite";
  MOTE_CHECK_OK(make_folder(options.run));
  MOTE_TRY(const Dataset dataset, read_split_dataset(options, project));
  MOTE_TRY(const FrontEnd front_end, front_end_of(options, project, dataset));
  MOTE_TRY(const Network network, network_of(options, project, dataset, front_end));
  const Session session{options, project, dataset, front_end};
  return options.stage == "qat" ? run_qat(session, network) : run_float(session, network);
}

}  // namespace mote::train
