// SPDX-License-Identifier: Apache-2.0
// The benchmark's lists of files: y_labels.csv, whose lines are
//   file,classes,class[,bytes of a window,stride in bytes]
// and the streaming task's JSON, which says when the wake word is spoken.
#ifndef MOTE_BENCH_MLPERF_LABELS_H_
#define MOTE_BENCH_MLPERF_LABELS_H_

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/host/result.h"

namespace mote::mlperf {

struct LabelledFile {
  std::string file;  // relative to the list's folder
  int classes = 0;
  int label = 0;                              // 0 … classes - 1
  size_t window_bytes = 0, stride_bytes = 0;  // 0: the file is one input
};

/// Reads y_labels.csv. Errors: "path:line: what is wrong and what would be right".
Result<std::vector<LabelledFile>> read_labels(const std::filesystem::path& path);

/// A recording of the streaming task.
struct LabelledStream {
  std::string wav_file;
  double sample_rate = 0, length_s = 0;
  std::vector<std::pair<double, double>> words;  // from when to when the wake word is spoken, in s
};

/// Reads a list such as sww_long_test.json. Errors name the entry and its field.
Result<std::vector<LabelledStream>> read_streams(const std::filesystem::path& path);

}  // namespace mote::mlperf

#endif  // MOTE_BENCH_MLPERF_LABELS_H_
