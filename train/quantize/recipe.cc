// SPDX-License-Identifier: Apache-2.0
#include "train/quantize/recipe.h"

#include "ir/verifier.h"
#include "train/evaluate/run_graph.h"

namespace mote::quantize {
namespace {

std::function<void(size_t, size_t)> named(const Progress& progress, const char* what) {
  return [&progress, what](size_t done, size_t all) { progress(what, done, all); };
}

/// Which operators get 16 bits.
Result<void> choose_wide(const Observed& observed, const QuantizeOptions& options,
                         const Recipe& recipe, const Progress& progress, Quantized* result) {
  bool chosen = recipe.mixed > 0 || recipe.max_loss;
  if (!chosen && !recipe.sensitivity) return {};
  MOTE_TRY(result->sensitivity,
           measure_sensitivity(observed, options, named(progress, "sensitivity")));
  if (!chosen) return {};
  if (recipe.activations == DType::kInt16) {
    return fail("all activations have 16 bits already: mixed precision begins with int8");
  }
  result->wide = most_sensitive(result->sensitivity, recipe.mixed);
  if (recipe.max_loss) {
    MOTE_TRY(result->wide, enough_wide(observed, options, result->sensitivity, *recipe.max_loss));
  }
  return {};
}

void use_known_ranges(const Graph& graph, const Recipe& recipe, Observed* observed) {
  for (std::map<TensorId, Range>* ranges : {&observed->ranges, &observed->wide_ranges}) {
    for (auto& [id, range] : *ranges) {
      auto known = recipe.known_ranges.find(graph.tensor(id).name);
      if (known != recipe.known_ranges.end()) range = known->second;
    }
  }
}

}  // namespace

Result<Quantized> quantize(const Graph& real, const std::vector<std::vector<Bytes>>& samples,
                           const Recipe& recipe, const Progress& progress) {
  Quantized result;
  Graph source = real;
  if (recipe.equalize) result.equalization = equalize(&source);
  MOTE_TRY(Observed observed,
           observe_model(source, samples, recipe.calibration, named(progress, "observing")));
  use_known_ranges(source, recipe, &observed);
  QuantizeOptions options{.activations = recipe.activations, .weight_bits = recipe.weight_bits};
  MOTE_CHECK_OK(choose_wide(observed, options, recipe, progress, &result));
  options.exceptions = result.wide;
  bool wide = recipe.activations == DType::kInt16;
  MOTE_TRY(result.graph, quantize_graph(source, wide ? observed.wide_ranges : observed.ranges,
                                        options, observed.wide_ranges));
  if (recipe.correct_bias) {
    MOTE_TRY(result.correction,
             correct_biases(source, samples, &result.graph, named(progress, "correcting biases")));
  }
  if (recipe.float_io) result.graph = with_float_ends(std::move(result.graph));
  MOTE_CHECK_OK(verify(result.graph));
  MOTE_TRY(const auto answers, train::answers(result.graph, samples));
  result.distance = distance(answers, observed.answers);
  return result;
}

}  // namespace mote::quantize
