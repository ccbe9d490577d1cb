// SPDX-License-Identifier: Apache-2.0
#include "train/classic/learn.h"

#include <mutex>

#include "base/host/parallel.h"
#include "train/classic/mahalanobis.h"

namespace mote::train {
namespace {

Result<Graph> learn_forest(const Project& project, const Table& table, const Dataset& dataset,
                           const FrontEnd& front_end) {
  ForestOptions options;
  options.trees = project.model.trees;
  options.depth = project.model.depth;
  options.seed = project.training.seed;
  MOTE_TRY(const Forest forest,
           grow_forest(table, static_cast<int>(dataset.classes.size()), options));
  const Tensor& features = front_end.graph().tensor(front_end.graph().outputs[0]);
  return forest_graph(forest, features.shape, features.dtype, features.quantization);
}

Result<Graph> learn_distance(const Project& project, const Table& table, const Dataset&,
                             const FrontEnd& front_end) {
  if (table.features > 1024) {
    return fail(
        "mahalanobis takes at most 1,024 features, these are {}; use fewer bands or "
        "features.type \"statistics\"",
        table.features);
  }
  MOTE_TRY(const Mahalanobis model,
           learn_mahalanobis(table, project.model.modes, project.training.seed));
  return mahalanobis_graph(model, front_end.shape());
}

const std::vector<ClassicType> kTypes = {
    {"random_forest", "decision trees on random features, as tables", Task::kClassification,
     learn_forest},
    {"mahalanobis", "distance from the normal examples' mean in deviations", Task::kAnomaly,
     learn_distance},
};

struct Rows {
  std::vector<std::vector<float>> features;  // empty: skipped
  std::vector<std::string> why;
};

Result<Rows> read_rows(const Project& project, const Dataset& dataset, const FrontEnd& front_end,
                       const std::vector<size_t>& chosen,
                       const std::function<void(size_t, size_t)>& progress) {
  const size_t workers = job_count(0, chosen.size());
  std::vector<FrontEnd> copies;
  for (size_t w = 0; w < workers; ++w) {
    MOTE_TRY(FrontEnd copy, front_end.copy());
    copies.push_back(std::move(copy));
  }
  Rows rows{std::vector<std::vector<float>>(chosen.size()),
            std::vector<std::string>(chosen.size())};
  size_t done = 0;
  std::mutex reporting;
  MOTE_CHECK_OK(
      for_each_in_parallel(chosen.size(), workers, [&](size_t worker, size_t i) -> Result<void> {
        auto signal = read_example(project, dataset, dataset.examples[chosen[i]]);
        if (signal.ok()) {
          MOTE_TRY(rows.features[i], copies[worker].run(*signal));
        } else {
          rows.why[i] = signal.error().message;
        }
        std::lock_guard lock(reporting);
        progress(++done, chosen.size());
        return {};
      }));
  return rows;
}

}  // namespace

const std::vector<ClassicType>& classic_types() {
  return kTypes;
}

const ClassicType* find_classic(const Project& project) {
  for (const ClassicType& type : kTypes) {
    if (project.model.type == type.name) return &type;
  }
  return nullptr;
}

Result<ClassicModel> learn_classic(const Project& project, const Dataset& dataset,
                                   const FrontEnd& front_end,
                                   const std::function<void(size_t, size_t)>& progress) {
  const ClassicType& type = *find_classic(project);
  if (type.task != project.task) {
    return fail("{}: model.type \"{}\" is for the task \"{}\"", project.file.string(), type.name,
                type.task == Task::kAnomaly ? "anomaly" : "classification");
  }
  std::vector<size_t> chosen;
  for (size_t i : dataset.of(Split::kTrain)) {
    if (project.task != Task::kAnomaly || dataset.examples[i].label == 0) chosen.push_back(i);
  }
  MOTE_TRY(Rows rows, read_rows(project, dataset, front_end, chosen, progress));
  ClassicModel model;
  Table table{static_cast<size_t>(front_end.shape().elements()), {}, {}};
  for (size_t i = 0; i < chosen.size(); ++i) {
    const Example& example = dataset.examples[chosen[i]];
    if (rows.features[i].empty()) {
      model.skipped.push_back({example.path, rows.why[i]});
      continue;
    }
    table.values.insert(table.values.end(), rows.features[i].begin(), rows.features[i].end());
    table.labels.push_back(example.label);
  }
  if (table.labels.empty())
    return fail("{}: no training example could be read", dataset.root.string());
  Result<Graph> graph = type.learn(project, table, dataset, front_end);
  if (!graph.ok()) return fail("{}: {}", project.file.string(), graph.error().message);
  model.graph = std::move(*graph);
  return model;
}

}  // namespace mote::train
