// SPDX-License-Identifier: Apache-2.0
// From a learned float network to the model that a board gets: quantised by what it does on
// training examples, behind its front end.
#ifndef MOTE_TRAIN_RUN_DEPLOY_H_
#define MOTE_TRAIN_RUN_DEPLOY_H_

#include <optional>

#include "engines/engine.h"
#include "train/data/decode.h"
#include "train/evaluate/held_out.h"
#include "train/features/front_end.h"
#include "train/quantize/recipe.h"
#include "train/run/form_choice.h"

namespace mote::train {

/// Outputs of a project's network: classes, one of a regression, as many as features of an
/// autoencoder.
int outputs_of(const Project& project, int classes, const Shape& features);

/// The features' range, by which int8 features and the network's int8 input are the same numbers;
/// none for float features, whose range is observed.
std::optional<quantize::Range> feature_range(const FrontEnd& front_end);

/// The recipe that [compression] of the project describes, for a network behind this front end.
quantize::Recipe recipe_of(const Project& project, const FrontEnd& front_end, const Graph& network);

/// Ranges by tensor name, as quantisation-aware training writes them into qat_ranges.json. Errors:
/// no such file, or another one.
Result<std::map<std::string, quantize::Range>> read_ranges(const std::filesystem::path& path);

/// Features of the training examples that calibrate, as [compression] says how many.
Result<std::vector<Values>> calibration_samples(const Project& project, const Dataset& dataset,
                                                const FrontEnd& front_end, const Counter& progress);

/// What a run has learned, and what is deployed of it.
struct Deployed {
  Graph network, integers;  // features to scores, in float32 and as integers
  Graph model;              // the integers behind their front end
  uint64_t tflite_bytes = 0, image_bytes = 0;
  std::optional<FormChoice> choice = {};  // if training learned to be rounded
};

/// Quantises the run's network, float.tflite, by training examples; if `qat`, qat.tflite by
/// qat_ranges.json, too, of which the better is taken. Writes model.tflite and model.mote, the
/// image for the budget's board or, without one, for any, and deployed.json with the choice.
/// Errors: a run without a network, or of another front end.
Result<Deployed> deploy(const Project& project, const Dataset& dataset, const FrontEnd& front_end,
                        const std::filesystem::path& run, bool qat,
                        const quantize::Progress& progress);

/// Writes a classic model in the same way. Its network is what is deployed.
Result<Deployed> deploy_classic(const Project& project, const FrontEnd& front_end,
                                const Graph& model, const std::filesystem::path& run);

/// How good the float network and the integers are on the test examples (report/: score_of()).
struct Scores {
  const char* what = "";
  size_t examples = 0;
  double real = 0, integers = 0;
};
Result<Scores> judge(const Project& project, const Dataset& dataset, const FrontEnd& front_end,
                     const Deployed& deployed, const Progress& progress);

}  // namespace mote::train

#endif  // MOTE_TRAIN_RUN_DEPLOY_H_
