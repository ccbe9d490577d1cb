// SPDX-License-Identifier: Apache-2.0
// A device under test that isn't there: it answers the protocol on one end of a socket pair, from a
// thread of its own, and misbehaves as it is told to.
#ifndef MOTE_BENCH_MLPERF_FAKE_DEVICE_TEST_SUPPORT_H_
#define MOTE_BENCH_MLPERF_FAKE_DEVICE_TEST_SUPPORT_H_

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "bench/mlperf/line.h"

namespace mote::mlperf {

struct FakeFaults {
  int drop_every = 0;  // lose each n-th byte that comes, in the first `drop_until` bytes
  size_t drop_until = 0;
  std::string silent_on = {};       // says nothing to commands that start so
  std::string hang_up_on = {};      // closes the line at commands that start so
  std::string instead = {};         // of all lines of the reply to `infer`
  std::string noise_at_start = {};  // sent before anything is asked
};

class FakeDevice {
 public:
  /// What an input's bytes give: the text inside m-results-[…].
  using Model = std::function<std::string(const std::string& bytes)>;

  FakeDevice(std::string name, uint64_t inference_us, Model model, FakeFaults faults = {})
      : name_(std::move(name)),
        us_(inference_us),
        model_(std::move(model)),
        faults_(std::move(faults)) {
    int ends[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    line_ = fd_line(ends[0]);
    fd_ = ends[1];
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeDevice() {
    line_.reset();
    thread_.join();
  }

  Line& line() { return *line_; }
  size_t longest_command() const { return longest_; }
  /// Each inference of the next windows takes so much longer than was probed.
  std::atomic<double> drift = 1;

 private:
  void say(const std::string& text) {
    const std::string line = text + "\r\n";
    if (send(fd_, line.data(), line.size(), MSG_NOSIGNAL) < 0) gone_ = true;
  }

  void serve() {
    if (!faults_.noise_at_start.empty()) say(faults_.noise_at_start);
    std::string command;
    char c;
    for (size_t count = 1; !gone_ && read(fd_, &c, 1) == 1; ++count) {
      const bool may_drop = faults_.drop_every && count < faults_.drop_until;
      if (may_drop && count % static_cast<size_t>(faults_.drop_every) == 0) continue;
      if (c != '%') {
        command += c;
        continue;
      }
      longest_ = std::max<size_t>(longest_, command.size() + 1);
      if (!faults_.hang_up_on.empty() && command.starts_with(faults_.hang_up_on)) break;
      if (faults_.silent_on.empty() || !command.starts_with(faults_.silent_on)) answer(command);
      command.clear();
    }
    close(fd_);
  }

  void answer(const std::string& command) {
    if (command == "name") {
      say("m-name-dut-[fake]");
    } else if (command == "profile") {
      say("m-profile-[ULPMark for tinyML Firmware V0.0.1]");
      say("m-model-[" + name_ + "]");
    } else if (command.starts_with("db load ")) {
      expected_ = std::stoul(command.substr(8));
      buffer_.clear();
      say(fmt::format("m-[Expecting {} bytes]", expected_));
    } else if (command.starts_with("db ")) {
      take(command.substr(3));
    } else if (command.starts_with("infer ")) {
      infer(command.substr(6));
    } else {
      say("e-[Unknown command: " + command + "]");
    }
    say("m-ready");
  }

  void take(const std::string& hex) {
    if (hex.size() % 2) return say("e-[Insufficent number of hex digits]");
    for (size_t i = 0; i < hex.size() && buffer_.size() < expected_; i += 2) {
      buffer_ += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
      if (buffer_.size() == expected_) say("m-load-done");
    }
  }

  void infer(const std::string& arguments) {
    if (!faults_.instead.empty()) return say(faults_.instead);
    const uint64_t n = std::stoull(arguments);
    const double per = static_cast<double>(us_) * (n > 1 ? drift.load() : 1);
    say(fmt::format("m-warmup-start-{}", arguments.substr(arguments.find(' ') + 1)));
    say("m-warmup-done");
    say(fmt::format("m-infer-start-{}", n));
    say(fmt::format("m-lap-us-{}", clock_ & 0xffffffffu));
    clock_ += static_cast<uint64_t>(per * static_cast<double>(n));
    say(fmt::format("m-lap-us-{}", clock_ & 0xffffffffu));
    say("m-infer-done");
    say("m-results-[" + model_(buffer_) + "]");
  }

  std::string name_;
  uint64_t us_;
  Model model_;
  FakeFaults faults_;
  uint64_t clock_ = 0xffffff00u;  // soon to wrap
  std::unique_ptr<Line> line_;
  int fd_ = -1;
  size_t expected_ = 0;
  std::atomic<size_t> longest_ = 0;
  std::string buffer_;
  bool gone_ = false;
  std::thread thread_;
};

}  // namespace mote::mlperf

#endif  // MOTE_BENCH_MLPERF_FAKE_DEVICE_TEST_SUPPORT_H_
