// SPDX-License-Identifier: Apache-2.0
// How a keyword spotter does on a long recording: its scores come in a steady stream, are smoothed,
// and a word is heard when one passes a threshold, after which the ear rests for a while.
#ifndef MOTE_TRAIN_EVALUATE_STREAMING_H_
#define MOTE_TRAIN_EVALUATE_STREAMING_H_

#include <cstddef>
#include <set>
#include <vector>

namespace mote::train {

struct StreamOptions {
  double step_s = 0.1;        // from one score to the next
  int smoothing = 1;          // scores averaged: the newest and those before
  double threshold = 0.5;     // a smoothed score of at least this is a word
  double refractory_s = 0.5;  // after a word none is heard for so long
  double tolerance_s = 0.75;  // a word heard so far from where it is counts as that one
  std::set<int> silent;       // classes that aren't words: silence, unknown
};

/// A word: heard, or really there.
struct StreamWord {
  double at_s = 0;
  int label = 0;
};

/// What is heard in scores[time][class].
std::vector<StreamWord> detect(const std::vector<std::vector<float>>& scores,
                               const StreamOptions& options);

struct StreamMetrics {
  size_t words = 0, found = 0;
  size_t false_accepts = 0;  // heard and not there, or another word
  double hours = 0;          // of the recording
  double false_accepts_per_hour = 0;
  double false_reject_rate = 0;  // of the words; not a number without any
};

/// Each word that is there is found by at most one that was heard, the earliest one near enough.
StreamMetrics stream_metrics(const std::vector<StreamWord>& heard,
                             const std::vector<StreamWord>& there, double seconds,
                             const StreamOptions& options);

}  // namespace mote::train

#endif  // MOTE_TRAIN_EVALUATE_STREAMING_H_
