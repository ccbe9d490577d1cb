// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/task.h"

namespace mote::mlperf {
namespace {

constexpr Task kTasks[] = {
    {.name = "kws01",
     .folder = "kws",
     .title = "keyword spotting",
     .input_type = DType::kInt8,
     .input_bytes = 490,
     .window_stride = 0,
     .results = 12,
     .metric = Metric::kTop1,
     .floor = 90,
     .macs = 2'656'768,
     .warmups = 10,
     .accuracy_files = 1000},
    {.name = "vww01",
     .folder = "vww",
     .title = "visual wake words",
     .input_type = DType::kUInt8,
     .input_bytes = 96 * 96 * 3,
     .window_stride = 0,
     .results = 2,
     .metric = Metric::kTop1,
     .floor = 80,
     .macs = 7'489'664,
     .warmups = 5,
     .accuracy_files = 1000},
    {.name = "ic01",
     .folder = "ic",
     .title = "image classification",
     .input_type = DType::kUInt8,
     .input_bytes = 32 * 32 * 3,
     .window_stride = 0,
     .results = 10,
     .metric = Metric::kTop1,
     .floor = 85,
     .macs = 12'501'632,
     .warmups = 5,
     .accuracy_files = 200},
    {.name = "ic02",
     .folder = "ic2",
     .title = "image classification, large",
     .input_type = DType::kUInt8,
     .input_bytes = 32 * 32 * 3,
     .window_stride = 0,
     .results = 10,
     .metric = Metric::kTop1,
     .floor = 91,
     .macs = 0,
     .warmups = 5,
     .accuracy_files = 200},
    {.name = "ad01",
     .folder = "ad",
     .title = "anomaly detection",
     .input_type = DType::kFloat32,
     .input_bytes = 640 * 4,
     .window_stride = 128 * 4,
     .results = 1,  // the mean squared error of what the autoencoder gives back
     .metric = Metric::kAuc,
     .floor = 0.85,
     .macs = 264'192,
     .warmups = 10,
     .accuracy_files = 248},
    {.name = "sww01",
     .folder = "sww",
     .title = "streaming wake word",
     .input_type = DType::kInt8,
     .input_bytes = 30 * 40,  // the features of 30 frames
     .window_stride = 0,
     .results = 3,  // wake word, silence, other
     .metric = Metric::kDetections,
     .floor = 8,
     .macs = 826'368,
     .warmups = 10,
     .accuracy_files = 1},
};

}  // namespace

std::span<const Task> tasks() {
  return kTasks;
}

Result<const Task*> find_task(std::string_view name) {
  for (const Task& task : kTasks) {
    if (name == task.name) return &task;
  }
  return fail("{}: no such task; there are: {}", name, task_names());
}

std::string task_names() {
  std::string names;
  for (const Task& task : kTasks)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", task.name);
  return names;
}

}  // namespace mote::mlperf
