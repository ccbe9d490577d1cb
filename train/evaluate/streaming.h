// SPDX-License-Identifier: Apache-2.0
// How a keyword spotter does on long recordings: its scores come in a steady stream, are smoothed,
// and a word is heard when one passes a threshold, after which the ear rests for a while.
#ifndef MOTE_TRAIN_EVALUATE_STREAMING_H_
#define MOTE_TRAIN_EVALUATE_STREAMING_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "train/evaluate/metrics.h"

namespace mote::train {

struct StreamOptions {
  double window_s = 1;      // what a score looks at; the first one is there after so long
  double step_s = 0.25;     // from one score to the next
  int smoothing = 2;        // scores averaged: the newest and those before
  double threshold = 0.5;   // a smoothed score of at least this is a word
  double refractory_s = 1;  // after a word none is heard for so long
  double tolerance_s = 1;   // a word that is heard up to so long after its end is found
  std::set<int> silent;     // classes that aren't words: silence, unknown
};

/// What is really there, from when to when.
struct Mark {
  double start_s = 0, end_s = 0;
  int label = 0;
};

/// One recording and what a model said of it.
struct Stream {
  double seconds = 0;
  std::vector<Mark> marks;                 // by their start; silent ones only say what was there
  std::vector<std::vector<float>> scores;  // [time][class]
};

/// A word that was heard, when the newest sample of the window had come.
struct HeardWord {
  double at_s = 0;
  int label = 0;
  double score = 0;
  std::optional<size_t> found;  // the mark that it found; without one it is a false accept
};

/// The same scores, each the mean of itself and up to `smoothing` - 1 before.
std::vector<std::vector<float>> smoothed(const std::vector<std::vector<float>>& scores,
                                         int smoothing);

/// What is heard in smoothed scores, and which of it was there: a word is found by at most one that
/// was heard, between its start and `tolerance_s` after its end.
std::vector<HeardWord> detect(const Stream& smoothed, const StreamOptions& options);

struct WordMetrics {
  size_t words = 0, found = 0, false_accepts = 0;
  std::vector<double> latencies_s;  // from the end of a word that was found, rising
};

struct StreamMetrics {
  double hours = 0;
  WordMetrics all;
  std::map<int, WordMetrics> words;  // by label, all that aren't silent
  std::map<int, size_t> during;      // false accepts by what was there: a mark's label, -1 nothing
  double false_accepts_per_hour = 0;
  Interval per_hour_interval;    // 95 %, of a Poisson process
  double false_reject_rate = 0;  // of the words; not a number without any
  Interval reject_interval;      // 95 %, Wilson
};

/// `heard[i]` is what was heard in streams[i]. REQUIRES: `classes` are more than any label.
StreamMetrics stream_metrics(const std::vector<Stream>& streams,
                             const std::vector<std::vector<HeardWord>>& heard, size_t classes,
                             const StreamOptions& options);

/// What a threshold costs and brings.
struct StreamPoint {
  double threshold = 0, false_accepts_per_hour = 0;
  double false_reject_rate = 0;  // not a number without words
};

/// The points of 256 thresholds, rising to 1: as many as int8 scores have. `options.threshold` is
/// left out of account. REQUIRES: scores are smoothed.
std::vector<StreamPoint> operating_curve(const std::vector<Stream>& streams, size_t classes,
                                         const StreamOptions& options);

/// The lowest threshold that, like all above it, has at most so many false accepts per hour; none
/// if even the highest has more.
std::optional<StreamPoint> choose_threshold(const std::vector<StreamPoint>& curve,
                                            double false_accepts_per_hour);

/// 95 % interval of the mean of a Poisson process of which `count` events were seen (exact,
/// Garwood 1936).
Interval poisson_interval(size_t count);

}  // namespace mote::train

#endif  // MOTE_TRAIN_EVALUATE_STREAMING_H_
