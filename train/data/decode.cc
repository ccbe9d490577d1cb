// SPDX-License-Identifier: Apache-2.0
#include "train/data/decode.h"

#include <mutex>

#include "base/host/parallel.h"

namespace mote::train {

std::vector<size_t> learnable(const Project& project, const Dataset& dataset, Split split) {
  std::vector<size_t> numbers;
  for (size_t i : dataset.of(split)) {
    if (project.task != Task::kAnomaly || dataset.examples[i].label == 0) numbers.push_back(i);
  }
  return numbers;
}

std::vector<size_t> spread(const std::vector<size_t>& numbers, size_t most) {
  if (most == 0 || numbers.size() <= most) return numbers;
  std::vector<size_t> some;
  for (size_t i = 0; i < most; ++i) some.push_back(numbers[i * numbers.size() / most]);
  return some;
}

Result<std::vector<Skipped>> decode_examples(const Project& project, const Dataset& dataset,
                                             const std::vector<size_t>& numbers,
                                             const TakeSignal& take, const Counter& progress) {
  std::vector<std::string> problems(numbers.size());
  std::mutex reporting;
  size_t done = 0;
  auto decode = [&](size_t worker, size_t i) -> Result<void> {
    Result<Signal> signal = read_example(project, dataset, dataset.examples[numbers[i]]);
    if (signal.ok()) {
      MOTE_CHECK_OK(take(worker, i, *std::move(signal)));
    } else {
      problems[i] = signal.error().message;
    }
    std::lock_guard lock(reporting);
    progress(++done, numbers.size());
    return {};
  };
  MOTE_CHECK_OK(for_each_in_parallel(numbers.size(), job_count(0, numbers.size()), decode));
  std::vector<Skipped> skipped;
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (problems[i].empty()) continue;
    skipped.push_back({dataset.examples[numbers[i]].path, std::move(problems[i])});
  }
  return skipped;
}

}  // namespace mote::train
