// SPDX-License-Identifier: Apache-2.0
#include "train/torch/stages.h"

#include <unistd.h>

#include <thread>

#include "base/host/file.h"
#include "compiler/tflite/reader.h"
#include "compiler/tflite/writer.h"
#include "ops/book.h"
#include "train/data/split.h"
#include "train/run/deploy.h"
#include "train/torch/progress.h"
#include "train/torch/project_source.h"
#include "train/torch/trainer.h"

namespace mote::train {
namespace {

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

}  // namespace

Result<void> run_stage(const StageOptions& options) {
  MOTE_TRY(Project project, read_project(options.project, options.overrides));
  MOTE_CHECK_OK(make_folder(options.run));
  MOTE_TRY(const Dataset dataset, read_split_dataset(options, project));
  MOTE_TRY(const FrontEnd front_end, front_end_of(options, project, dataset));
  MOTE_TRY(const Network network, network_of(options, project, dataset, front_end));
  MOTE_TRY(Executor executor, Executor::make(network, project.model.freeze));
  MOTE_TRY(auto teacher, teacher_of(project));
  MOTE_TRY(auto source,
           ProjectSource::make(project, dataset, front_end, worker_count(), counter("decoded")));
  report_skipped(*source);
  TrainerOptions trainer;
  trainer.task = project.task;
  trainer.training = project.training;
  trainer.run = options.run;
  trainer.resume = options.resume;
  trainer.keep_zeros = options.keep_zeros;
  trainer.stop_after = options.stop_after;
  trainer.teacher = teacher.get();
  trainer.workers = worker_count();
  show_progress(&trainer);
  MOTE_CHECK_OK(train_network(executor, *source, trainer));
  return write_network(options.run / "float.tflite", executor.learned());
}

}  // namespace mote::train
