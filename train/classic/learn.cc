// SPDX-License-Identifier: Apache-2.0
#include "train/classic/learn.h"

#include "train/classic/mahalanobis.h"
#include "train/features/example_features.h"

namespace mote::train {
namespace {

Result<Graph> learn_forest(const Project& project, const Table& table, const Dataset& dataset,
                           const FrontEnd& front_end) {
  ForestOptions options;
  options.trees = project.model.trees;
  options.depth = project.model.depth;
  options.seed = project.training.seed;
  const bool regression = project.task == Task::kRegression;
  if (regression) options.least_leaf = 5;
  const int outputs = regression ? 1 : static_cast<int>(dataset.classes.size());
  MOTE_TRY(const Forest forest, grow_forest(table, outputs, options));
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
    {"random_forest", "the same for numbers", Task::kRegression, learn_forest},
    {"mahalanobis", "distance from the normal examples' mean in deviations", Task::kAnomaly,
     learn_distance},
};

}  // namespace

const std::vector<ClassicType>& classic_types() {
  return kTypes;
}

const ClassicType* find_classic(const Project& project) {
  const ClassicType* found = nullptr;
  for (const ClassicType& type : kTypes) {
    if (project.model.type != type.name) continue;
    if (!found || type.task == project.task) found = &type;
  }
  return found;
}

Result<ClassicModel> learn_classic(const Project& project, const Dataset& dataset,
                                   const FrontEnd& front_end,
                                   const std::function<void(size_t, size_t)>& progress) {
  const ClassicType& type = *find_classic(project);
  if (type.task != project.task) {
    return fail("{}: model.type \"{}\" is for the task \"{}\"", project.file.string(), type.name,
                type.task == Task::kAnomaly ? "anomaly" : "classification\" or \"regression");
  }
  MOTE_TRY(ExampleFeatures rows,
           read_features(project, dataset, front_end, learnable(project, dataset, Split::kTrain),
                         progress));
  Table table{static_cast<size_t>(front_end.shape().elements()), {}, {}};
  for (const std::vector<float>& row : rows.features) {
    table.values.insert(table.values.end(), row.begin(), row.end());
  }
  for (size_t i : rows.examples) {
    table.labels.push_back(dataset.examples[i].label);
    if (project.task == Task::kRegression) {
      table.targets.push_back(static_cast<float>(dataset.examples[i].target));
    }
  }
  Result<Graph> graph = type.learn(project, table, dataset, front_end);
  if (!graph.ok()) return fail("{}: {}", project.file.string(), graph.error().message);
  return ClassicModel{std::move(*graph), std::move(rows.skipped)};
}

}  // namespace mote::train
