// SPDX-License-Identifier: Apache-2.0
// Builds firmware around the image, from the sources that the program carries, and runs it on a
// virtual board, with files as the line in between.
#include <algorithm>
#include <map>

#include "boards/run.h"
#include "boards/toolchain.h"
#include "compiler/cpp_writer.h"
#include "compiler/device_sources.h"
#include "engines/embedded.h"
#include "engines/engine.h"
#include "engines/exchange.h"

namespace mote {
namespace {

/// The image goes into flash as it is; .incbin spares the compiler from reading it as text.
constexpr const char* kImageSource =
    ".section .rodata.mote_image, \"a\"\n"
    ".balign 16\n"
    ".global mote_image\n"
    "mote_image:\n"
    ".incbin \"model/image.mote\"\n";

std::string arena_source(const ImageModel& model) {
  return fmt::format(
      "#include <stdint.h>\n"
      "extern const uint32_t mote_image_bytes = {};\n"
      "extern const uint32_t mote_arena_bytes = {};\n"
      "alignas(16) __attribute__((section(\".noinit\"))) uint8_t mote_arena[{}];\n",
      model.image.size(), model.arena_bytes, std::max(model.arena_bytes, 1u));
}

/// Device code that the model needs: the runtime, its kernels, start-up, the runner.
SourceSet firmware_sources(const ImageModel& model) {
  SourceSet files;
  auto needed = [&](const std::string& path) {
    if (path.rfind("ops/", 0) != 0 || path.substr(path.size() - 3) != ".cc") return true;
    return std::any_of(model.kernels.begin(), model.kernels.end(),
                       [&](const KernelInfo* kernel) { return kernel->source == path; });
  };
  for (const auto& [path, text] : device_sources()) {
    if (needed(path)) files[path] = text;
  }
  for (const auto& [path, text] : harness_sources()) {
    if (path.find("/firmware/") != std::string::npos) files[path] = text;
  }
  files["model/kernels.cc"] = write_registration(model.kernels);
  files["model/arena.cc"] = arena_source(model);
  files["model/image.S"] = kImageSource;
  files["model/image.mote"] = std::string(model.image.begin(), model.image.end());
  return files;
}

class BoardEngine : public Engine {
 public:
  BoardEngine(const ImageModel& model, const Machine& machine, TempFolder folder)
      : model_(model), machine_(machine), folder_(std::move(folder)) {}

  std::string name() const override { return std::string(machine_.name); }

  Result<void> build() {
    BuildOptions options;
    options.files = firmware_sources(model_);
    return build_firmware(machine_, options, firmware());
  }

  Result<std::vector<Values>> run(const std::vector<Values>& samples) override {
    MOTE_TRY(auto outputs, exchange_run(model_.output_bytes, folder_.path(), samples, starter()));
    return measure(samples, std::move(outputs));
  }

  Result<std::vector<Bytes>> trace(const Values& sample,
                                   const std::vector<Probe>& probes) override {
    return exchange_trace(folder_.path(), sample, probes, starter());
  }

  RunStatistics statistics() const override { return statistics_; }

 private:
  std::filesystem::path firmware() const { return folder_.path() / "firmware.elf"; }

  StartProgram starter() {
    return [this](const std::vector<std::string>& arguments) -> Result<void> {
      RunOptions options;
      options.arguments = arguments;
      options.folder = folder_.path();
      MOTE_TRY(report_, run_firmware(machine_, firmware(), options));
      if (report_.exit_code == 0) return {};
      return fail("the firmware on {} ended with exit code {}: {}", machine_.name,
                  report_.exit_code, report_.console);
    };
  }

  /// Start-up, reading and writing cost the same whatever the model computes: the difference
  /// between a run without inferences and one with all of them is the inferences, file access
  /// included; what the runner and semihosting take is then left out by function.
  Result<std::vector<Values>> measure(const std::vector<Values>& samples,
                                      std::vector<Values> outputs) {
    if (samples.empty()) return outputs;
    RunReport full = report_;
    MOTE_CHECK_OK(exchange_run(model_.output_bytes, folder_.path(), {}, starter()));
    std::map<std::string, int64_t> spent;
    for (const FunctionCount& f : full.functions) {
      spent[f.name] += static_cast<int64_t>(f.instructions);
    }
    for (const FunctionCount& f : report_.functions) {
      spent[f.name] -= static_cast<int64_t>(f.instructions);
    }
    statistics_ = {};
    statistics_.stack_peak_bytes = full.stack_peak_bytes;
    uint64_t total = 0;
    for (const auto& [name, instructions] : spent) {
      if (instructions <= 0 || !in_model(name)) continue;
      total += static_cast<uint64_t>(instructions);
      statistics_.functions.push_back({name, static_cast<uint64_t>(instructions) / samples.size()});
    }
    statistics_.instructions_per_inference = total / samples.size();
    std::stable_sort(statistics_.functions.begin(), statistics_.functions.end(),
                     [](const FunctionInstructions& x, const FunctionInstructions& y) {
                       return x.instructions > y.instructions;
                     });
    return outputs;
  }

  /// Whether a function is the model's: all but the runner around it and semihosting. Kernels may
  /// call the compiler's own library, whose names we can't list.
  static bool in_model(const std::string& function) {
    for (const char* other :
         {"(anonymous namespace)::", "mote_", "mote::semihost::", "mote::Session::input",
          "mote::Session::output", "mote::Session::view"}) {
      if (function.rfind(other, 0) == 0) return false;
    }
    return true;
  }

  ImageModel model_;
  const Machine& machine_;
  TempFolder folder_;
  RunReport report_;
  RunStatistics statistics_;
};

}  // namespace

Result<EnginePtr> make_board_engine(const ImageModel& model, const std::string& board) {
  MOTE_TRY(const Machine* machine, find_machine(board));
  MOTE_TRY(TempFolder folder, TempFolder::make());
  auto engine = std::make_unique<BoardEngine>(model, *machine, std::move(folder));
  MOTE_CHECK_OK(engine->build());
  return EnginePtr(std::move(engine));
}

}  // namespace mote
