// SPDX-License-Identifier: Apache-2.0
// mote bench mlperf: the benchmark on a device, as tables, JSON, a page, and a submission folder.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>

#include "bench/mlperf/report.h"
#include "bench/mlperf/submission.h"
#include "boards/board_file.h"
#include "cli/bench.h"
#include "cli/bench_device.h"
#include "cli/bench_text.h"
#include "report/page.h"

namespace mote {
namespace {

using namespace mlperf;
using Json = nlohmann::ordered_json;

struct MlperfOptions {
  std::vector<std::string> boards, tasks, modes;
  VirtualOptions virtual_options{
      .models = "models", .vendor = "mote", .full = false, .compile = {}};
  std::string division = "closed", port, data, out, submitter = "mote", html;
  int baud = 115200;
  size_t limit = 0;
  bool json = false;

  bool wants(const std::string& mode) const {
    return modes.empty() || std::find(modes.begin(), modes.end(), mode) != modes.end();
  }
  bool insists_on(const std::string& mode) const { return !modes.empty() && wants(mode); }
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// On a terminal, one line that is written over and over.
void show_progress(const std::string& what) {
  if (isatty(STDERR_FILENO)) fmt::print(stderr, "\r\x1b[K{}", what);
}

constexpr const char* kUsualData = "datasets";

std::filesystem::path data_folder(const MlperfOptions& options, const Task& task) {
  return std::filesystem::path(options.data.empty() ? kUsualData : options.data) / task.name;
}

bool has_data(const MlperfOptions& options, const Task& task) {
  std::error_code ignored;
  return std::filesystem::exists(data_folder(options, task), ignored);
}

/// The benchmark's data or, where there are no files for this task, random bytes.
Result<Dataset> data_of(const MlperfOptions& options, const Task& task) {
  if (!has_data(options, task) && options.insists_on("accuracy")) {
    return fail("{}: isn't there; the accuracy of {} needs the benchmark's data (docs/mlperf.md)",
                data_folder(options, task).string(), task.name);
  }
  if (!has_data(options, task) || task.metric == Metric::kDetections) {
    return Dataset::random(task, 1);
  }
  MOTE_TRY(Dataset data, Dataset::open(task, data_folder(options, task)));
  if (options.limit) data.keep(options.limit);
  return data;
}

Result<void> score(const MlperfOptions& options, const Task& task, TaskRun& run,
                   TaskResult* result) {
  if (task.metric == Metric::kDetections) {
    MOTE_TRY(const auto recordings, read_recordings(data_folder(options, task)));
    MOTE_TRY(result->listening, run.listen(recordings));
  } else {
    MOTE_TRY(result->accuracy, run.accuracy());
  }
  return {};
}

Result<TaskResult> run_task(const MlperfOptions& options, const Task& task, const Dut& dut) {
  const auto start = std::chrono::steady_clock::now();
  MOTE_TRY(const Dataset data, data_of(options, task));
  mlperf::RunOptions how;
  how.progress = show_progress;
  TaskRun run(task, dut, data, how);
  TaskResult result;
  result.task = &task;
  result.random_input = data.is_random();
  MOTE_TRY(result.device, run.meet());
  if (options.wants("performance")) {
    MOTE_TRY(result.performance, run.performance());
  }
  if (options.insists_on("accuracy") || (options.wants("accuracy") && has_data(options, task))) {
    MOTE_CHECK_OK(score(options, task, run, &result));
  }
  if (options.insists_on("energy") || (options.wants("energy") && dut.active_mw)) {
    MOTE_TRY(result.energy, run.energy());
  }
  show_progress("");
  result.host_s = seconds_since(start);
  return result;
}

BoardRun run_of(const Board& board) {
  return {.board = board.name,
          .title = board.title,
          .core = board.core,
          .clock_mhz = board.clock_mhz,
          .dut = {},
          .results = {},
          .footprints = {}};
}

/// Runs a task on a device and adds it to the board's run.
Result<void> add_task(const MlperfOptions& options, const Task& task, BenchDevice& device,
                      BoardRun* run) {
  Result<TaskResult> result = run_task(options, task, device.dut);
  if (device.virtual_dut) {
    const dut::DutTimes times = device.virtual_dut->times();
    Result<void> end = device.virtual_dut->finish();
    if (!end.ok()) return fail("{} on {}: {}", task.name, run->board, end.error().message);
    if (result.ok()) result->ran = times.run, result->skipped = times.skipped;
  }
  if (!result.ok()) return result.error();
  run->results.push_back(*std::move(result));
  run->footprints.push_back(device.footprint);
  run->dut = device.dut;
  run->dut.line = nullptr;
  return {};
}

/// The task that a device on a port is made for.
Result<const Task*> task_of_device(BenchDevice& device) {
  Result<DeviceName> name = Client(*device.line).hello();
  if (!name.ok()) return fail("{}: {}", device.dut.board, name.error().message);
  return find_task(name->model);
}

Result<std::vector<const Task*>> named_tasks(const MlperfOptions& options) {
  std::vector<const Task*> found;
  for (const std::string& name : options.tasks) {
    MOTE_TRY(const Task* task, find_task(name));
    found.push_back(task);
  }
  return found;
}

Result<BoardRun> run_port(const MlperfOptions& options) {
  MOTE_TRY(const auto named, named_tasks(options));
  if (named.size() > 1 || options.boards.size() > 1) {
    return fail("{}: is one board with one model; name one --board, and one --task or none",
                options.port);
  }
  MOTE_TRY(const Board board, find_board(options.boards[0]));
  MOTE_TRY(BenchDevice device, open_port(board, options.port, options.baud));
  const Task* task = named.empty() ? nullptr : named[0];
  if (!task) {
    MOTE_TRY(task, task_of_device(device));
  }
  BoardRun run = run_of(board);
  MOTE_CHECK_OK(add_task(options, *task, device, &run));
  return run;
}

/// The named tasks or, without names, those that there are models of.
Result<std::vector<const Task*>> virtual_tasks(const MlperfOptions& options) {
  const std::string& models = options.virtual_options.models;
  std::error_code ignored;
  if (!std::filesystem::exists(models, ignored)) {
    return fail("{}: no such folder of models; name one with --models", models);
  }
  if (!options.tasks.empty()) return named_tasks(options);
  if (!std::filesystem::is_directory(models, ignored)) {
    return fail("{}: is one model; name its --task", models);
  }
  std::vector<const Task*> found;
  for (const Task& task : tasks()) {
    if (!model_of_task(models, task).empty()) found.push_back(&task);
  }
  if (found.empty()) return fail("{}: holds no task's model, such as kws01.tflite", models);
  return found;
}

Result<BoardRun> run_virtual(const MlperfOptions& options, const std::string& name) {
  MOTE_TRY(const BoardTarget target, find_target(name));
  if (!target.board) return fail("{}: a bare core has no clock; name a board (mote boards)", name);
  MOTE_TRY(const auto wanted, virtual_tasks(options));
  BoardRun run = run_of(*target.board);
  for (const Task* task : wanted) {
    show_progress(fmt::format("{}: firmware for {}", task->name, name));
    MOTE_TRY(BenchDevice device, start_virtual(*task, target, options.virtual_options));
    MOTE_CHECK_OK(add_task(options, *task, device, &run));
  }
  return run;
}

Result<std::vector<BoardRun>> run_boards(const MlperfOptions& options) {
  std::vector<BoardRun> runs;
  if (!options.port.empty()) {
    MOTE_TRY(BoardRun run, run_port(options));
    runs.push_back(std::move(run));
    return runs;
  }
  for (const std::string& board : options.boards) {
    MOTE_TRY(BoardRun run, run_virtual(options, board));
    runs.push_back(std::move(run));
  }
  return runs;
}

System system_of(const Board& board, const Dut& dut) {
  std::string memory;
  for (const BoardMemory& region : board.memories) {
    memory +=
        fmt::format("{}{} KiB {}", memory.empty() ? "" : ", ", region.bytes / 1024, region.kind);
  }
  return {.name = board.name,
          .board = board.title,
          .processor = board.core,
          .frequency = fmt::format("{:g} MHz", board.clock_mhz),
          .memory = memory,
          .hardware_notes = dut.is_virtual ? "virtual board" : "",
          .framework = "mote " MOTE_VERSION,
          .software_notes = dut.time_note};
}

bool is_folder_name(const std::string& name) {
  return !name.empty() && name[0] != '.' && name.find_first_of("/\\ ") == std::string::npos;
}

Result<void> write_submissions(const MlperfOptions& options, const std::vector<BoardRun>& runs) {
  for (size_t i = 0; i < runs.size(); ++i) {
    MOTE_TRY(const Board board, find_board(options.boards[i]));
    MOTE_CHECK_OK(write_submission(options.out, {.division = options.division,
                                                 .submitter = options.submitter,
                                                 .system = system_of(board, runs[i].dut),
                                                 .dut = &runs[i].dut,
                                                 .results = &runs[i].results}));
  }
  return {};
}

Result<ExitCode> run_mlperf(const MlperfOptions& options) {
  if (!is_folder_name(options.submitter)) {
    return fail("--submitter \"{}\": must be a folder's name without blanks", options.submitter);
  }
  std::error_code ignored;
  if (!options.data.empty() && !std::filesystem::is_directory(options.data, ignored)) {
    return fail("{}: no such folder of data", options.data);
  }
  MOTE_TRY(const std::vector<BoardRun> runs, run_boards(options));
  const Json report = mlperf_json(options.division, runs);
  const std::string json = report.dump(2, ' ', false, Json::error_handler_t::replace);
  if (!options.out.empty()) MOTE_CHECK_OK(write_submissions(options, runs));
  if (!options.html.empty()) {
    const std::string title = fmt::format("MLPerf Tiny on {}", fmt::join(options.boards, ", "));
    MOTE_CHECK_OK(write_text(options.html, report_page(title, "mlperf", json)));
  }
  fmt::print("{}\n", options.json ? json : mlperf_text(report));
  return kSuccess;
}

}  // namespace

VerbAction setup_bench_mlperf(CLI::App& command) {
  auto options = std::make_shared<MlperfOptions>();
  command.add_option("--board", options->boards, "The boards' names or files (mote boards)")
      ->required();
  command.add_option(
      "--port", options->port,
      "The serial port of a real board with its firmware; else the board is virtual");
  command.add_option("--baud", options->baud, "The port's rate")->capture_default_str();
  std::vector<std::string> names;
  for (const Task& task : tasks()) names.push_back(task.name);
  command.add_option("--task", options->tasks, "Tasks to run: " + task_names())
      ->check(CLI::IsMember(names));
  command
      .add_option("--mode", options->modes,
                  "What to measure; without it all that the data and the board's figures allow")
      ->check(CLI::IsMember({"performance", "accuracy", "energy"}));
  command.add_option("--division", options->division, "The division whose rules count")
      ->check(CLI::IsMember({"closed", "open"}))
      ->capture_default_str();
  command.add_option(
      "--data", options->data,
      "The folder of the benchmark's data, kws01/ and so on; datasets/ if it isn't named");
  VirtualOptions& made = options->virtual_options;
  command
      .add_option("--models", made.models,
                  "The folder of the models for virtual boards, or one --task's model")
      ->capture_default_str();
  command.add_flag("--full", made.full, "Run every inference of a window on the virtual board");
  add_compile_flags(command, &made.compile);
  command.add_option("--limit", options->limit, "Only so many files of each task");
  command.add_option("--out", options->out, "Also write logs and results as a submission here");
  command.add_option("--submitter", options->submitter, "Who submits it")->capture_default_str();
  command.add_option("--html", options->html, "Also write a page to this file");
  command.add_flag("--json", options->json, "Print JSON (docs/json.md)");
  return [options] { return run_mlperf(*options); };
}

}  // namespace mote
