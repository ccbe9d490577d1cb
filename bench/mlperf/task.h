// SPDX-License-Identifier: Apache-2.0
// The benchmark's tasks: what the protocol sends, how answers are scored, and what the closed
// division asks. Facts: mlcommons/tiny, its rules and its submission checker (v1.4).
#ifndef MOTE_BENCH_MLPERF_TASK_H_
#define MOTE_BENCH_MLPERF_TASK_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/dtype.h"
#include "base/host/result.h"

namespace mote::mlperf {

/// What the closed division's floor is a floor of.
enum class Metric {
  kTop1,        // percent of files whose largest result is the label's
  kAuc,         // area under the ROC curve of the files' scores, 0 to 1
  kDetections,  // at most `floor` false positives and as many false negatives
};

struct Task {
  const char* name;      // as the device says it: m-model-[kws01]
  const char* folder;    // of a submission: results/<system>/kws
  const char* title;     // for people
  DType input_type;      // of what `db` sends
  size_t input_bytes;    // of one inference
  size_t window_stride;  // bytes from one window of a file to the next; 0: a file is one input
  size_t results;        // numbers of m-results
  Metric metric;
  double floor;           // of the closed division
  int64_t macs;           // of the reference model; 0: not published
  uint64_t warmups;       // before a timed window, as the official runner has it
  size_t accuracy_files;  // in the benchmark's data set
};

/// All tasks, in the order in which every table has them.
std::span<const Task> tasks();

/// Errors: no such task, with those that there are.
Result<const Task*> find_task(std::string_view name);

/// "kws01, vww01, …".
std::string task_names();

}  // namespace mote::mlperf

#endif  // MOTE_BENCH_MLPERF_TASK_H_
