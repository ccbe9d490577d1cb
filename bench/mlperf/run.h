// SPDX-License-Identifier: Apache-2.0
// Runs a task on a device under test by the benchmark's rules: performance in five windows of at
// least ten seconds of the board's time, accuracy over all files, energy per inference from the
// board's power. The same commands load and infer in all modes.
#ifndef MOTE_BENCH_MLPERF_RUN_H_
#define MOTE_BENCH_MLPERF_RUN_H_

#include <ctime>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/mlperf/client.h"
#include "bench/mlperf/dataset.h"
#include "bench/mlperf/score.h"
#include "bench/mlperf/task.h"
#include "bench/mlperf/wake_word.h"

namespace mote::mlperf {

/// A device under test: something on a line that speaks the protocol.
struct Dut {
  Line* line = nullptr;
  std::string board;                // its name
  bool is_virtual = true;           // an emulator with a timing model, or hardware
  std::string time_note;            // where its timestamps come from; empty: from its clock
  std::optional<double> active_mw;  // while it infers; absent: unknown
  std::string power_source;         // where that figure comes from, or why there is none
};

struct RunOptions {
  int windows = 5;       // the rules' number
  double window_s = 10;  // the rules' least length, in the board's time
  ClientOptions client;
  /// Told what is done now, such as "kws01: window 2 of 5".
  std::function<void(const std::string&)> progress = [](const std::string&) {};
};

/// One `infer` and what it was about.
struct Record {
  std::string file;
  size_t segment = 0;  // of the file
  LabelledFile truth;
  Inference inference;
  std::time_t at = 0;  // when it was over

  double elapsed_s() const { return static_cast<double>(inference.elapsed_us()) / 1e6; }
  double per_inference_us() const {
    return static_cast<double>(inference.elapsed_us()) / static_cast<double>(inference.iterations);
  }
  double throughput() const { return 1e6 / per_inference_us(); }
};

struct Performance {
  std::vector<Record> windows;
  double median_throughput() const;  // inferences per second
};

struct Accuracy {
  std::vector<Record> records;
  std::vector<Answer> answers;  // one per file
  double top_1_percent = 0;
  std::optional<double> auc;

  /// What the closed division's floor is held against, if it is defined.
  std::optional<double> quality(const Task& task) const;
};

/// An estimate: the board's power times the windows' time.
struct Energy {
  std::vector<Record> windows;
  double active_mw = 0;
  std::string source;

  double uj(const Record& window) const { return active_mw * window.per_inference_us() / 1000; }
  double median_uj() const;
};

/// The streaming task on recordings. Features are the runner's work, and not in the device's time.
struct Listening {
  size_t frames = 0, words = 0;
  Detections detections;   // of all recordings
  double length_s = 0;     // of all recordings
  double inference_s = 0;  // mean of all frames

  double duty_cycle() const { return inference_s / kFrame_s; }
};

/// All that was found out about one task on one device.
struct TaskResult {
  const Task* task = nullptr;
  DeviceName device;
  bool random_input = false;
  std::optional<Performance> performance;
  std::optional<Accuracy> accuracy;
  std::optional<Energy> energy;
  std::optional<Listening> listening;
  std::optional<uint64_t> ran, skipped;  // timed inferences of a virtual board
  double host_s = 0;                     // that it took here
};

class TaskRun {
 public:
  /// REQUIRES: `dut` and `data` outlive this.
  TaskRun(const Task& task, const Dut& dut, const Dataset& data, RunOptions options)
      : task_(task),
        dut_(dut),
        data_(data),
        options_(std::move(options)),
        client_(*dut.line, options_.client) {}

  /// Meets the device. Errors: silent, or made for another task.
  Result<DeviceName> meet();
  /// Errors of all: the device's, with the file; answers of the wrong length.
  Result<Performance> performance();
  /// Errors: the data are random; the task is the streaming one.
  Result<Accuracy> accuracy();
  /// The streaming task: an inference on each frame of the recordings.
  Result<Listening> listen(const std::vector<Recording>& recordings);
  /// Errors: the board's power isn't known.
  Result<Energy> energy();

 private:
  Result<Record> infer(size_t file, size_t segment, const Bytes& input, uint64_t iterations,
                       uint64_t warmups, double expected_s);
  Result<std::vector<Record>> windows();
  Result<Record> window(size_t index, uint64_t* iterations, double* inference_s);
  Result<double> probe();
  Result<std::vector<double>> detections_in(const Recording& recording, Listening* listening);

  const Task& task_;
  const Dut& dut_;
  const Dataset& data_;
  RunOptions options_;
  Client client_;
};

}  // namespace mote::mlperf

#endif  // MOTE_BENCH_MLPERF_RUN_H_
