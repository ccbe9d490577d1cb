// SPDX-License-Identifier: Apache-2.0
// Which operators suffer most from 8-bit activations, measured: each one alone computes in 8 bits
// while all others have 16, and the model's answers are compared with the float model's.
#ifndef MOTE_TRAIN_QUANTIZE_SENSITIVITY_H_
#define MOTE_TRAIN_QUANTIZE_SENSITIVITY_H_

#include "train/quantize/quantize.h"

namespace mote::quantize {

/// How far answers are from those of the float model.
struct Distance {
  double error = 0;          // root of the mean squared difference, in parts of the answers' own
  size_t other_answers = 0;  // samples whose largest output is another one
  size_t samples = 0;

  /// Percent of samples with another answer; of models with one output, the error in percent.
  double loss(size_t outputs) const;
};

/// REQUIRES: as many answers, each as long as the other.
Distance distance(const std::vector<std::vector<float>>& answers,
                  const std::vector<std::vector<float>>& reference);

struct Sensitivity {
  size_t node = 0;
  std::string name, output;
  Distance distance;  // with this operator alone in 8 bits
};

/// What is known of a float model and used again for every variant of it.
struct Observed {
  const Graph* graph = nullptr;
  const std::vector<std::vector<Bytes>>* samples = nullptr;
  std::map<TensorId, Range> ranges, wide_ranges;  // for 8 and for 16 bits
  std::vector<std::vector<float>> answers;        // of the float model
};

/// Runs the float model on the samples. REQUIRES: graph and samples outlive what is returned.
/// Errors: observe()'s.
Result<Observed> observe_model(const Graph& graph, const std::vector<std::vector<Bytes>>& samples,
                               Calibration method,
                               const std::function<void(size_t done, size_t all)>& progress);

/// All operators that compute something, the most sensitive first. Errors: an operator that has no
/// form with 16-bit activations.
Result<std::vector<Sensitivity>> measure_sensitivity(
    const Observed& observed, const QuantizeOptions& options,
    const std::function<void(size_t done, size_t all)>& progress);

/// The first `count` operators of the table.
std::set<size_t> most_sensitive(const std::vector<Sensitivity>& table, size_t count);

/// The fewest operators of the table's beginning that must have 16 bits for a loss of at most
/// `max_loss` percent (Distance::loss). Errors: not even all of them do, with what they reach.
Result<std::set<size_t>> enough_wide(const Observed& observed, const QuantizeOptions& options,
                                     const std::vector<Sensitivity>& table, double max_loss);

}  // namespace mote::quantize

#endif  // MOTE_TRAIN_QUANTIZE_SENSITIVITY_H_
