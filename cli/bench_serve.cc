// SPDX-License-Identifier: Apache-2.0
// mote bench serve: a virtual board as a device on a serial line, for the official runner or by
// hand; mote bench package: the same firmware as sources for a real board.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstring>

#include "base/host/file.h"
#include "bench/dut/package.h"
#include "cli/bench.h"
#include "cli/bench_device.h"

namespace mote {
namespace {

struct ServeOptions {
  std::string board, task, link;
  VirtualOptions device;
  bool pty = false;
};

struct PackageOptions {
  std::string board, task, name = "mote_dut", folder = ".";
  VirtualOptions device;
};

volatile sig_atomic_t interrupted = 0;

void on_signal(int) {
  interrupted = 1;
}

/// Lets Ctrl-C end the relay rather than the program, so that the device is put away.
void catch_signals() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

/// A pseudo-terminal in raw mode. Its far end is held open, so that runners may come and go.
class Pty {
 public:
  static Result<Pty> open() {
    Pty pty;
    pty.near_ = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    const char* name = nullptr;
    if (pty.near_ >= 0 && grantpt(pty.near_) == 0 && unlockpt(pty.near_) == 0) {
      name = ptsname(pty.near_);
    }
    if (name) pty.far_ = ::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    termios raw;
    if (pty.far_ < 0 || tcgetattr(pty.far_, &raw) != 0) {
      return fail("no pseudo-terminal: {}", strerror(errno));
    }
    cfmakeraw(&raw);
    tcsetattr(pty.far_, TCSANOW, &raw);
    pty.name_ = name;
    return pty;
  }
  Pty(Pty&& other) noexcept
      : near_(std::exchange(other.near_, -1)),
        far_(std::exchange(other.far_, -1)),
        name_(std::move(other.name_)) {}
  ~Pty() {
    if (near_ >= 0) close(near_);
    if (far_ >= 0) close(far_);
  }
  int fd() const { return near_; }
  const std::string& name() const { return name_; }

 private:
  Pty() = default;
  int near_ = -1, far_ = -1;
  std::string name_;
};

/// A symbolic link that is there as long as this.
class Link {
 public:
  static Result<Link> make(const std::string& target, const std::string& path) {
    std::error_code error;
    if (!path.empty()) std::filesystem::create_symlink(target, path, error);
    if (error) return fail("{}: can't link it to {}: {}", path, target, error.message());
    return Link(path);
  }
  Link(Link&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ~Link() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove(path_, ignored);
  }

 private:
  explicit Link(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

/// Moves what is there from one to the other; false at the end of either.
bool pass_on(int from, int to) {
  char block[4096];
  ssize_t n = read(from, block, sizeof block);
  if (n < 0 && errno == EINTR) return true;
  for (ssize_t sent = 0; n > 0 && sent < n;) {
    ssize_t more = write(to, block + sent, static_cast<size_t>(n - sent));
    if (more <= 0 && errno != EINTR) return false;
    if (more > 0) sent += more;
  }
  return n > 0;
}

/// Between the device and its user, until the user hangs up or the device ends.
void relay(int device, int from_user, int to_user) {
  while (!interrupted) {
    pollfd waiting[] = {{device, POLLIN, 0}, {from_user, POLLIN, 0}};
    if (poll(waiting, 2, -1) < 0) continue;
    if (waiting[0].revents && !pass_on(device, to_user)) return;
    if (waiting[1].revents && !pass_on(from_user, device)) return;
  }
}

/// Standard input may end before the last answers have come.
void hear_last_words(int device, int to_user) {
  constexpr int kQuietMs = 1000;
  pollfd waiting{device, POLLIN, 0};
  while (!interrupted && poll(&waiting, 1, kQuietMs) > 0 && pass_on(device, to_user)) {
  }
}

Result<ExitCode> serve(const ServeOptions& options) {
  MOTE_TRY(const mlperf::Task* task, mlperf::find_task(options.task));
  MOTE_TRY(const BoardTarget target, find_target(options.board));
  MOTE_TRY(BenchDevice device, start_virtual(*task, target, options.device));
  int line = device.virtual_dut->line();
  catch_signals();
  if (options.pty) {
    MOTE_TRY(Pty pty, Pty::open());
    MOTE_TRY(Link link, Link::make(pty.name(), options.link));
    fmt::print("{}\n", options.link.empty() ? pty.name() : options.link);
    fmt::print(stderr, "{} on {}, until Ctrl-C\n", task->name, options.board);
    fflush(stdout);
    relay(line, pty.fd(), pty.fd());
  } else {
    relay(line, STDIN_FILENO, STDOUT_FILENO);
    hear_last_words(line, STDOUT_FILENO);
  }
  Result<void> end = device.virtual_dut->finish();
  if (!end.ok() && !interrupted) return end.error();
  return kSuccess;
}

bool is_sketch_name(const std::string& name) {
  return !name.empty() && name.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "0123456789_") == std::string::npos;
}

Result<ExitCode> package(const PackageOptions& options) {
  if (!is_sketch_name(options.name)) {
    return fail("--name \"{}\": letters, digits and underscores only, it names a folder and a file",
                options.name);
  }
  MOTE_TRY(const mlperf::Task* task, mlperf::find_task(options.task));
  MOTE_TRY(const BoardTarget target, find_target(options.board));
  MOTE_TRY(const ImageModel model, compile_for_task(*task, target, options.device));
  MOTE_TRY(const auto files,
           dut::dut_package(model, dut_options(*task, options.device), options.name));
  std::filesystem::path folder = std::filesystem::path(options.folder) / options.name;
  MOTE_CHECK_OK(make_folder(folder));
  for (const auto& [name, text] : files) {
    MOTE_CHECK_OK(write_text(folder / name, text));
    fmt::print("{}\n", (folder / name).string());
  }
  return kSuccess;
}

void add_device_options(CLI::App& command, std::string* board, std::string* task,
                        VirtualOptions* device) {
  command.add_option("--board", *board, "The board: its name or file (mote boards)")->required();
  command.add_option("--task", *task, "The benchmark's task: " + mlperf::task_names())->required();
  command
      .add_option("--models", device->models, "The model, or a folder with kws01.tflite and so on")
      ->capture_default_str();
  command.add_option("--vendor", device->vendor, "What the device says its vendor is")
      ->capture_default_str();
  command.add_flag("--energy", device->energy,
                   "Timestamps are edges on the pin, for measuring energy");
  add_compile_flags(command, &device->compile);
}

}  // namespace

VerbAction setup_bench_serve(CLI::App& command) {
  auto options = std::make_shared<ServeOptions>();
  add_device_options(command, &options->board, &options->task, &options->device);
  command.add_flag("--pty", options->pty,
                   "On a pseudo-terminal, whose name is printed; without it, on standard input and "
                   "output");
  command.add_option("--link", options->link, "Also call the pseudo-terminal this");
  command.add_flag("--full", options->device.full,
                   "Run every inference instead of adding known times");
  command.add_flag(
      "--real-time", options->device.real_time,
      "Answer no sooner than the board would, for runners that look at their own clock");
  return [options] { return serve(*options); };
}

VerbAction setup_bench_package(CLI::App& command) {
  auto options = std::make_shared<PackageOptions>();
  add_device_options(command, &options->board, &options->task, &options->device);
  command.add_option("--name", options->name, "The sketch's name")->capture_default_str();
  command.add_option("--output-dir", options->folder, "The folder in which the sketch's is made")
      ->capture_default_str();
  return [options] { return package(*options); };
}

}  // namespace mote
