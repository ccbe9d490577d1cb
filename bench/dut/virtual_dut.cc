// SPDX-License-Identifier: Apache-2.0
// Three threads: the emulation, which waits at each mote_ask() until its question is answered; the
// relay between the line's socket and the FIFOs that the firmware reads and writes; and the caller.
#include "bench/dut/virtual_dut.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>

#include "bench/dut/firmware/exchange.h"
#include "bench/dut/sources.h"
#include "bench/dut/virtual_clock.h"
#include "boards/board_memory.h"

namespace mote::dut {
namespace {

constexpr int kLookMs = 20;              // between two looks at whether the device has ended
constexpr double kNoLimitSeconds = 0;    // a device serves as long as it is asked
constexpr double kLastWordsSeconds = 5;  // for the device to end by itself when its line is closed

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { close(); }
  void reset(int fd) {
    close();
    fd_ = fd;
  }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

/// Makes a FIFO and opens it in both directions, which waits for nobody.
Result<void> make_fifo(const std::filesystem::path& path, FileDescriptor* fd) {
  if (mkfifo(path.c_str(), 0600) == 0) {
    fd->reset(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  }
  if (fd->get() >= 0) return {};
  return fail("{}: can't make a FIFO: {}", path.string(), strerror(errno));
}

/// Sources of the device under test around the model.
Result<std::map<std::string, std::string>> dut_program(const ImageModel& model,
                                                       const DutOptions& options) {
  std::map<std::string, std::string> program = dut_sources();
  std::erase_if(program,
                [](const auto& file) { return file.first.starts_with("bench/dut/package/"); });
  MOTE_TRY(program["model/role.cc"], role_source(model, options));
  return program;
}

class RunningDut : public VirtualDut {
 public:
  RunningDut(const BoardTarget& target, const DutOptions& options, TempFolder folder)
      : target_(target), options_(options), folder_(std::move(folder)) {}

  ~RunningDut() override { end(0); }

  Result<void> build(const ImageModel& model) {
    MOTE_TRY(auto program, dut_program(model, options_));
    MOTE_TRY(firmware_, build_model_firmware(model, *target_.machine, folder_.path(), program));
    footprint_ = mote::footprint(firmware_, model, 0);
    std::string reason = misfit(footprint_, target_);
    if (!reason.empty()) return Error{reason};
    MOTE_TRY(VirtualClock clock, VirtualClock::make(target_, firmware_, options_.full));
    clock_.emplace(std::move(clock));
    return {};
  }

  Result<void> start() {
    MOTE_CHECK_OK(make_fifo(folder_.path() / kLineIn, &to_device_));
    MOTE_CHECK_OK(make_fifo(folder_.path() / kLineOut, &from_device_));
    MOTE_CHECK_OK(write_file(folder_.path() / kQuestionFile, nullptr, 0));
    Answer nothing = {};
    MOTE_CHECK_OK(write_file(folder_.path() / kAnswerFile, &nothing, sizeof nothing));
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
      return fail("no socket for the device's line: {}", strerror(errno));
    }
    line_.reset(ends[0]);
    inner_.reset(ends[1]);
    RunOptions run;
    run.folder = folder_.path();
    run.max_seconds = kNoLimitSeconds;
    run.caches = followed_caches(*target_.board, *target_.machine);
    MOTE_TRY(uint32_t mark, clock_->mark());
    run.marks = {mark};
    run.stop = &stop_;
    run.on_segment = [this](const ExecutionCounts& counts, const Segment& segment) {
      clock_->add(counts, segment);
      answer();
    };
    emulation_ = std::thread([this, run] {
      outcome_.emplace(run_firmware(*target_.machine, firmware_.elf.path, run));
      ended_ = true;
    });
    relay_ = std::thread([this] { relay(); });
    return {};
  }

  int line() const override { return line_.get(); }
  DutTimes times() const override {
    std::lock_guard lock(mutex_);
    return times_;
  }
  std::vector<double> edges_us() const override {
    std::lock_guard lock(mutex_);
    return edges_us_;
  }
  const Footprint& footprint() const override { return footprint_; }

  Result<void> finish() override {
    end(kLastWordsSeconds);
    if (!outcome_) return {};
    if (!outcome_->ok()) return outcome_->error();
    if ((*outcome_)->exit_code == 0) return {};
    return fail("the device on {} ended with exit code {}: {}", target_.name,
                (*outcome_)->exit_code, (*outcome_)->console);
  }

 private:
  /// Answers the firmware's question, in the emulation's thread.
  void answer() {
    Result<Bytes> file = read_file(folder_.path() / kQuestionFile);
    Question question;
    if (!file.ok() || file->size() != sizeof question) return;
    std::memcpy(&question, file->data(), sizeof question);
    if (question.number == last_question_) return;
    last_question_ = question.number;
    Answer answer = {};
    if (question.kind == kInferred) {
      answer.skip = clock_->skip(question.done, question.count);
    } else {
      clock_->forget_way();
    }
    double now = clock_->microseconds();
    note(question, answer, now);
    if (options_.real_time) keep_pace(now);
    answer.microseconds = static_cast<uint64_t>(now);
    // In place: the firmware holds the file open.
    FileDescriptor out(::open((folder_.path() / kAnswerFile).c_str(), O_WRONLY | O_CLOEXEC));
    ssize_t written = write(out.get(), &answer, sizeof answer);
    if (written != static_cast<ssize_t>(sizeof answer)) stop_ = true;
  }

  /// For who asks later.
  void note(const Question& question, const Answer& answer, double now_us) {
    std::lock_guard lock(mutex_);
    if (question.kind == kInferred) {
      times_.run += 1;
      times_.skipped += answer.skip;
    }
    if (question.kind == kEdge) edges_us_.push_back(now_us);
  }

  /// Waits until as much time has gone by here since the last answer as on the board.
  void keep_pace(double now_us) {
    using Clock = std::chrono::steady_clock;
    const auto due = paced_ + std::chrono::microseconds(static_cast<int64_t>(now_us - paced_us_));
    while (!stop_ && Clock::now() < due) {
      std::this_thread::sleep_for(
          std::min<Clock::duration>(due - Clock::now(), std::chrono::milliseconds(kLookMs)));
    }
    paced_ = Clock::now();
    paced_us_ = now_us;
  }

  /// Moves characters both ways until the device has ended and said all.
  void relay() {
    std::string to_send;
    for (bool hung_up = false;;) {
      bool last_look = ended_;
      pollfd waiting[] = {
          {from_device_.get(), POLLIN, 0},
          {hung_up ? -1 : inner_.get(), static_cast<short>(to_send.empty() ? POLLIN : 0), 0},
          {to_send.empty() ? -1 : to_device_.get(), POLLOUT, 0}};
      poll(waiting, 3, last_look ? 0 : kLookMs);
      char block[4096];
      bool heard = false;
      if (waiting[0].revents & POLLIN) {
        ssize_t n = read(from_device_.get(), block, sizeof block);
        heard = n > 0;
        // A runner that has gone hears nothing more.
        if (heard) (void)send(inner_.get(), block, static_cast<size_t>(n), MSG_NOSIGNAL);
      }
      if (last_look && !heard) break;
      if (waiting[1].revents & (POLLIN | POLLHUP)) {
        ssize_t n = recv(inner_.get(), block, sizeof block, MSG_DONTWAIT);
        if (n > 0) to_send.append(block, static_cast<size_t>(n));
        hung_up = n == 0;
      }
      if (waiting[2].revents & POLLOUT) {
        ssize_t n = write(to_device_.get(), to_send.data(), to_send.size());
        if (n > 0) to_send.erase(0, static_cast<size_t>(n));
      }
      if (hung_up && to_send.empty()) to_device_.close();
    }
    shutdown(inner_.get(), SHUT_RDWR);
  }

  void end(double seconds) {
    if (line_.get() >= 0) shutdown(line_.get(), SHUT_RDWR);
    for (double waited = 0; !ended_ && emulation_.joinable() && waited < seconds; waited += 0.01) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    stop_ = true;
    if (emulation_.joinable()) emulation_.join();
    if (relay_.joinable()) relay_.join();
    line_.close();
  }

  BoardTarget target_;
  DutOptions options_;
  TempFolder folder_;
  ModelFirmware firmware_;
  Footprint footprint_;
  std::optional<VirtualClock> clock_;
  FileDescriptor to_device_, from_device_, line_, inner_;
  std::atomic<bool> stop_ = false, ended_ = false;
  std::optional<Result<RunReport>> outcome_;
  uint32_t last_question_ = 0;
  std::chrono::steady_clock::time_point paced_ = {};  // when, here and on the board, the last
  double paced_us_ = 0;                               // answer was given
  mutable std::mutex mutex_;                          // of the two below
  DutTimes times_;
  std::vector<double> edges_us_;
  std::thread emulation_, relay_;
};

}  // namespace

Result<std::unique_ptr<VirtualDut>> VirtualDut::start(const ImageModel& model,
                                                      const BoardTarget& target,
                                                      const DutOptions& options) {
  if (!target.board) {
    return fail("{}: a bare core has no clock; name a board (mote boards)", target.name);
  }
  MOTE_TRY(TempFolder folder, TempFolder::make());
  auto dut = std::make_unique<RunningDut>(target, options, std::move(folder));
  MOTE_CHECK_OK(dut->build(model));
  MOTE_CHECK_OK(dut->start());
  return std::unique_ptr<VirtualDut>(std::move(dut));
}

}  // namespace mote::dut
