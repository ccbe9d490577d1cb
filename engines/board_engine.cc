// SPDX-License-Identifier: Apache-2.0
// Runs firmware around the image on a virtual board, with files as the line in between.
#include <algorithm>

#include "boards/attribution.h"
#include "boards/target.h"
#include "engines/exchange.h"
#include "engines/footprint.h"

namespace mote {
namespace {

class BoardEngine : public Engine {
 public:
  BoardEngine(const ImageModel& model, BoardTarget target, TempFolder folder)
      : model_(model), target_(std::move(target)), folder_(std::move(folder)) {}

  std::string name() const override { return target_.name; }

  Result<void> build() {
    MOTE_TRY(firmware_, build_model_firmware(model_, *target_.machine, folder_.path()));
    return check_limits(0);
  }

  Result<std::vector<Values>> run(const std::vector<Values>& samples) override {
    MOTE_TRY(std::vector<uint32_t> marks, model_marks(firmware_));
    RunReport report;
    MOTE_TRY(auto outputs, exchange_run(model_.output_bytes, folder_.path(), samples,
                                        starter(std::move(marks), &report)));
    MOTE_CHECK_OK(check_limits(report.stack_peak_bytes));
    MOTE_CHECK_OK(measure(report));
    return outputs;
  }

  Result<std::vector<Bytes>> trace(const std::vector<Values>& samples,
                                   const std::vector<Probe>& probes) override {
    RunReport report;
    return exchange_trace(folder_.path(), samples, probes, starter({}, &report));
  }

  RunStatistics statistics() const override { return statistics_; }

 private:
  /// The virtual machine has more memory than the board that it stands for.
  Result<void> check_limits(uint32_t stack_bytes) const {
    std::string reason = misfit(footprint(firmware_, model_, stack_bytes), target_);
    if (reason.empty()) return {};
    return Error{reason};
  }

  StartProgram starter(std::vector<uint32_t> marks, RunReport* report) {
    return [=, this](const std::vector<std::string>& arguments) -> Result<void> {
      RunOptions options;
      options.arguments = arguments;
      options.folder = folder_.path();
      options.marks = marks;
      MOTE_TRY(*report, run_firmware(*target_.machine, firmware_.elf.path, options));
      if (report->exit_code == 0) return {};
      return fail("the firmware on {} ended with exit code {}: {}", target_.name, report->exit_code,
                  report->console);
    };
  }

  /// The mean over the inferences, without the program around the model.
  Result<void> measure(const RunReport& report) {
    statistics_ = {};
    statistics_.stack_peak_bytes = report.stack_peak_bytes;
    MOTE_TRY(ModelRun run, find_inferences(report));
    if (run.inferences.empty()) return {};
    CostByFunction costs;
    for (const auto& inference : run.inferences) {
      for (size_t i : inference) {
        add_costs(report, report.segments[i], {}, firmware_.elf.elf, &costs);
      }
    }
    uint64_t total = 0;
    for (const auto& [function, cost] : costs) {
      if (function && firmware_.is_harness(function->address)) continue;
      total += cost.instructions;
      statistics_.functions.push_back(
          {function ? function->name : "(no symbol)", cost.instructions / run.inferences.size()});
    }
    statistics_.instructions_per_inference = total / run.inferences.size();
    std::stable_sort(statistics_.functions.begin(), statistics_.functions.end(),
                     [](const FunctionInstructions& x, const FunctionInstructions& y) {
                       return x.instructions > y.instructions;
                     });
    return {};
  }

  ImageModel model_;
  BoardTarget target_;
  TempFolder folder_;
  ModelFirmware firmware_;
  RunStatistics statistics_;
};

}  // namespace

Result<EnginePtr> make_board_engine(const ImageModel& model, const std::string& board) {
  MOTE_TRY(BoardTarget target, find_target(board));
  MOTE_TRY(TempFolder folder, TempFolder::make());
  auto engine = std::make_unique<BoardEngine>(model, std::move(target), std::move(folder));
  MOTE_CHECK_OK(engine->build());
  return EnginePtr(std::move(engine));
}

}  // namespace mote
