// SPDX-License-Identifier: Apache-2.0
#include "train/run/search.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/host/file.h"
#include "ir/builder.h"
#include "train/evaluate/held_out.h"
#include "train/evaluate/run_graph.h"
#include "train/report/training_report.h"

namespace mote::train {
namespace {

constexpr int kFactor = 3;  // how many more epochs the better ones get, and how many fewer they are

/// Uniform in [0, 1).
double fraction(std::mt19937& random) {
  return static_cast<double>(random()) / 4294967296.0;
}

std::string draw_value(const SearchRange& range, std::mt19937& random) {
  if (!range.choices.empty()) {
    return range.choices[random() % range.choices.size()];
  }
  const double part = fraction(random);
  double value = range.log ? range.low * std::pow(range.high / range.low, part)
                           : range.low + (range.high - range.low) * part;
  if (!range.whole) return fmt::format("{:.4g}", value);
  // Every whole number from low to high gets the same part of a range that isn't logarithmic.
  if (!range.log) value = range.low + std::floor((range.high - range.low + 1) * part);
  return fmt::format("{:.0f}", std::clamp(std::round(value), range.low, range.high));
}

/// Epochs of the rounds: the project's own in the last one.
std::vector<int> rounds(int epochs, size_t trials) {
  std::vector<int> all = {epochs};
  while (trials >= kFactor && all.front() >= 2 * kFactor) {
    all.insert(all.begin(), all.front() / kFactor);
    trials /= kFactor;
  }
  return all;
}

bool better(const Trial& a, const Trial& b) {
  if (a.problem.empty() != b.problem.empty()) return a.problem.empty();
  if (a.epochs != b.epochs) return a.epochs > b.epochs;
  return a.result > b.result;
}

}  // namespace

std::vector<std::string> draw_overrides(const std::vector<SearchRange>& ranges,
                                        std::mt19937& random) {
  std::vector<std::string> overrides;
  for (const SearchRange& range : ranges) {
    overrides.push_back(fmt::format("{}={}", range.key, draw_value(range, random)));
  }
  return overrides;
}

Result<std::vector<Trial>> search(const Project& project, int count,
                                  const std::function<Result<double>(const Trial&)>& attempt) {
  if (project.search.empty()) {
    return fail("{}: has no [search] that says what to try", project.file.string());
  }
  std::mt19937 random(project.training.seed);
  std::vector<Trial> trials(static_cast<size_t>(count));
  for (size_t i = 0; i < trials.size(); ++i) {
    trials[i].number = static_cast<int>(i);
    trials[i].overrides = draw_overrides(project.search, random);
  }
  size_t left = trials.size();
  for (int epochs : rounds(project.training.epochs, trials.size())) {
    for (size_t i = 0; i < left; ++i) {
      Trial& trial = trials[i];
      if (!trial.problem.empty()) continue;
      trial.epochs = epochs;
      Result<double> result = attempt(trial);
      if (result.ok()) {
        trial.result = *result;
      } else {
        trial.problem = result.error().message;
      }
    }
    std::stable_sort(trials.begin(), trials.end(), better);
    left = std::max<size_t>(left / kFactor, 1);
  }
  if (trials[0].problem.empty()) return trials;
  return fail("no trial gave a result; the first: {}", trials[0].problem);
}

Result<double> validation_result(const std::filesystem::path& run) {
  MOTE_TRY(const std::string log, read_text(run / "log.jsonl"));
  const size_t end = log.find_last_not_of('\n');
  const size_t begin = end == std::string::npos ? 0 : log.rfind('\n', end) + 1;
  const auto json = nlohmann::json::parse(log.substr(begin), nullptr, false);
  for (const char* key : {"validation_accuracy", "validation_loss"}) {
    if (!json.is_object() || !json.contains(key) || !json[key].is_number()) continue;
    const double value = json[key].get<double>();
    return std::string(key) == "validation_loss" ? -value : value;
  }
  return fail("{}: has no validation result; set split.validation above 0",
              (run / "log.jsonl").string());
}

Result<double> validation_result(const Project& project, const Dataset& dataset,
                                 const FrontEnd& front_end, const Graph& network) {
  MOTE_TRY(const HeldOut held, HeldOut::make(project, dataset, front_end, Split::kValidation, 0,
                                             [](const std::string&, size_t, size_t) {}));
  MOTE_TRY(const auto outputs, answers(network, held.real_features()));
  const std::vector<Prediction> predictions = held.predictions(outputs);
  if (project.task != Task::kAnomaly) return score_of(predictions, project.task);
  double sum = 0;
  for (const Prediction& p : predictions) sum += p.scores[0];
  return -sum / static_cast<double>(predictions.size());
}

}  // namespace mote::train
