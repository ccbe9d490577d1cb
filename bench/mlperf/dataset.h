// SPDX-License-Identifier: Apache-2.0
// A task's data as the protocol sends it: the benchmark's own folders (y_labels.csv and .bin
// files), CIFAR-10's binary batches, or, where there is no data, random bytes to measure time on.
#ifndef MOTE_BENCH_MLPERF_DATASET_H_
#define MOTE_BENCH_MLPERF_DATASET_H_

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/host/file.h"
#include "bench/mlperf/labels.h"
#include "bench/mlperf/task.h"

namespace mote::mlperf {

class Dataset {
 public:
  /// The data of `task` in `folder`: y_labels.csv with its files or, for pictures, CIFAR-10's
  /// test_batch.bin or data_batch_*.bin. Errors: neither is there; those of the list.
  static Result<Dataset> open(const Task& task, const std::filesystem::path& folder);
  /// Five inputs of random bytes (floats between -1 and 1). They have no true class.
  static Dataset random(const Task& task, uint32_t seed);

  const std::vector<LabelledFile>& files() const { return files_; }
  bool is_random() const { return random_; }
  /// The inputs that file `index` holds: one, or its windows. REQUIRES: index < files().size().
  /// Errors: unreadable; not of the size that the task sends, with both.
  Result<std::vector<Bytes>> inputs(size_t index) const;
  /// Only the first `most` files from here on.
  void keep(size_t most);

 private:
  Dataset(const Task& task) : task_(&task) {}
  Result<std::vector<Bytes>> windows(const LabelledFile& file, const Bytes& bytes) const;

  const Task* task_;
  std::vector<LabelledFile> files_;
  std::function<Result<Bytes>(size_t)> read_;
  bool random_ = false;
};

/// One picture of CIFAR-10.
struct CifarPicture {
  int label = 0;  // 0 … 9
  Bytes pixels;   // 32 × 32 × RGB, as the benchmark's files have them
};

/// Reads a binary batch: per picture a byte of class, then 1,024 bytes of red, green and blue each.
/// Errors: not a whole number of pictures; a class above 9, with the picture.
Result<std::vector<CifarPicture>> read_cifar(const std::filesystem::path& path);

/// A recording's first channel as 16-bit samples; the benchmark's have two. Errors: unreadable, not
/// `sample_rate`, cut off.
Result<std::vector<int16_t>> read_wav(const std::filesystem::path& path, int sample_rate);

}  // namespace mote::mlperf

#endif  // MOTE_BENCH_MLPERF_DATASET_H_
