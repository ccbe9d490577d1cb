// SPDX-License-Identifier: Apache-2.0
#include "train/evaluate/streaming.h"

#include <algorithm>
#include <cmath>

namespace mote::train {
namespace {

/// The mean of the scores at `time` and up to smoothing - 1 before.
std::vector<double> smoothed(const std::vector<std::vector<float>>& scores, size_t time,
                             int smoothing) {
  size_t count = std::min(time + 1, static_cast<size_t>(std::max(smoothing, 1)));
  std::vector<double> mean(scores[time].size(), 0);
  for (size_t t = time + 1 - count; t <= time; ++t) {
    for (size_t c = 0; c < mean.size(); ++c) mean[c] += scores[t][c] / static_cast<double>(count);
  }
  return mean;
}

}  // namespace

std::vector<StreamWord> detect(const std::vector<std::vector<float>>& scores,
                               const StreamOptions& options) {
  std::vector<StreamWord> heard;
  for (size_t time = 0; time < scores.size(); ++time) {
    double now = static_cast<double>(time) * options.step_s;
    if (!heard.empty() && now - heard.back().at_s < options.refractory_s) continue;
    std::vector<double> mean = smoothed(scores, time, options.smoothing);
    auto best = std::max_element(mean.begin(), mean.end());
    int label = static_cast<int>(best - mean.begin());
    if (*best >= options.threshold && !options.silent.count(label)) heard.push_back({now, label});
  }
  return heard;
}

StreamMetrics stream_metrics(const std::vector<StreamWord>& heard,
                             const std::vector<StreamWord>& there, double seconds,
                             const StreamOptions& options) {
  StreamMetrics m;
  m.words = there.size();
  m.hours = seconds / 3600;
  std::vector<bool> found(there.size(), false);
  for (const StreamWord& word : heard) {
    size_t i = 0;
    while (i < there.size() && (found[i] || there[i].label != word.label ||
                                std::abs(there[i].at_s - word.at_s) > options.tolerance_s)) {
      ++i;
    }
    if (i < there.size()) {
      found[i] = true;
      ++m.found;
    } else {
      ++m.false_accepts;
    }
  }
  m.false_accepts_per_hour = m.hours > 0 ? static_cast<double>(m.false_accepts) / m.hours : 0;
  double words = static_cast<double>(m.words);
  m.false_reject_rate = 1 - static_cast<double>(m.found) / words;
  return m;
}

}  // namespace mote::train
