// SPDX-License-Identifier: Apache-2.0
#include "base/host/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <sstream>

extern char** environ;

namespace mote {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kLookAtStopMs = 20;  // between two looks

/// Milliseconds left for poll(): -1 without a limit, 0 once it has passed.
int remaining_ms(Clock::time_point start, double timeout_seconds) {
  if (timeout_seconds <= 0) return -1;
  double left = timeout_seconds - std::chrono::duration<double>(Clock::now() - start).count();
  return left <= 0 ? 0 : static_cast<int>(left * 1000) + 1;
}

/// Starts the program with its output on `write_end`, standard output on `output_file` if it isn't
/// empty; returns 0 or an errno value.
int start(const std::vector<std::string>& arguments, int write_end, const std::string& output_file,
          pid_t* pid) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  if (output_file.empty()) {
    posix_spawn_file_actions_adddup2(&actions, write_end, 1);
  } else {
    posix_spawn_file_actions_addopen(&actions, 1, output_file.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
  }
  posix_spawn_file_actions_adddup2(&actions, write_end, 2);
  int error = posix_spawnp(pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

/// Waits for the program's end.
int exit_code_of(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<ProcessOutcome> run_process(const std::vector<std::string>& arguments,
                                   double timeout_seconds, const std::filesystem::path& output_file,
                                   const std::atomic<bool>* stop) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return fail("no pipe: {}", strerror(errno));
  pid_t pid = 0;
  int error = start(arguments, ends[1], output_file.string(), &pid);
  close(ends[1]);
  if (error != 0) {
    close(ends[0]);
    return fail("{}: can't be started: {}", arguments[0], strerror(error));
  }

  ProcessOutcome outcome;
  auto begin = Clock::now();
  char block[4096];
  for (;;) {
    pollfd waiting{ends[0], POLLIN, 0};
    int left = remaining_ms(begin, timeout_seconds);
    int ready = poll(&waiting, 1, stop ? kLookAtStopMs : left);
    if (ready < 0 && errno == EINTR) continue;
    outcome.stopped = stop && *stop;
    outcome.timed_out = ready == 0 && !outcome.stopped && (!stop || left == 0);
    if (outcome.stopped || outcome.timed_out) {
      kill(pid, SIGKILL);
      break;
    }
    if (ready == 0) continue;
    ssize_t n = read(ends[0], block, sizeof block);
    if (n <= 0) break;
    outcome.output.append(block, static_cast<size_t>(n));
  }
  close(ends[0]);
  outcome.exit_code = exit_code_of(pid);
  return outcome;
}

Result<int> run_attached(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t pid = 0;
  int error = posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), environ);
  if (error != 0) return fail("{}: can't be started: {}", arguments[0], strerror(error));
  return exit_code_of(pid);
}

Result<std::filesystem::path> find_program(const std::string& program,
                                           const std::string& debian_package) {
  if (program.find('/') != std::string::npos && access(program.c_str(), X_OK) == 0)
    return {program};
  const char* path = getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    auto candidate = std::filesystem::path(folder.empty() ? "." : folder) / program;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return fail("{}: not found on PATH; install it with: apt-get install {}", program,
              debian_package);
}

}  // namespace mote
