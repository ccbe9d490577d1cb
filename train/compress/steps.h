// SPDX-License-Identifier: Apache-2.0
// All ways of making a float network smaller, tried one after the other and put side by side: how
// good it still is, and what it takes of a board. Nothing is guessed: each variant is made, its
// answers are computed, and its firmware is built and run on the virtual board.
#ifndef MOTE_TRAIN_COMPRESS_STEPS_H_
#define MOTE_TRAIN_COMPRESS_STEPS_H_

#include "engines/profile.h"
#include "train/project/project.h"
#include "train/quantize/recipe.h"

namespace mote::compress {

/// A network in one of its forms.
struct Variant {
  std::string name;         // "int8, biases corrected"
  std::string how;          // "mote quantize --calibration mse --correct-bias"
  Graph graph;              // as it would be deployed
  double score = 0;         // Subject::score's; larger is better
  double error = 0;         // of the answers, in parts of the float model's (quantize::Distance)
  uint64_t file_bytes = 0;  // as .tflite
  uint64_t compressed_bytes = 0;   // estimate of its constants when compressed
  std::optional<Profile> profile;  // with a board
  std::string problem;  // why it can't be made, or doesn't meet the budget; empty if it does
  bool made = false;
  bool best = false;
  std::string why;  // it is the best
};

/// What quantisation-aware training made: a float network, and the ranges that it chose.
struct Trained {
  Graph network;
  std::map<std::string, quantize::Range> ranges;  // by tensor
};

/// What is compressed, and how variants are judged.
struct Subject {
  const Graph* graph = nullptr;  // float
  const std::vector<Values>* calibration = nullptr;
  const std::vector<Values>* test = nullptr;
  /// Answers on `test` to a score; larger is better.
  std::function<double(const std::vector<std::vector<float>>& answers)> score;
  /// From network to what is deployed (a front end before it); empty: as it is.
  std::function<Result<Graph>(const Graph& network)> deploy = {};
  /// Trains a pruned network further, its zeros staying zero if `keep_zeros`; empty: there is
  /// nothing to train it on.
  std::function<Result<Graph>(const Graph& network, const std::string& name, bool keep_zeros)>
      finetune = {};
  std::optional<Trained> trained = {};
  std::optional<quantize::Range> input_range = {};  // the integers of a front end
  train::BudgetOptions budget;
  std::optional<double> max_loss = {};            // of the score, below the float network's
  std::vector<double> prune_parts = {0.25, 0.5};  // of the channels
  double zero_part = 0.5;                         // of the weights, by magnitude; 0: not tried
};

/// Called with each variant once it is done.
using Observer = std::function<void(const Variant&)>;

/// Tries all steps. A step that can't be made (an operator without such a form) is listed with the
/// reason. The best is marked. Errors: the float network can't be run, a broken toolchain or
/// emulator.
Result<std::vector<Variant>> try_steps(const Subject& subject, const Observer& observer,
                                       const quantize::Progress& progress);

/// What the best form may lose of the float network's score, if nothing else is said: a point.
constexpr double kUsualLoss = 0.01;

/// Of the variants that meet the budget marks the smallest (flash, or without a board the file)
/// whose score is at most `max_loss` below the first one's, which is the float network's. If there
/// is none, the one with the highest score. Says why.
void mark_best(std::vector<Variant>* variants, double max_loss);

/// By how much the variant is over the budget: the largest part above a limit, 0 if it meets all.
double excess(const Variant& variant, const Subject& subject, double float_score);

/// Of variants none of which meets the budget, the nearest one. REQUIRES: one was made.
const Variant& nearest(const std::vector<Variant>& variants, const Subject& subject);

}  // namespace mote::compress

#endif  // MOTE_TRAIN_COMPRESS_STEPS_H_
