// SPDX-License-Identifier: Apache-2.0
#include "train/evaluate/streaming.h"

#include <algorithm>
#include <cmath>

namespace mote::train {
namespace {

constexpr double kRounding = 1e-9;  // seconds, of sums of steps

/// Which mark a word finds that is heard `at_s`: the earliest that is still open.
std::optional<size_t> found_mark(const std::vector<Mark>& marks, const std::vector<bool>& taken,
                                 const HeardWord& word, double tolerance_s) {
  for (size_t i = 0; i < marks.size() && marks[i].start_s <= word.at_s; ++i) {
    if (!taken[i] && marks[i].label == word.label && word.at_s <= marks[i].end_s + tolerance_s) {
      return i;
    }
  }
  return {};
}

/// What was there when a false accept was heard: the mark that began last, -1 for none.
int what_was_there(const std::vector<Mark>& marks, double at_s, double tolerance_s) {
  int label = -1;
  for (const Mark& mark : marks) {
    if (at_s >= mark.start_s && at_s <= mark.end_s + tolerance_s) label = mark.label;
  }
  return label;
}

void add(const Stream& stream, const std::vector<HeardWord>& heard, const StreamOptions& options,
         StreamMetrics* m) {
  m->hours += stream.seconds / 3600;
  for (const Mark& mark : stream.marks) {
    if (!options.silent.count(mark.label)) ++m->words[mark.label].words;
  }
  for (const HeardWord& word : heard) {
    WordMetrics& one = m->words[word.label];
    if (word.found) {
      ++one.found;
      one.latencies_s.push_back(word.at_s - stream.marks[*word.found].end_s);
    } else {
      ++one.false_accepts;
      ++m->during[what_was_there(stream.marks, word.at_s, options.tolerance_s)];
    }
  }
}

/// The probability of at most `count` events where the mean is `mean`.
double poisson_at_most(size_t count, double mean) {
  double term = std::exp(-mean), sum = term;
  for (size_t k = 1; k <= count; ++k) sum += term *= mean / static_cast<double>(k);
  return sum;
}

/// The mean at which at most `count` events have this probability.
double poisson_mean(size_t count, double probability) {
  double low = 0, high = 2 * static_cast<double>(count) + 20;
  for (int i = 0; i < 60; ++i) {
    double middle = (low + high) / 2;
    (poisson_at_most(count, middle) > probability ? low : high) = middle;
  }
  return low;
}

}  // namespace

Interval poisson_interval(size_t count) {
  // Beyond this e^-mean is no longer a number, and the square root's normal approximation is good
  // to a percent.
  if (count > 300) {
    double root = std::sqrt(static_cast<double>(count));
    return {(root - 0.98) * (root - 0.98), (root + 0.98) * (root + 0.98)};
  }
  return {count == 0 ? 0 : poisson_mean(count - 1, 0.975), poisson_mean(count, 0.025)};
}

std::vector<std::vector<float>> smoothed(const std::vector<std::vector<float>>& scores,
                                         int smoothing) {
  std::vector<std::vector<float>> means = scores;
  for (size_t time = 0; time < scores.size(); ++time) {
    size_t count = std::min(time + 1, static_cast<size_t>(std::max(smoothing, 1)));
    for (size_t c = 0; c < scores[time].size(); ++c) {
      double sum = 0;
      for (size_t t = time + 1 - count; t <= time; ++t) sum += scores[t][c];
      means[time][c] = static_cast<float>(sum / static_cast<double>(count));
    }
  }
  return means;
}

std::vector<HeardWord> detect(const Stream& smoothed, const StreamOptions& options) {
  std::vector<HeardWord> heard;
  std::vector<bool> taken(smoothed.marks.size(), false);
  for (size_t time = 0; time < smoothed.scores.size(); ++time) {
    double now = options.window_s + static_cast<double>(time) * options.step_s;
    if (!heard.empty() && now - heard.back().at_s < options.refractory_s - kRounding) continue;
    const std::vector<float>& scores = smoothed.scores[time];
    auto best = std::max_element(scores.begin(), scores.end());
    HeardWord word{now, static_cast<int>(best - scores.begin()), *best, {}};
    if (word.score < options.threshold || options.silent.count(word.label)) continue;
    word.found = found_mark(smoothed.marks, taken, word, options.tolerance_s);
    if (word.found) taken[*word.found] = true;
    heard.push_back(word);
  }
  return heard;
}

StreamMetrics stream_metrics(const std::vector<Stream>& streams,
                             const std::vector<std::vector<HeardWord>>& heard, size_t classes,
                             const StreamOptions& options) {
  StreamMetrics m;
  for (int label = 0; label < static_cast<int>(classes); ++label) {
    if (!options.silent.count(label)) m.words[label] = {};
  }
  for (size_t i = 0; i < streams.size(); ++i) add(streams[i], heard[i], options, &m);
  for (auto& [label, one] : m.words) {
    std::sort(one.latencies_s.begin(), one.latencies_s.end());
    m.all.words += one.words;
    m.all.found += one.found;
    m.all.false_accepts += one.false_accepts;
    m.all.latencies_s.insert(m.all.latencies_s.end(), one.latencies_s.begin(),
                             one.latencies_s.end());
  }
  std::sort(m.all.latencies_s.begin(), m.all.latencies_s.end());
  const double words = static_cast<double>(m.all.words);
  m.false_accepts_per_hour = static_cast<double>(m.all.false_accepts) / m.hours;
  m.per_hour_interval = poisson_interval(m.all.false_accepts);
  m.per_hour_interval.low /= m.hours;
  m.per_hour_interval.high /= m.hours;
  m.false_reject_rate = 1 - static_cast<double>(m.all.found) / words;
  m.reject_interval = wilson(m.all.words - m.all.found, m.all.words);
  return m;
}

std::vector<StreamPoint> operating_curve(const std::vector<Stream>& streams, size_t classes,
                                         const StreamOptions& options) {
  constexpr int kThresholds = 256;
  std::vector<StreamPoint> curve;
  StreamOptions at = options;
  for (int i = 1; i <= kThresholds; ++i) {
    at.threshold = static_cast<double>(i) / kThresholds;
    std::vector<std::vector<HeardWord>> heard;
    for (const Stream& stream : streams) heard.push_back(detect(stream, at));
    const StreamMetrics m = stream_metrics(streams, heard, classes, at);
    curve.push_back({at.threshold, m.false_accepts_per_hour, m.false_reject_rate});
  }
  return curve;
}

std::optional<StreamPoint> choose_threshold(const std::vector<StreamPoint>& curve,
                                            double false_accepts_per_hour) {
  std::optional<StreamPoint> chosen;
  for (auto point = curve.rbegin(); point != curve.rend(); ++point) {
    if (point->false_accepts_per_hour > false_accepts_per_hour) break;
    chosen = *point;
  }
  return chosen;
}

}  // namespace mote::train
