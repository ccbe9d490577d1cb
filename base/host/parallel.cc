// SPDX-License-Identifier: Apache-2.0
#include "base/host/parallel.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace mote {

size_t job_count(unsigned jobs, size_t items) {
  size_t wanted = jobs > 0 ? jobs : std::max(1u, std::thread::hardware_concurrency());
  return std::clamp<size_t>(wanted, 1, std::max<size_t>(items, 1));
}

Result<void> for_each_in_parallel(size_t items, size_t workers,
                                  const std::function<Result<void>(size_t, size_t)>& work) {
  std::atomic<size_t> next{0};
  std::mutex mutex;
  size_t failed = items;  // all smaller items were begun before it, and end
  std::optional<Error> error;
  auto run = [&](size_t worker) {
    for (size_t item; (item = next++) < items;) {
      Result<void> done = work(worker, item);
      if (done.ok()) continue;
      std::lock_guard lock(mutex);
      next = items;
      if (item < failed) failed = item, error = done.error();
    }
  };
  std::vector<std::thread> threads;
  for (size_t worker = 1; worker < workers; ++worker) threads.emplace_back(run, worker);
  run(0);
  for (std::thread& thread : threads) thread.join();
  if (error) return *error;
  return {};
}

}  // namespace mote
