// SPDX-License-Identifier: Apache-2.0
#include "train/compress/steps.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "compiler/pipeline.h"
#include "compiler/tflite/writer.h"
#include "ir/builder.h"
#include "train/compress/prune_channels.h"
#include "train/compress/prune_weights.h"
#include "train/evaluate/run_graph.h"

namespace mote::compress {
namespace {

using quantize::Calibration;
using quantize::Recipe;

Result<Profile> profile_on(const Graph& graph, const std::string& board) {
  MOTE_TRY(const BoardTarget target, find_target(board));
  MOTE_TRY(const Target kernels, target_of_core(target.core()));
  MOTE_TRY(const Plan plan, compile(graph, kernels));
  std::mt19937 random(1);
  return profile_model(plan, graph.name, target, random_inputs(random, plan.graph));
}

/// One limit of a budget beside what a variant takes; none of both if it isn't limited or known.
struct Limit {
  const char* what;
  const char* unit;
  std::optional<double> value, most;
};

template <typename T>
std::optional<double> number(const std::optional<T>& value) {
  if (!value) return std::nullopt;
  return static_cast<double>(*value);
}

std::vector<Limit> limits_of(const Variant& variant, const Subject& subject, double float_score) {
  const train::BudgetOptions& budget = subject.budget;
  std::vector<Limit> limits;
  if (variant.profile) {
    const Profile& p = *variant.profile;
    limits = {{"RAM", "bytes", static_cast<double>(p.footprint.ram_bytes()),
               number(budget.max_ram_bytes)},
              {"flash", "bytes", static_cast<double>(p.footprint.flash_bytes()),
               number(budget.max_flash_bytes)},
              {"latency", "ms", p.latency_ms(p.total), budget.max_latency_ms},
              {"energy", "µJ", p.energy_uj(p.total), budget.max_energy_uj}};
  } else if (budget.max_flash_bytes) {
    limits = {{"the model file", "bytes", static_cast<double>(variant.file_bytes),
               number(budget.max_flash_bytes)}};
  }
  if (subject.max_loss) {
    limits.push_back(
        {"the loss", "points", 100 * (float_score - variant.score), 100 * *subject.max_loss});
  }
  return limits;
}

/// What is wrong first; a board's own memory counts, too.
std::string problem_of(const Variant& variant, const Subject& subject, double float_score) {
  if (variant.profile && !variant.profile->misfit.empty()) return variant.profile->misfit;
  for (const Limit& limit : limits_of(variant, subject, float_score)) {
    if (!limit.most) continue;
    if (!limit.value) return fmt::format("{} isn't known", limit.what);
    if (*limit.value <= *limit.most) continue;
    return fmt::format("{} {:.6g} {}, the limit {:.6g}", limit.what, *limit.value, limit.unit,
                       *limit.most);
  }
  return {};
}

class Trials {
 public:
  Trials(const Subject& subject, const Observer& observer, const quantize::Progress& progress)
      : subject_(subject), observer_(observer), progress_(progress) {}

  Result<std::vector<Variant>> run() {
    MOTE_TRY(reference_, train::answers(*subject_.graph, *subject_.test));
    float_score_ = subject_.score(reference_);
    MOTE_CHECK_OK(add("float", "", *subject_.graph));
    MOTE_CHECK_OK(choose_calibration());
    MOTE_CHECK_OK(add_recipes());
    MOTE_CHECK_OK(add_trained());
    for (double part : subject_.prune_parts) MOTE_CHECK_OK(add_pruned(part));
    MOTE_CHECK_OK(add_zeroed(subject_.zero_part));
    mark_best(&variants_, subject_.max_loss.value_or(kUsualLoss));
    return std::move(variants_);
  }

 private:
  /// The calibration whose answers on the calibration samples are nearest to the float network's.
  Result<void> choose_calibration() {
    double least = INFINITY;
    std::string refusal;
    for (size_t i = 0; i < quantize::kCalibrationNames.size(); ++i) {
      Recipe recipe;
      recipe.calibration = static_cast<Calibration>(i);
      auto made = quantized(*subject_.graph, recipe);
      if (!made.ok()) {
        refusal = made.error().message;
        continue;
      }
      if (made->distance.error < least) least = made->distance.error, best_ = recipe.calibration;
    }
    if (std::isinf(least)) return fail("{}", refusal);
    return {};
  }

  Result<void> add_recipes() {
    Recipe plain;
    plain.calibration = best_;
    std::string how = fmt::format("--calibration {}", name_of(best_));
    Recipe corrected = plain;
    corrected.correct_bias = true;
    Recipe equalized = corrected;
    equalized.equalize = true;
    Recipe mixed = corrected;
    mixed.mixed = std::max<size_t>(1, subject_.graph->nodes.size() / 4);
    Recipe wide = plain;
    wide.activations = DType::kInt16;
    Recipe four = corrected;
    four.weight_bits = 4;
    MOTE_CHECK_OK(add("int8", how, plain));
    MOTE_CHECK_OK(add("int8, biases corrected", how + " --correct-bias", corrected));
    MOTE_CHECK_OK(
        add("int8, equalised, biases corrected", how + " --equalize --correct-bias", equalized));
    MOTE_CHECK_OK(add(fmt::format("{} operators at 16 bits", mixed.mixed),
                      fmt::format("{} --correct-bias --mixed {}", how, mixed.mixed), mixed));
    MOTE_CHECK_OK(add("int16 activations", "--activations int16", wide));
    return add("4-bit weights", how + " --correct-bias --weight-bits 4", four);
  }

  Result<quantize::Quantized> quantized(const Graph& network, Recipe recipe) {
    if (subject_.input_range) {
      recipe.known_ranges[network.tensor(network.inputs[0]).name] = *subject_.input_range;
    }
    return quantize::quantize(network, *subject_.calibration, recipe, progress_);
  }

  /// Quantisation-aware training's network, by the ranges that it chose.
  Result<void> add_trained() {
    if (!subject_.trained) return {};
    const std::string name = "int8, trained for it", how = "mote-train --stage qat";
    Recipe recipe;
    recipe.known_ranges = subject_.trained->ranges;
    auto made = quantized(subject_.trained->network, recipe);
    if (!made.ok()) return add_refused(name, how, made.error());
    return add(name, how, std::move(made->graph));
  }

  Result<void> add(const std::string& name, const std::string& how, const Recipe& recipe) {
    auto made = quantized(*subject_.graph, recipe);
    if (!made.ok()) return add_refused(name, how, made.error());
    return add(name, "mote quantize " + how, std::move(made->graph));
  }

  Result<void> add_pruned(double part) {
    const std::string name = fmt::format("{:.0f} % of channels pruned, int8", 100 * part);
    const std::string how = fmt::format("prune {:.0f} % of each group", 100 * part);
    auto pruned = prune_channels(*subject_.graph, {.part = part});
    if (!pruned.ok()) return add_refused(name, how, pruned.error());
    return add_trained_further(name, how, fmt::format("pruned{:.0f}", 100 * part),
                               std::move(pruned->graph), false);
  }

  Result<void> add_zeroed(double part) {
    if (part == 0) return {};
    const std::string name = fmt::format("{:.0f} % of weights zero, int8", 100 * part);
    const std::string how = fmt::format("set the smallest {:.0f} % to zero", 100 * part);
    auto zeroed = prune_weights(*subject_.graph, part);
    if (!zeroed.ok()) return add_refused(name, how, zeroed.error());
    return add_trained_further(name, how, fmt::format("zeroed{:.0f}", 100 * part),
                               std::move(zeroed->graph), true);
  }

  /// Fine-tunes a network, if that can be, in a folder called `label`, and quantises it.
  Result<void> add_trained_further(std::string name, const std::string& how,
                                   const std::string& label, Graph network, bool keep_zeros) {
    if (subject_.finetune) {
      auto trained = subject_.finetune(network, label, keep_zeros);
      if (!trained.ok()) return add_refused(name, how, trained.error());
      network = *std::move(trained);
      name += ", fine-tuned";
    }
    Recipe recipe;
    recipe.calibration = best_;
    recipe.correct_bias = true;
    auto made = quantized(network, recipe);
    if (!made.ok()) return add_refused(name, how, made.error());
    return add(
        name, fmt::format("{}, mote quantize --calibration {} --correct-bias", how, name_of(best_)),
        std::move(made->graph));
  }

  Result<void> add_refused(const std::string& name, const std::string& how, const Error& error) {
    Variant variant;
    variant.name = name;
    variant.how = how;
    variant.problem = error.message;
    observer_(variant);
    variants_.push_back(std::move(variant));
    return {};
  }

  Result<void> add(const std::string& name, const std::string& how, Graph network) {
    Variant variant;
    variant.name = name;
    variant.how = how;
    MOTE_TRY(const auto answers, train::answers(network, *subject_.test));
    variant.score = subject_.score(answers);
    variant.error = quantize::distance(answers, reference_).error;
    variant.compressed_bytes = compressed_bytes(network);
    if (subject_.deploy) {
      MOTE_TRY(variant.graph, subject_.deploy(network));
    } else {
      variant.graph = std::move(network);
    }
    MOTE_TRY(const Bytes file, write_tflite(variant.graph));
    variant.file_bytes = file.size();
    if (!subject_.budget.board.empty()) {
      Result<Profile> profile = profile_on(variant.graph, subject_.budget.board);
      if (!profile.ok()) return add_refused(name, how, profile.error());
      variant.profile = *std::move(profile);
    }
    variant.made = true;
    variant.problem = problem_of(variant, subject_, float_score_);
    observer_(variant);
    variants_.push_back(std::move(variant));
    return {};
  }

  const Subject& subject_;
  const Observer& observer_;
  const quantize::Progress& progress_;
  std::vector<std::vector<float>> reference_;
  double float_score_ = 0;
  Calibration best_ = Calibration::kMinMax;
  std::vector<Variant> variants_;
};

}  // namespace

Result<std::vector<Variant>> try_steps(const Subject& subject, const Observer& observer,
                                       const quantize::Progress& progress) {
  return Trials(subject, observer, progress).run();
}

double excess(const Variant& variant, const Subject& subject, double float_score) {
  double most = 0;
  if (variant.profile && variant.profile->ram && variant.profile->flash) {
    const Profile& p = *variant.profile;
    auto over = [](uint64_t bytes, uint64_t limit) {
      return static_cast<double>(bytes) / std::max(1.0, static_cast<double>(limit)) - 1;
    };
    most = std::max({most, over(p.footprint.ram_bytes(), p.ram->bytes),
                     over(p.footprint.flash_bytes(), p.flash->bytes)});
  }
  for (const Limit& limit : limits_of(variant, subject, float_score)) {
    if (!limit.most) continue;
    double value = limit.value.value_or(INFINITY);
    most = std::max(most, (value - *limit.most) / std::max(*limit.most, 1e-9));
  }
  return most;
}

const Variant& nearest(const std::vector<Variant>& variants, const Subject& subject) {
  const Variant* best = nullptr;
  for (const Variant& v : variants) {
    if (!v.made) continue;
    double float_score = variants[0].score;
    if (!best || excess(v, subject, float_score) < excess(*best, subject, float_score)) best = &v;
  }
  return *best;
}

}  // namespace mote::compress
