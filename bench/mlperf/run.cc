// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/run.h"

#include <algorithm>
#include <cmath>

namespace mote::mlperf {
namespace {

constexpr uint64_t kMostIterations = 1'000'000'000;  // what a device's atoi() takes
constexpr double kProbe_s = 0.2;                     // long enough for a clock of microseconds
constexpr double kReserve = 1.01;                    // so that a window isn't short by a hair
constexpr int kWindowAttempts = 3;

Answer answer_of(const LabelledFile& file, const std::vector<Record>& records) {
  Answer answer{.file = file.file, .label = file.label, .results = {}};
  for (const Record& record : records) {
    const std::vector<double> one = normalised(record.inference.results);
    answer.results.resize(one.size());
    for (size_t i = 0; i < one.size(); ++i) {
      answer.results[i] += one[i] / static_cast<double>(records.size());
    }
  }
  return answer;
}

}  // namespace

double Performance::median_throughput() const {
  std::vector<double> values;
  for (const Record& window : windows) values.push_back(window.throughput());
  return median(std::move(values));
}

double Energy::median_uj() const {
  std::vector<double> values;
  for (const Record& window : windows) values.push_back(uj(window));
  return median(std::move(values));
}

std::optional<double> Accuracy::quality(const Task& task) const {
  return task.metric == Metric::kAuc ? auc : top_1_percent;
}

Result<DeviceName> TaskRun::meet() {
  Result<DeviceName> device = client_.hello();
  if (!device.ok()) return fail("{}: {}", dut_.board, device.error().message);
  if (device->model != task_.name) {
    return fail("{}: the device is made for {}, not for {}", dut_.board, device->model, task_.name);
  }
  return device;
}

Result<Record> TaskRun::infer(size_t file, size_t segment, const Bytes& input, uint64_t iterations,
                              uint64_t warmups, double expected_s) {
  const LabelledFile& truth = data_.files()[file];
  Record record{.file = truth.file, .segment = segment, .truth = truth, .inference = {}, .at = 0};
  Result<void> loaded = client_.load(input);
  if (!loaded.ok()) return fail("{}: {}: {}", dut_.board, truth.file, loaded.error().message);
  Result<Inference> inference = client_.infer(iterations, warmups, expected_s);
  if (!inference.ok()) return fail("{}: {}: {}", dut_.board, truth.file, inference.error().message);
  if (inference->results.size() != task_.results) {
    return fail("{}: {}: {} results; {} has {}", dut_.board, truth.file, inference->results.size(),
                task_.name, task_.results);
  }
  record.inference = *std::move(inference);
  record.at = std::time(nullptr);
  return record;
}

/// Seconds of one inference, from so many that its clock can tell.
Result<double> TaskRun::probe() {
  MOTE_TRY(const std::vector<Bytes> inputs, data_.inputs(0));
  for (uint64_t iterations = 1; iterations <= kMostIterations;) {
    MOTE_TRY(const Record record, infer(0, 0, inputs[0], iterations, 0, 0));
    const double elapsed = record.elapsed_s();
    if (elapsed >= kProbe_s) return record.per_inference_us() / 1e6;
    const double more = std::clamp(1.2 * kProbe_s / std::max(elapsed, 1e-9), 2.0, 1000.0);
    iterations = static_cast<uint64_t>(static_cast<double>(iterations) * more);
  }
  return fail("{}: its clock stands still: {} inferences in less than {} s", dut_.board,
              kMostIterations, kProbe_s);
}

/// The window of file `index`, of at least the rules' length. Learns from one that was too short.
Result<Record> TaskRun::window(size_t index, uint64_t* iterations, double* inference_s) {
  const size_t file = index % data_.files().size();
  MOTE_TRY(const std::vector<Bytes> inputs, data_.inputs(file));
  for (int i = 0; i < kWindowAttempts; ++i) {
    const double wanted = std::ceil(kReserve * options_.window_s / *inference_s);
    if (wanted > static_cast<double>(kMostIterations)) {
      return fail("{}: {} inferences fill no {} s", dut_.board, kMostIterations, options_.window_s);
    }
    *iterations = std::max(*iterations, static_cast<uint64_t>(wanted));
    MOTE_TRY(Record record, infer(file, 0, inputs[0], *iterations, task_.warmups,
                                  *inference_s * static_cast<double>(*iterations)));
    if (record.elapsed_s() >= options_.window_s) return record;
    *inference_s = record.per_inference_us() / 1e6;
  }
  return fail(
      "{}: {} attempts at a window of {} s were too short: its inferences take ever less "
      "time",
      dut_.board, kWindowAttempts, options_.window_s);
}

Result<std::vector<Record>> TaskRun::windows() {
  options_.progress(fmt::format("{}: how long does it take?", task_.name));
  MOTE_TRY(double inference_s, probe());
  uint64_t iterations = 1;
  std::vector<Record> records;
  for (int i = 0; i < options_.windows; ++i) {
    options_.progress(fmt::format("{}: window {} of {}", task_.name, i + 1, options_.windows));
    MOTE_TRY(Record record, window(static_cast<size_t>(i), &iterations, &inference_s));
    records.push_back(std::move(record));
  }
  return records;
}

Result<Performance> TaskRun::performance() {
  MOTE_TRY(std::vector<Record> records, windows());
  return Performance{std::move(records)};
}

Result<Energy> TaskRun::energy() {
  if (!dut_.active_mw) {
    return fail("{}: energy needs the board's power, which isn't known: {}", dut_.board,
                dut_.power_source);
  }
  MOTE_TRY(std::vector<Record> records, windows());
  return Energy{std::move(records), *dut_.active_mw, dut_.power_source};
}

Result<Accuracy> TaskRun::accuracy() {
  if (data_.is_random()) return fail("{}: accuracy needs the benchmark's data", task_.name);
  if (task_.metric == Metric::kDetections) {
    return fail("{}: is scored on recordings, not on files", task_.name);
  }
  Accuracy accuracy;
  const size_t count = data_.files().size();
  for (size_t i = 0; i < count; ++i) {
    options_.progress(fmt::format("{}: file {} of {}", task_.name, i + 1, count));
    const LabelledFile& file = data_.files()[i];
    MOTE_TRY(const std::vector<Bytes> inputs, data_.inputs(i));
    std::vector<Record> records;
    for (size_t segment = 0; segment < inputs.size(); ++segment) {
      MOTE_TRY(Record record, infer(i, segment, inputs[segment], 1, 0, 0));
      records.push_back(std::move(record));
    }
    accuracy.answers.push_back(answer_of(file, records));
    accuracy.records.insert(accuracy.records.end(), records.begin(), records.end());
  }
  accuracy.top_1_percent = top_1_percent(accuracy.answers);
  accuracy.auc = auc(accuracy.answers);
  return accuracy;
}

/// When it hears a wake word, in seconds. The first frame only sets the clock, as in the reference.
Result<std::vector<double>> TaskRun::detections_in(const Recording& recording,
                                                   Listening* listening) {
  WakeWordFeatures features;
  std::vector<double> heard_s;
  const size_t frames = recording.samples.size() / kFrameSamples;
  for (size_t i = 0; i < frames; ++i) {
    options_.progress(fmt::format("{}: frame {} of {}", task_.name, i + 1, frames));
    const std::span frame(recording.samples.data() + i * kFrameSamples, kFrameSamples);
    const std::string where = fmt::format("{}: {}", dut_.board, recording.truth.wav_file);
    Result<void> loaded = client_.load(features.push(frame));
    if (!loaded.ok()) return fail("{}: {}", where, loaded.error().message);
    Result<Inference> inference = client_.infer(1, 0);
    if (!inference.ok()) return fail("{}: {}", where, inference.error().message);
    if (inference->results.size() != task_.results) {
      return fail("{}: {} results; {} has {}", where, inference->results.size(), task_.name,
                  task_.results);
    }
    listening->inference_s += static_cast<double>(inference->elapsed_us()) / 1e6;
    const bool heard = inference->results[0] > kHeard + 0.001;  // results have three decimals
    if (heard && i > 0) heard_s.push_back(static_cast<double>(i) * kFrame_s);
  }
  listening->frames += frames;
  return heard_s;
}

Result<Listening> TaskRun::listen(const std::vector<Recording>& recordings) {
  Listening listening;
  for (const Recording& recording : recordings) {
    MOTE_TRY(std::vector<double> heard_s, detections_in(recording, &listening));
    listening.detections += count_detections(std::move(heard_s), recording.truth.words);
    listening.words += recording.truth.words.size();
    listening.length_s += recording.truth.length_s;
  }
  if (listening.frames == 0) return fail("{}: the recordings hold no frame", task_.name);
  listening.inference_s /= static_cast<double>(listening.frames);
  return listening;
}

}  // namespace mote::mlperf
