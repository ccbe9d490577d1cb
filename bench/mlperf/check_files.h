// SPDX-License-Identifier: Apache-2.0
// The numbers that the submission checker finds in a results.txt.
#ifndef MOTE_BENCH_MLPERF_CHECK_FILES_H_
#define MOTE_BENCH_MLPERF_CHECK_FILES_H_

#include <optional>
#include <string>
#include <vector>

namespace mote::mlperf {

/// What a line says after `before` and blanks: a number, with `after` behind it. The last line that
/// has it counts, as in the checker.
std::optional<double> number_after(const std::string& text, const std::string& before,
                                   const std::string& after = "");
/// The same of each line that has it.
std::vector<double> numbers_after(const std::string& text, const std::string& before,
                                  const std::string& after = "");

/// "Top 1% = 90.4" or, of the older runner, "Top-1: 90.4%".
std::optional<double> top_1_of(const std::string& text);
/// "AUC = 0.862" or "AUC: 0.862".
std::optional<double> auc_of(const std::string& text);

struct WakeWords {
  int true_positives = 0, false_negatives = 0, false_positives = 0;
};
/// "Accuracy: 48 True positives, 2 False negatives, 3 False positives".
std::optional<WakeWords> wake_words_of(const std::string& text);

}  // namespace mote::mlperf

#endif  // MOTE_BENCH_MLPERF_CHECK_FILES_H_
