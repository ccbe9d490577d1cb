// SPDX-License-Identifier: Apache-2.0
#include "train/run/deploy.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/host/file.h"
#include "boards/target.h"
#include "compiler/image_writer.h"
#include "compiler/pipeline.h"
#include "compiler/tflite/reader.h"
#include "compiler/tflite/writer.h"
#include "ops/book.h"
#include "train/evaluate/held_out.h"
#include "train/evaluate/run_graph.h"
#include "train/features/example_features.h"
#include "train/report/training_report.h"

namespace mote::train {

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

Result<std::vector<Values>> calibration_samples(const Project& project, const Dataset& dataset,
                                                const FrontEnd& front_end,
                                                const Counter& progress) {
  const auto most = static_cast<size_t>(project.compression.calibration_examples);
  const auto numbers = spread(learnable(project, dataset, Split::kTrain), most);
  MOTE_TRY(const ExampleFeatures examples,
           read_features(project, dataset, front_end, numbers, progress));
  return examples.inputs();
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

/// Joins the integers to their front end and writes both files, and why it is these integers.
Result<void> write_model(const Project& project, const FrontEnd& front_end,
                         const std::filesystem::path& run, Deployed* deployed) {
  MOTE_TRY(deployed->model, join(front_end.graph(), deployed->integers));
  MOTE_TRY(const Bytes tflite, write_tflite(deployed->model));
  MOTE_TRY(const Bytes image, image_of(project, deployed->model));
  MOTE_CHECK_OK(write_file(run / "model.tflite", tflite));
  MOTE_CHECK_OK(write_file(run / "model.mote", image));
  deployed->tflite_bytes = tflite.size();
  deployed->image_bytes = image.size();
  if (deployed->choice) {
    return write_text(run / "deployed.json", choice_json(*deployed->choice).dump(2) + "\n");
  }
  std::error_code ignored;  // an earlier training's
  std::filesystem::remove(run / "deployed.json", ignored);
  return {};
}

/// One form of what the run has learned.
Result<Deployed> quantised(const Project& project, const FrontEnd& front_end,
                           const std::filesystem::path& run, Form form,
                           const std::vector<Values>& samples, const quantize::Progress& progress) {
  const bool trained = form == Form::kTrainedForIt;
  const std::filesystem::path file = run / (trained ? "qat.tflite" : "float.tflite");
  Deployed made;
  MOTE_TRY(const Bytes learned, read_file(file));
  MOTE_TRY(made.network, read_tflite(learned, file.string(), operator_book()));
  quantize::Recipe recipe = recipe_of(project, front_end, made.network);
  if (trained) {
    MOTE_TRY(recipe.known_ranges, read_ranges(run / "qat_ranges.json"));
  }
  MOTE_TRY(quantize::Quantized result, quantize::quantize(made.network, samples, recipe, progress));
  made.integers = std::move(result.graph);
  return made;
}

Result<FormChoice> choose(const Project& project, const Dataset& dataset, const FrontEnd& front_end,
                          const Graph& after_training, const Graph& trained_for_it,
                          const Progress& progress) {
  if (dataset.of(Split::kValidation).empty()) return choose_unseen();
  MOTE_TRY(const HeldOut seen,
           HeldOut::make(project, dataset, front_end, Split::kValidation, 0, progress));
  const std::vector<Values> features = seen.real_features();
  MOTE_TRY(const auto after, answers(after_training, features));
  MOTE_TRY(const auto trained, answers(trained_for_it, features));
  return choose_form(project.task, seen.predictions(after), seen.predictions(trained));
}

}  // namespace

Result<Deployed> deploy(const Project& project, const Dataset& dataset, const FrontEnd& front_end,
                        const std::filesystem::path& run, bool qat,
                        const quantize::Progress& progress) {
  auto reading = [&](size_t done, size_t all) { progress("reading", done, all); };
  MOTE_TRY(const auto samples, calibration_samples(project, dataset, front_end, reading));
  MOTE_TRY(Deployed deployed,
           quantised(project, front_end, run, Form::kAfterTraining, samples, progress));
  if (qat) {
    MOTE_TRY(Deployed trained,
             quantised(project, front_end, run, Form::kTrainedForIt, samples, progress));
    MOTE_TRY(const FormChoice choice,
             choose(project, dataset, front_end, deployed.integers, trained.integers, progress));
    if (choice.taken == Form::kTrainedForIt) deployed = std::move(trained);
    deployed.choice = choice;
  }
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
                     const Deployed& deployed, const Progress& progress) {
  MOTE_TRY(const HeldOut test,
           HeldOut::make(project, dataset, front_end, Split::kTest, 0, progress));
  auto score = [&](const Graph& network) -> Result<double> {
    MOTE_TRY(const auto outputs, answers(network, test.real_features()));
    return score_of(test.predictions(outputs), project.task);
  };
  Scores scores;
  scores.what = name_of_score(project.task);
  scores.examples = test.size();
  MOTE_TRY(scores.real, score(deployed.network));
  MOTE_TRY(scores.integers, score(deployed.integers));
  return scores;
}

}  // namespace mote::train
