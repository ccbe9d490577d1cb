// SPDX-License-Identifier: Apache-2.0
// The firmware's console goes through a file of its own, so that what QEMU has to say (standard
// error) never mixes with it. Two ways lead there: semihosting's own console, and the file ":tt",
// which is QEMU's standard output; the plugin's counts come in a second file, or through a FIFO if
// somebody follows the run. If they are incomplete when QEMU ends, the firmware never came to its
// exit and QEMU's words tell why.
#include "boards/qemu.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <future>

#include "base/host/process.h"
#include "boards/live_counts.h"

namespace mote {
namespace {

/// Where one run leaves its results.
struct RunFiles {
  std::filesystem::path console;
  std::filesystem::path counts;
  std::filesystem::path answers;  // to a plugin that waits for them
};

/// QEMU's option lists separate values by commas and want those inside a value doubled.
std::string escaped(const std::string& value) {
  std::string out;
  for (char c : value) out += c == ',' ? ",," : std::string(1, c);
  return out;
}

/// The firmware's arguments as QEMU wants them.
std::string semihosting_option(const std::vector<std::string>& arguments) {
  std::string option = "enable=on,target=native,chardev=console,arg=firmware";
  for (const std::string& argument : arguments) option += ",arg=" + escaped(argument);
  return option;
}

/// The plugin's file and arguments.
std::string plugin_option(const std::filesystem::path& plugin, const RunOptions& options,
                          const RunFiles& files) {
  std::string option = fmt::format("{},out={},limit={}", escaped(plugin.string()),
                                   escaped(files.counts.string()), options.max_instructions);
  if (options.on_segment) option += ",answers=" + escaped(files.answers.string());
  if (!options.marks.empty()) {
    option += fmt::format(",marks={:x}", fmt::join(options.marks, ":"));
  }
  for (const CacheModel& cache : options.caches) {
    option += fmt::format(",cache={:x}:{:x}:{:x}:{:x}:{:x}:{:x}", cache.fetches + 2 * cache.reads,
                          cache.origin, cache.bytes, cache.line_bytes, cache.sets, cache.ways);
  }
  return option;
}

Result<std::vector<std::string>> qemu_command(const Machine& machine,
                                              const std::filesystem::path& elf,
                                              const RunOptions& options, const RunFiles& files) {
  MOTE_TRY(auto board, qemu_machine_command(machine, elf, options.arguments));
  MOTE_TRY(auto plugin, find_plugin());
  std::vector<std::string> command = {"env", "-C", options.folder.string()};
  command.insert(command.end(), board.begin(), board.end());
  for (std::string option : {std::string("-chardev"),
                             "file,id=console,append=on,path=" + escaped(files.console.string()),
                             std::string("-plugin"), plugin_option(plugin, options, files)}) {
    command.push_back(std::move(option));
  }
  return command;
}

/// QEMU's refusal of the plugin's interface version in our words, or nothing if that's not it. QEMU
/// says "… requires API version N, but this QEMU supports only up to version M" (or "only a minimum
/// version of M").
std::string api_mismatch(const std::string& message) {
  size_t at = message.find("requires API version ");
  if (at == std::string::npos) return {};
  int ours = 0, theirs = 0;
  sscanf(message.c_str() + at, "requires API version %d", &ours);
  size_t last_number = message.find_last_of("0123456789");
  size_t digits = message.find_last_not_of("0123456789", last_number) + 1;
  sscanf(message.c_str() + digits, "%d", &theirs);
  return fmt::format(
      "mote's QEMU plugin has plugin interface version {}, this QEMU wants {}; "
      "use Debian 12's qemu-system-arm (7.2)",
      ours, theirs);
}

/// Of a run that is over. Errors: QEMU ended before the plugin had written them all.
Result<ExecutionCounts> counts_in(const std::filesystem::path& file) {
  MOTE_TRY(Bytes dump, read_file(file));
  return read_counts(dump);
}

Error without_counts(const ProcessOutcome& outcome, const Machine& machine,
                     const std::string& name) {
  std::string mismatch = api_mismatch(outcome.output);
  if (!mismatch.empty()) return Error{mismatch};
  if (outcome.output.find("Lockup") != std::string::npos) {
    return fail("{}: the core locked up: a fault inside the fault handler", name);
  }
  return fail("{} ended with code {} before {} did: {}", machine.qemu_program, outcome.exit_code,
              name, outcome.output.empty() ? "it gives no reason" : outcome.output);
}

}  // namespace

Result<std::filesystem::path> find_plugin() {
  constexpr const char* kName = "mote_qemu_plugin.so";
  std::vector<std::filesystem::path> places;
  const char* configured = getenv("MOTE_QEMU_PLUGIN");
  if (configured && *configured) {
    places = {configured};
  } else {
    std::error_code ignored;
    auto program = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    places = {program / "lib" / kName, program / ".." / "lib" / kName,
              program / ".." / "lib" / "mote" / kName};
  }
  for (const auto& place : places) {
    if (access(place.c_str(), R_OK) == 0) return std::filesystem::absolute(place);
  }
  return fail(
      "{}: mote's QEMU plugin isn't there; build it with `make build` or set "
      "MOTE_QEMU_PLUGIN",
      places[0].string());
}

Result<std::vector<std::string>> qemu_machine_command(const Machine& machine,
                                                      const std::filesystem::path& elf,
                                                      const std::vector<std::string>& arguments) {
  MOTE_TRY(auto qemu, find_program(std::string(machine.qemu_program), "qemu-system-arm"));
  std::vector<std::string> command = {std::filesystem::absolute(qemu).string(),
                                      "-M",
                                      std::string(machine.qemu_machine),
                                      "-display",
                                      "none",
                                      "-monitor",
                                      "none",
                                      "-serial",
                                      "none",
                                      "-nic",
                                      "none",
                                      "-semihosting-config",
                                      semihosting_option(arguments),
                                      "-kernel",
                                      std::filesystem::absolute(elf).string()};
  command.insert(command.end(), machine.qemu_options.begin(), machine.qemu_options.end());
  return command;
}

Result<RunReport> run_on_qemu(const Machine& machine, const std::filesystem::path& elf,
                              const RunOptions& options) {
  MOTE_TRY(TempFolder scratch, TempFolder::make());
  RunFiles files{scratch.path() / "console", scratch.path() / "counts", scratch.path() / "answers"};
  MOTE_TRY(auto command, qemu_command(machine, elf, options, files));
  auto start = [&] {
    return run_process(command, options.max_seconds, files.console, options.stop);
  };
  Result<ProcessOutcome> outcome = fail("not started");
  Result<ExecutionCounts> counts = fail("not counted");
  if (options.on_segment) {
    MOTE_TRY(LiveCounts live, LiveCounts::make(files.counts, files.answers));
    auto running = std::async(std::launch::async, start);
    counts = live.follow(options.on_segment, [&] {
      return running.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    });
    outcome = running.get();
  } else {
    outcome = start();
  }
  if (!outcome.ok()) return outcome.error();

  std::string name = elf.filename().string();
  if (outcome->timed_out) {
    return fail("{}: still running after {} s on {}; stopped", name, options.max_seconds,
                machine.name);
  }
  if (outcome->stopped) return RunReport();
  if (!options.on_segment) counts = counts_in(files.counts);
  if (!counts.ok()) return without_counts(*outcome, machine, name);
  RunReport report;
  static_cast<ExecutionCounts&>(report) = std::move(*counts);
  report.exit_code = outcome->exit_code;
  MOTE_TRY(report.console, read_text(files.console));
  return report;
}

}  // namespace mote
