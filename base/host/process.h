// SPDX-License-Identifier: Apache-2.0
// Runs another program (a compiler, QEMU) and waits for it, with a time limit, without a shell.
#ifndef MOTE_BASE_HOST_PROCESS_H_
#define MOTE_BASE_HOST_PROCESS_H_

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "base/host/result.h"

namespace mote {

/// How a finished program ended and what it printed.
struct ProcessOutcome {
  int exit_code = 0;       // 128 + signal number if a signal ended it
  bool timed_out = false;  // it ran past the limit and was killed
  bool stopped = false;    // it was killed because `stop` became true
  std::string output;      // standard output and standard error, in the order they came
};

/// Runs `arguments[0]` (looked up on PATH) with the rest as its arguments and no standard input.
/// `timeout_seconds` 0 means no limit. With `output_file`, standard output is appended to it and
/// the outcome's output is standard error alone. When `*stop` becomes true, the program is killed.
/// Errors: the program isn't there or can't be started.
Result<ProcessOutcome> run_process(const std::vector<std::string>& arguments,
                                   double timeout_seconds = 0,
                                   const std::filesystem::path& output_file = {},
                                   const std::atomic<bool>* stop = nullptr);

/// Runs a program that talks to the user: with this one's terminal or files. Returns its exit code,
/// 128 + signal number if a signal ended it. Errors: the program isn't there or can't be started.
Result<int> run_attached(const std::vector<std::string>& arguments);

/// The full path of `program` on PATH, or an Error that names it and the Debian package to install.
Result<std::filesystem::path> find_program(const std::string& program,
                                           const std::string& debian_package);

}  // namespace mote

#endif  // MOTE_BASE_HOST_PROCESS_H_
