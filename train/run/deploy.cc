// SPDX-License-Identifier: Apache-2.0
#include "train/run/deploy.h"

#include <cmath>
#include <cstring>
#include <mutex>

#include <nlohmann/json.hpp>

#include "base/host/file.h"
#include "base/host/parallel.h"
#include "boards/target.h"
#include "compiler/image_writer.h"
#include "compiler/pipeline.h"
#include "compiler/tflite/reader.h"
#include "compiler/tflite/writer.h"
#include "ops/book.h"
#include "train/evaluate/metrics.h"
#include "train/evaluate/run_graph.h"

namespace mote::train {
namespace {

std::vector<size_t> chosen(const Project& project, const Dataset& dataset, Split split,
                           size_t most) {
  std::vector<size_t> all;
  for (size_t i : dataset.of(split)) {
    const bool strange = project.task == Task::kAnomaly && dataset.examples[i].label != 0;
    if (split == Split::kTest || !strange) all.push_back(i);
  }
  if (most == 0 || all.size() <= most) return all;
  std::vector<size_t> some;
  for (size_t i = 0; i < most; ++i) some.push_back(all[i * all.size() / most]);
  return some;
}

}  // namespace

int outputs_of(const Project& project, int classes, const Shape& features) {
  switch (project.task) {
    case Task::kClassification:
      return classes;
    case Task::kRegression:
      return 1;
    case Task::kAnomaly:
      return static_cast<int>(features.elements());
  }
  return 0;
}

std::optional<quantize::Range> feature_range(const FrontEnd& front_end) {
  const Quantization& q = front_end.graph().tensor(front_end.graph().outputs[0]).quantization;
  if (!q.quantized()) return {};
  quantize::Range range = {static_cast<float>(-128 - q.zero_point()) * q.scale(),
                           static_cast<float>(127 - q.zero_point()) * q.scale()};
  // The scale that follows from the range shall be this one to the last bit.
  for (int i = 0; i < 16 && (range.high - range.low) / 255 != q.scale(); ++i) {
    range.high = std::nextafter(range.high,
                                (range.high - range.low) / 255 < q.scale() ? INFINITY : -INFINITY);
  }
  return range;
}

quantize::Recipe recipe_of(const Project& project, const FrontEnd& front_end,
                           const Graph& network) {
  quantize::Recipe recipe;
  recipe.activations = project.compression.activations == "int16" ? DType::kInt16 : DType::kInt8;
  recipe.calibration = project.compression.calibration;
  recipe.weight_bits = project.compression.weight_bits;
  if (auto range = feature_range(front_end)) {
    recipe.known_ranges[network.tensor(network.inputs[0]).name] = *range;
  }
  return recipe;
}

Result<ExampleFeatures> read_features(const Project& project, const Dataset& dataset,
                                      const FrontEnd& front_end, Split split, size_t most,
                                      const std::function<void(size_t, size_t)>& progress) {
  const std::vector<size_t> numbers = chosen(project, dataset, split, most);
  const size_t workers = job_count(0, numbers.size());
  std::vector<FrontEnd> front_ends;
  for (size_t i = 0; i < workers; ++i) {
    MOTE_TRY(FrontEnd copy, front_end.copy());
    front_ends.push_back(std::move(copy));
  }
  std::vector<Bytes> features(numbers.size());
  std::mutex mutex;
  size_t done = 0;
  auto read = [&](size_t worker, size_t i) -> Result<void> {
    const auto signal = read_example(project, dataset, dataset.examples[numbers[i]]);
    if (signal.ok()) {
      MOTE_TRY(const std::vector<float> values, front_ends[worker].run(*signal));
      features[i].resize(values.size() * sizeof(float));
      std::memcpy(features[i].data(), values.data(), features[i].size());
    }
    std::lock_guard lock(mutex);
    progress(++done, numbers.size());
    return {};
  };
  MOTE_CHECK_OK(for_each_in_parallel(numbers.size(), workers, read));
  ExampleFeatures result;
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (features[i].empty()) continue;
    result.features.push_back({std::move(features[i])});
    result.examples.push_back(dataset.examples[numbers[i]]);
  }
  if (result.features.empty()) {
    return fail("{}: no {} example can be read", dataset.root.string(), name_of(split));
  }
  return result;
}

Result<std::map<std::string, quantize::Range>> read_ranges(const std::filesystem::path& path) {
  MOTE_TRY(const std::string text, read_text(path));
  std::map<std::string, quantize::Range> ranges;
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return fail("{}: isn't JSON of ranges; train again", path.string());
  for (const auto& [name, ends] : json.items()) {
    if (!ends.is_array() || ends.size() != 2 || !ends[0].is_number() || !ends[1].is_number()) {
      return fail("{}: '{}' isn't [low, high]; train again", path.string(), name);
    }
    ranges[name] = {ends[0].get<float>(), ends[1].get<float>()};
  }
  return ranges;
}

namespace {

Result<Bytes> image_of(const Project& project, const Graph& model) {
  Target kernels;
  if (!project.budget.board.empty()) {
    MOTE_TRY(const BoardTarget target, find_target(project.budget.board));
    MOTE_TRY(kernels, target_of_core(target.core()));
  }
  MOTE_TRY(const Plan plan, compile(model, kernels));
  return write_image(plan);
}

/// Joins the integers to their front end and writes both files.
Result<void> write_model(const Project& project, const FrontEnd& front_end,
                         const std::filesystem::path& run, Deployed* deployed) {
  MOTE_TRY(deployed->model, join(front_end.graph(), deployed->integers));
  MOTE_TRY(const Bytes tflite, write_tflite(deployed->model));
  MOTE_TRY(const Bytes image, image_of(project, deployed->model));
  MOTE_CHECK_OK(write_file(run / "model.tflite", tflite));
  MOTE_CHECK_OK(write_file(run / "model.mote", image));
  deployed->tflite_bytes = tflite.size();
  deployed->image_bytes = image.size();
  return {};
}

Result<double> score_of(const Project& project, const Dataset& dataset, const Graph& network,
                        const ExampleFeatures& test) {
  MOTE_TRY(const auto outputs, answers(network, test.features));
  std::vector<Prediction> predictions;
  for (size_t i = 0; i < outputs.size(); ++i) {
    Prediction p;
    p.label = test.examples[i].label;
    p.target = test.examples[i].target;
    p.scores = outputs[i];
    if (project.task == Task::kAnomaly && outputs[i].size() > 1) {
      const Bytes& features = test.features[i][0];
      double sum = 0;
      for (size_t k = 0; k < outputs[i].size(); ++k) {
        float wanted;
        std::memcpy(&wanted, &features[k * sizeof wanted], sizeof wanted);
        sum += std::pow(static_cast<double>(wanted - outputs[i][k]), 2);
      }
      p.scores = {static_cast<float>(sum / static_cast<double>(outputs[i].size()))};
    }
    predictions.push_back(std::move(p));
  }
  switch (project.task) {
    case Task::kClassification:
      return classification_metrics(predictions, dataset.classes).accuracy;
    case Task::kRegression:
      return regression_metrics(predictions).root_mean_squared_error;
    case Task::kAnomaly:
      return area(roc(anomalies(predictions)));
  }
  return 0.0;
}

}  // namespace

Result<Deployed> deploy(const Project& project, const Dataset& dataset, const FrontEnd& front_end,
                        const std::filesystem::path& run, bool qat,
                        const quantize::Progress& progress) {
  Deployed deployed;
  const std::filesystem::path file = run / (qat ? "qat.tflite" : "float.tflite");
  MOTE_TRY(const Bytes learned, read_file(file));
  MOTE_TRY(deployed.network, read_tflite(learned, file.string(), operator_book()));
  quantize::Recipe recipe = recipe_of(project, front_end, deployed.network);
  if (qat) {
    MOTE_TRY(recipe.known_ranges, read_ranges(run / "qat_ranges.json"));
  }
  MOTE_TRY(const ExampleFeatures samples,
           read_features(project, dataset, front_end, Split::kTrain,
                         static_cast<size_t>(project.compression.calibration_examples),
                         [&](size_t done, size_t all) { progress("reading", done, all); }));
  MOTE_TRY(quantize::Quantized quantized,
           quantize::quantize(deployed.network, samples.features, recipe, progress));
  deployed.integers = std::move(quantized.graph);
  MOTE_CHECK_OK(write_model(project, front_end, run, &deployed));
  return deployed;
}

Result<Deployed> deploy_classic(const Project& project, const FrontEnd& front_end,
                                const Graph& model, const std::filesystem::path& run) {
  Deployed deployed;
  deployed.network = deployed.integers = model;
  MOTE_CHECK_OK(write_model(project, front_end, run, &deployed));
  return deployed;
}

Result<Scores> judge(const Project& project, const Dataset& dataset, const FrontEnd& front_end,
                     const Deployed& deployed,
                     const std::function<void(size_t, size_t)>& progress) {
  MOTE_TRY(const ExampleFeatures test,
           read_features(project, dataset, front_end, Split::kTest, 0, progress));
  Scores scores;
  if (project.task == Task::kRegression) scores.what = "root mean squared error";
  if (project.task == Task::kAnomaly) scores.what = "AUC";
  scores.examples = test.examples.size();
  MOTE_TRY(scores.real, score_of(project, dataset, deployed.network, test));
  MOTE_TRY(scores.integers, score_of(project, dataset, deployed.integers, test));
  return scores;
}

}  // namespace mote::train
