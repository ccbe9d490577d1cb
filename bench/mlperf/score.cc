// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/score.h"

#include <algorithm>
#include <numeric>

namespace mote::mlperf {
namespace {

/// A score and whether it is of the class that is looked for.
using Scored = std::vector<std::pair<double, bool>>;

/// The probability that one of the class scores above one that isn't (Mann and Whitney's U): the
/// sum of the class's ranks tells it, equal scores sharing the mean of their ranks.
std::optional<double> area(Scored scored) {
  std::sort(scored.begin(), scored.end());
  double ranks = 0, positives = 0;
  for (size_t i = 0, end; i < scored.size(); i = end) {
    for (end = i; end < scored.size() && scored[end].first == scored[i].first;) ++end;
    const double rank = static_cast<double>(i + 1 + end) / 2;
    for (size_t j = i; j < end; ++j) {
      if (scored[j].second) ranks += rank, ++positives;
    }
  }
  const double negatives = static_cast<double>(scored.size()) - positives;
  if (positives == 0 || negatives == 0) return {};
  return (ranks - positives * (positives + 1) / 2) / (positives * negatives);
}

std::optional<double> area_of(const std::vector<Answer>& answers, size_t result, int label) {
  Scored scored;
  for (const Answer& answer : answers) {
    scored.emplace_back(answer.results[result], answer.label == label);
  }
  return area(std::move(scored));
}

/// The mean of precision and recall, in percent, where scores above `threshold` are anomalies.
double balance(const std::vector<Answer>& answers, double threshold) {
  double found = 0, missed = 0, wrong = 0;
  for (const Answer& answer : answers) {
    const bool above = answer.results[0] > threshold;
    if (answer.label == 1) ++(above ? found : missed);
    if (answer.label == 0 && above) ++wrong;
  }
  constexpr double kNever0 = 1e-8;
  return 50 * (found / (found + wrong + kNever0) + found / (found + missed + kNever0));
}

double best_balance(const std::vector<Answer>& answers) {
  const auto [low, high] = std::minmax_element(
      answers.begin(), answers.end(),
      [](const Answer& a, const Answer& b) { return a.results[0] < b.results[0]; });
  const double from = low->results[0], range = high->results[0] - from;
  double best = 0;
  for (int i = 0; i < 100; ++i) best = std::max(best, balance(answers, from + i * 0.01 * range));
  return best;
}

}  // namespace

std::vector<double> normalised(const std::vector<float>& results) {
  std::vector<double> values(results.begin(), results.end());
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  if (values.size() > 1 && sum != 0) {
    for (double& value : values) value /= sum;
  }
  return values;
}

size_t correct_answers(const std::vector<Answer>& answers) {
  return static_cast<size_t>(std::count_if(answers.begin(), answers.end(), [](const Answer& a) {
    return std::max_element(a.results.begin(), a.results.end()) - a.results.begin() == a.label;
  }));
}

double top_1_percent(const std::vector<Answer>& answers) {
  if (answers[0].results.size() == 1) return best_balance(answers);
  return 100 * static_cast<double>(correct_answers(answers)) / static_cast<double>(answers.size());
}

std::optional<double> auc(const std::vector<Answer>& answers) {
  const size_t results = answers[0].results.size();
  if (results <= 2) return area_of(answers, results - 1, 1);
  double sum = 0;
  for (size_t i = 0; i < results; ++i) {
    const std::optional<double> one = area_of(answers, i, static_cast<int>(i));
    if (!one) return {};
    sum += *one;
  }
  return sum / static_cast<double>(results);
}

Detections& Detections::operator+=(const Detections& more) {
  const auto append = [](std::vector<double>& to, const std::vector<double>& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  append(true_positives_s, more.true_positives_s);
  append(false_negatives_s, more.false_negatives_s);
  append(false_positives_s, more.false_positives_s);
  return *this;
}

Detections count_detections(std::vector<double> detections_s,
                            const std::vector<std::pair<double, double>>& words) {
  constexpr double kLate_s = 2.0, kOnce_s = 1.0;
  Detections counts;
  for (const auto& [start, end] : words) {
    const size_t found =
        std::erase_if(detections_s, [&](double t) { return t >= start && t <= end + kLate_s; });
    (found ? counts.true_positives_s : counts.false_negatives_s).push_back(start);
  }
  for (double t : detections_s) {
    const bool again =
        !counts.false_positives_s.empty() && t <= counts.false_positives_s.back() + kOnce_s;
    if (!again) counts.false_positives_s.push_back(t);
  }
  return counts;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace mote::mlperf
