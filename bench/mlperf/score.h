// SPDX-License-Identifier: Apache-2.0
// The benchmark's measures of quality, as its official runner computes them (benchmark/runner/
// main.py and streaming_ww_utils.py), so that both say the same of the same answers.
#ifndef MOTE_BENCH_MLPERF_SCORE_H_
#define MOTE_BENCH_MLPERF_SCORE_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mote::mlperf {

/// What a device answered on one file: the mean of its inferences' results, each divided by their
/// sum if there are several.
struct Answer {
  std::string file;
  int label = 0;
  std::vector<double> results;
};

/// Divides by the sum; a single result, and results whose sum is 0, stay as they are.
std::vector<double> normalised(const std::vector<float>& results);

/// How many answers' largest result (the first of equals) is the label's.
size_t correct_answers(const std::vector<Answer>& answers);

/// The official "Top 1%": with several results the percentage of correct answers; with one, a score
/// of anomaly, the best mean of precision and recall over 100 thresholds between the smallest and
/// the largest score. REQUIRES: answers, all with as many results.
double top_1_percent(const std::vector<Answer>& answers);

/// Area under the ROC curve, with ties counted as half: of the score (one result), of the second
/// class (two), or the mean over all classes of one against the rest. Nothing if a class has no
/// file, or all: it isn't defined then. REQUIRES: as above.
std::optional<double> auc(const std::vector<Answer>& answers);

/// Counts of the streaming task.
struct Detections {
  std::vector<double> true_positives_s;   // start of each word that was found
  std::vector<double> false_negatives_s;  // start of each that wasn't
  std::vector<double> false_positives_s;  // times of detection, those within a second counted once

  Detections& operator+=(const Detections& more);
};

/// Holds `detections_s` (rising, from the recording's start) against when the wake word is spoken
/// ([start, end] in s). A word counts as found by what comes from its start until 2 s behind its
/// end: the official runner allows a delay of 1 s, twice.
Detections count_detections(std::vector<double> detections_s,
                            const std::vector<std::pair<double, double>>& words);

/// The median; of an even count the mean of the middle two. REQUIRES: not empty.
double median(std::vector<double> values);

}  // namespace mote::mlperf

#endif  // MOTE_BENCH_MLPERF_SCORE_H_
