// SPDX-License-Identifier: Apache-2.0
// Runs firmware around the image on a virtual board, with files as the line in between.
#include <algorithm>
#include <mutex>

#include "base/host/parallel.h"
#include "boards/attribution.h"
#include "boards/target.h"
#include "engines/exchange.h"
#include "engines/footprint.h"

namespace mote {
namespace {

class BoardEngine : public Engine {
 public:
  BoardEngine(const ImageModel& model, BoardTarget target, TempFolder folder, Batch batch)
      : model_(model),
        target_(std::move(target)),
        folder_(std::move(folder)),
        batch_(std::move(batch)) {}

  std::string name() const override { return target_.name; }

  Result<void> build() {
    MOTE_TRY(firmware_, build_model_firmware(model_, *target_.machine, folder_.path()));
    return check_limits(0);
  }

  Result<std::vector<Values>> run(const std::vector<Values>& samples) override {
    statistics_ = {};
    statistics_.jobs = model_.has_state() ? 1 : job_count(batch_.jobs, samples.size());
    std::vector<RunReport> reports(statistics_.jobs);
    MOTE_TRY(auto outputs, run_parts(samples, reports));
    MOTE_CHECK_OK(measure(reports));
    return outputs;
  }

  Result<std::vector<Bytes>> trace(const std::vector<Values>& samples,
                                   const std::vector<Probe>& probes) override {
    RunReport report;
    return exchange_trace(folder_.path(), samples, probes, starter(folder_.path(), {}, &report));
  }

  RunStatistics statistics() const override { return statistics_; }

 private:
  /// The virtual machine has more memory than the board that it stands for.
  Result<void> check_limits(uint32_t stack_bytes) const {
    std::string reason = misfit(footprint(firmware_, model_, stack_bytes), target_);
    if (reason.empty()) return {};
    return Error{reason};
  }

  /// The samples in as many parts as there are reports, each in an emulator of its own.
  Result<std::vector<Values>> run_parts(const std::vector<Values>& samples,
                                        std::vector<RunReport>& reports) {
    MOTE_TRY(std::vector<uint32_t> marks, model_marks(firmware_));
    std::vector<Values> outputs(samples.size());
    std::mutex mutex;
    size_t done = 0;
    auto run_part = [&](size_t, size_t part) -> Result<void> {
      auto at = [&](size_t i) {
        return static_cast<std::ptrdiff_t>(samples.size() * i / reports.size());
      };
      auto folder = folder_.path() / std::to_string(part);
      MOTE_CHECK_OK(make_folder(folder));
      MOTE_TRY(auto results,
               exchange_run(model_.output_bytes, folder,
                            {samples.begin() + at(part), samples.begin() + at(part + 1)},
                            starter(folder, marks, &reports[part])));
      MOTE_CHECK_OK(check_limits(reports[part].stack_peak_bytes));
      std::move(results.begin(), results.end(), outputs.begin() + at(part));
      std::lock_guard lock(mutex);
      done += results.size();
      if (batch_.progress) batch_.progress(done);
      return {};
    };
    MOTE_CHECK_OK(for_each_in_parallel(reports.size(), reports.size(), run_part));
    return outputs;
  }

  StartProgram starter(const std::filesystem::path& folder, std::vector<uint32_t> marks,
                       RunReport* report) {
    return [=, this](const std::vector<std::string>& arguments) -> Result<void> {
      RunOptions options;
      options.arguments = arguments;
      options.folder = folder;
      options.marks = marks;
      MOTE_TRY(*report, run_firmware(*target_.machine, firmware_.elf.path, options));
      if (report->exit_code == 0) return {};
      return fail("the firmware on {} ended with exit code {}: {}", target_.name, report->exit_code,
                  report->console);
    };
  }

  /// The mean over the inferences, without the program around the model.
  Result<void> measure(const std::vector<RunReport>& reports) {
    CostByFunction costs;
    uint64_t total = 0, inferences = 0;
    for (const RunReport& report : reports) {
      statistics_.stack_peak_bytes =
          std::max(statistics_.stack_peak_bytes, report.stack_peak_bytes);
      MOTE_TRY(ModelRun run, find_inferences(report));
      inferences += run.inferences.size();
      for (const auto& inference : run.inferences) {
        for (size_t i : inference) {
          add_costs(report, report.segments[i], {}, firmware_.elf.elf, &costs);
        }
      }
    }
    if (inferences == 0) return {};
    for (const auto& [function, cost] : costs) {
      if (function && firmware_.is_harness(function->address)) continue;
      total += cost.instructions;
      statistics_.functions.push_back(
          {function ? function->name : "(no symbol)", cost.instructions / inferences});
    }
    statistics_.instructions_per_inference = total / inferences;
    std::stable_sort(statistics_.functions.begin(), statistics_.functions.end(),
                     [](const FunctionInstructions& x, const FunctionInstructions& y) {
                       return x.instructions > y.instructions;
                     });
    return {};
  }

  ImageModel model_;
  BoardTarget target_;
  TempFolder folder_;
  Batch batch_;
  ModelFirmware firmware_;
  RunStatistics statistics_;
};

}  // namespace

Result<EnginePtr> make_board_engine(const ImageModel& model, const std::string& board,
                                    const Batch& batch) {
  MOTE_TRY(BoardTarget target, find_target(board));
  MOTE_TRY(TempFolder folder, TempFolder::make());
  auto engine = std::make_unique<BoardEngine>(model, std::move(target), std::move(folder), batch);
  MOTE_CHECK_OK(engine->build());
  return EnginePtr(std::move(engine));
}

}  // namespace mote
