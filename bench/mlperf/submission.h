// SPDX-License-Identifier: Apache-2.0
// Results as a submission to MLPerf Tiny: the folders, logs and lines that its runner writes and
// its submission checker (tools/submission/submission_checker.py, v1.4) reads:
//   <division>/<submitter>/systems/<system>.json
//   <division>/<submitter>/results/<system>/<kws|vww|ic|…>/<accuracy|performance|energy>/
//       log.txt  results.txt  results.json
#ifndef MOTE_BENCH_MLPERF_SUBMISSION_H_
#define MOTE_BENCH_MLPERF_SUBMISSION_H_

#include <filesystem>
#include <string>
#include <vector>

#include "bench/mlperf/run.h"

namespace mote::mlperf {

/// The system description's fields that mote knows.
struct System {
  std::string name;  // of the file and of the folder of results
  std::string board, processor, frequency, memory;
  std::string hardware_notes, framework, software_notes;
};

struct Submission {
  std::string division;   // "closed" or "open"
  std::string submitter;  // a folder's name
  System system;
  const Dut* dut = nullptr;
  const std::vector<TaskResult>* results = nullptr;
};

/// Writes it below `folder`, replacing files of the same runs. Errors: not writable.
Result<void> write_submission(const std::filesystem::path& folder, const Submission& submission);

/// The lines of results.txt. Stamps are of the local time.
std::string performance_text(const Performance& performance);
std::string accuracy_text(const Accuracy& accuracy);
std::string energy_text(const Energy& energy);
std::string listening_text(const Listening& listening);

}  // namespace mote::mlperf

#endif  // MOTE_BENCH_MLPERF_SUBMISSION_H_
