// SPDX-License-Identifier: Apache-2.0
// The whole way from a float model and samples to a model of integers.
#ifndef MOTE_TRAIN_QUANTIZE_RECIPE_H_
#define MOTE_TRAIN_QUANTIZE_RECIPE_H_

#include <optional>

#include "train/quantize/bias_correction.h"
#include "train/quantize/equalize.h"
#include "train/quantize/sensitivity.h"

namespace mote::quantize {

struct Recipe {
  DType activations = DType::kInt8;  // or kInt16
  Calibration calibration = Calibration::kMinMax;
  bool float_io = false;
  int weight_bits = 8;        // or 4
  bool equalize = false;      // layers' scales first (equalize.h)
  bool correct_bias = false;  // afterwards (bias_correction.h)
  size_t mixed = 0;           // so many of the most sensitive operators get 16-bit activations
  std::optional<double> max_loss = {};  // or as many as that takes (enough_wide())
  bool sensitivity = false;             // the table is wanted, whatever becomes of it
  /// Ranges of tensors by name that are known already: the features', those that training chose.
  std::map<std::string, Range> known_ranges = {};
};

struct Quantized {
  Graph graph;
  Equalization equalization;
  BiasCorrection correction;
  std::vector<Sensitivity> sensitivity;  // if it was needed
  std::set<size_t> wide;                 // operators with 16-bit activations, of the float graph
  Distance distance;                     // from the float model, on the samples
};

/// What is being done, and how far it is.
using Progress = std::function<void(const std::string& what, size_t done, size_t all)>;

/// `samples` are inputs of `real`, which passed verify(). Errors: those of the steps; `mixed` or
/// `max_loss` with 16-bit activations everywhere.
Result<Quantized> quantize(const Graph& real, const std::vector<std::vector<Bytes>>& samples,
                           const Recipe& recipe, const Progress& progress);

}  // namespace mote::quantize

#endif  // MOTE_TRAIN_QUANTIZE_RECIPE_H_
