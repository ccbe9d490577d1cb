// SPDX-License-Identifier: Apache-2.0
// Holds a submission folder to the rules of its division: what MLCommons' submission checker (v1.4)
// would reject, and what the benchmark's rules say that the checker doesn't look for.
#ifndef MOTE_BENCH_MLPERF_CHECK_H_
#define MOTE_BENCH_MLPERF_CHECK_H_

#include <filesystem>
#include <string>
#include <vector>

#include "base/host/result.h"

namespace mote::mlperf {

struct Finding {
  bool rejects = true;  // or is only something that a reviewer will ask about
  std::string path;     // below the submission's folder
  std::string rule;     // "accuracy": which rule, in a word or two
  std::string what;     // what is wrong and what would be right
};

struct CheckReport {
  std::vector<Finding> findings;
  std::vector<std::string> results;  // "closed/me/results/board/kws": that were looked at

  bool accepted() const;
};

/// Checks what lies below `folder`, which holds closed/ and open/. Errors: it isn't a folder; it
/// holds neither.
Result<CheckReport> check_submission(const std::filesystem::path& folder);

}  // namespace mote::mlperf

#endif  // MOTE_BENCH_MLPERF_CHECK_H_
