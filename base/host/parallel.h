// SPDX-License-Identifier: Apache-2.0
// The same work on many items, on several threads at once.
#ifndef MOTE_BASE_HOST_PARALLEL_H_
#define MOTE_BASE_HOST_PARALLEL_H_

#include <cstddef>
#include <functional>

#include "base/host/result.h"

namespace mote {

/// `jobs`, or for 0 as many as there are cores; at least 1 and at most `items`.
size_t job_count(unsigned jobs, size_t items);

/// Calls work(worker, item) once for each item below `items`, smaller items first; calls with the
/// same worker, a number below `workers`, follow each other. Errors: the first item's that fails,
/// however the threads ran; once one has failed, no more are begun. REQUIRES: workers >= 1.
Result<void> for_each_in_parallel(size_t items, size_t workers,
                                  const std::function<Result<void>(size_t, size_t)>& work);

}  // namespace mote

#endif  // MOTE_BASE_HOST_PARALLEL_H_
