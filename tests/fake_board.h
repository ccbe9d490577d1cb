// SPDX-License-Identifier: Apache-2.0
// A board on a pseudo-terminal that sends rows as docs/training.md has them.
#ifndef MOTE_TESTS_FAKE_BOARD_H_
#define MOTE_TESTS_FAKE_BOARD_H_

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include <fmt/format.h>

namespace mote {

/// The board's end of a pseudo-terminal.
class FakeBoard {
 public:
  FakeBoard() : master_(posix_openpt(O_RDWR | O_NOCTTY)) {
    grantpt(master_);
    unlockpt(master_);
    // Nobody may read any more: a write that waits would outlast the test.
    fcntl(master_, F_SETFL, O_NONBLOCK);
  }
  ~FakeBoard() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    close(master_);
  }
  std::string port() const { return ptsname(master_); }

  /// Sends numbered rows until the board is gone, the header now and then; each `broken`-th line is
  /// broken on the way. REQUIRES: called once.
  void send_rows(const std::string& header, const std::function<std::string(int)>& row,
                 int broken = 0) {
    thread_ = std::thread([this, header, row, broken] {
      // Held open, so that the terminal doesn't hang up before the program opens it.
      int keeper = open(port().c_str(), O_RDWR | O_NOCTTY);
      for (int i = 0; !stop_; ++i) {
        std::string line = i % 20 == 0 ? header + "\r\n" : "";
        const bool damaged = broken > 0 && i % broken == broken - 1;
        line += damaged ? "12:3,$%\r\n" : fmt::format("{}:{}\r\n", i, row(i));
        send(line);
        usleep(500);
      }
      close(keeper);
    });
  }

 private:
  void send(std::string_view text) {
    while (!text.empty() && !stop_) {
      const ssize_t sent = write(master_, text.data(), text.size());
      if (sent > 0) text.remove_prefix(static_cast<size_t>(sent));
      if (sent <= 0) usleep(1000);
    }
  }

  int master_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace mote

#endif  // MOTE_TESTS_FAKE_BOARD_H_
