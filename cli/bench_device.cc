// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_device.h"

#include <unistd.h>

#include "boards/timing/timing.h"
#include "cli/board_target.h"
#include "cli/model_file.h"

namespace mote {
namespace {

using mlperf::Task;

mlperf::Dut dut_of(const Board& board) {
  mlperf::Dut dut;
  dut.board = board.name;
  dut.active_mw = board.active_mw.value;
  dut.power_source = board.active_mw.why;
  return dut;
}

std::string time_note(const BoardTarget& target, bool full) {
  const CoreTiming* timing = find_core_timing(target.core());
  std::string note = "estimates of the " + target.core() + " model";
  if (timing)
    note += fmt::format(", ± {:.0f} % (docs/timing.md)", 100 * info(*timing).stated_error);
  if (full) return note + "; every inference ran";
  return note +
         "; of a window's inferences, those behind two that took the same way through the code "
         "aren't run, their time is added";
}

Result<ImageModel> compiled(const std::filesystem::path& path, const BoardTarget& target,
                            const CompileFlags& flags) {
  MOTE_TRY(ModelFile model, load_model(path));
  if (!model.graph) return image_model(model.image);
  MOTE_TRY(const Target kernels, target_of_core(target.core()));
  MOTE_TRY(const Plan plan, compile_model(*model.graph, path.string(), kernels, flags));
  return image_model(plan);
}

}  // namespace

dut::DutOptions dut_options(const Task& task, const VirtualOptions& options) {
  dut::DutOptions out;
  out.model = task.name;
  out.vendor = options.vendor;
  out.full = options.full;
  out.energy = options.energy;
  out.real_time = options.real_time;
  if (task.input_type == DType::kUInt8) out.input = dut::InputForm::kUnsigned;
  if (task.input_type == DType::kFloat32) out.input = dut::InputForm::kFloat;
  if (task.metric == mlperf::Metric::kAuc) out.result = dut::ResultForm::kReconstructionError;
  return out;
}

Result<BenchDevice> open_port(const Board& board, const std::string& port, int baud) {
  BenchDevice device;
  device.dut = dut_of(board);
  device.dut.is_virtual = false;
  MOTE_TRY(device.line, mlperf::open_serial(port, baud));
  device.dut.line = device.line.get();
  return device;
}

std::filesystem::path model_of_task(const std::string& models, const Task& task) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(models, ignored)) return models;
  for (const char* ending : {".tflite", "_int8.tflite", ".onnx", "_int8.onnx", ".mote"}) {
    const std::filesystem::path path =
        std::filesystem::path(models) / (task.name + std::string(ending));
    if (std::filesystem::exists(path, ignored)) return path;
  }
  return {};
}

Result<ImageModel> compile_for_task(const Task& task, const BoardTarget& target,
                                    const VirtualOptions& options) {
  const std::filesystem::path path = model_of_task(options.models, task);
  if (path.empty()) {
    return fail("{}: has no {}.tflite or {}_int8.tflite", options.models, task.name, task.name);
  }
  return compiled(path, target, options.compile);
}

Result<BenchDevice> start_virtual(const Task& task, const BoardTarget& target,
                                  const VirtualOptions& options) {
  if (!target.board) {
    return fail("{}: a bare core has no clock; name a board (mote boards)", target.name);
  }
  const std::filesystem::path path = model_of_task(options.models, task);
  MOTE_TRY(const ImageModel model, compile_for_task(task, target, options));
  auto started = dut::VirtualDut::start(model, target, dut_options(task, options));
  if (!started.ok()) return fail("{}: {}", path.string(), started.error().message);
  BenchDevice device;
  device.virtual_dut = *std::move(started);
  device.line = mlperf::fd_line(dup(device.virtual_dut->line()));
  device.dut = dut_of(*target.board);
  device.dut.time_note = time_note(target, options.full);
  device.dut.line = device.line.get();
  const Footprint& footprint = device.virtual_dut->footprint();
  device.footprint = {.model = path.string(),
                      .ram_bytes = footprint.ram_bytes(),
                      .flash_bytes = footprint.flash_bytes()};
  return device;
}

}  // namespace mote
