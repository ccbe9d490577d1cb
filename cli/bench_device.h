// SPDX-License-Identifier: Apache-2.0
// The devices that mote bench measures: a board on a serial port, or a virtual one with firmware
// that is made here.
#ifndef MOTE_CLI_BENCH_DEVICE_H_
#define MOTE_CLI_BENCH_DEVICE_H_

#include <memory>
#include <string>

#include "bench/dut/virtual_dut.h"
#include "bench/mlperf/report.h"
#include "cli/compile_flags.h"

namespace mote {

/// A device that is there to be measured. The virtual one lives as long as this does.
struct BenchDevice {
  std::unique_ptr<dut::VirtualDut> virtual_dut;  // null: on a port
  std::unique_ptr<mlperf::Line> line;
  mlperf::Dut dut;
  mlperf::DutFootprint footprint;
};

/// Errors: the port's.
Result<BenchDevice> open_port(const Board& board, const std::string& port, int baud);

/// How a virtual device is made.
struct VirtualOptions {
  std::string models = "models";  // a folder, or one model's file
  std::string vendor = "mote";
  bool full = false;       // run every inference
  bool energy = false;     // timestamps are edges on the pin
  bool real_time = false;  // answer no sooner than the board would
  CompileFlags compile = {};
};

/// The model of `task` in a folder of models: kws01.tflite, kws01_int8.tflite or the same as .onnx;
/// empty if there is none. A file's own path is it for every task.
std::filesystem::path model_of_task(const std::string& models, const mlperf::Task& task);

/// What the device's firmware is told.
dut::DutOptions dut_options(const mlperf::Task& task, const VirtualOptions& options);

/// The task's model, compiled for the board. Errors: there is no such model; the reader's, the
/// compiler's.
Result<ImageModel> compile_for_task(const mlperf::Task& task, const BoardTarget& target,
                                    const VirtualOptions& options);

/// Compiles the task's model for the board and starts it. Errors: there is no such model; the
/// reader's, the compiler's; it doesn't fit the board.
Result<BenchDevice> start_virtual(const mlperf::Task& task, const BoardTarget& target,
                                  const VirtualOptions& options);

}  // namespace mote

#endif  // MOTE_CLI_BENCH_DEVICE_H_
