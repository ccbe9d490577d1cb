// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/line.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mote::mlperf {
namespace {

/// Whether `fd` is ready for `events` within the time.
bool ready(int fd, short events, double timeout_s) {
  pollfd entry{.fd = fd, .events = events, .revents = 0};
  int got;
  do {
    got = poll(&entry, 1, static_cast<int>(timeout_s * 1000 + 0.5));
  } while (got < 0 && errno == EINTR);
  return got > 0;
}

bool try_again() {
  return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK;
}

class FdLine : public Line {
 public:
  explicit FdLine(int fd) : fd_(fd) { fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK); }
  FdLine(const FdLine&) = delete;
  FdLine& operator=(const FdLine&) = delete;
  ~FdLine() override { close(fd_); }

  Result<void> write(std::string_view text, double timeout_s) override {
    while (!text.empty()) {
      if (!ready(fd_, POLLOUT, timeout_s)) return fail("takes no bytes for {} s", timeout_s);
      const ssize_t sent = send_some(text);
      if (sent < 0 && !try_again()) return fail("the line is closed ({})", std::strerror(errno));
      if (sent > 0) text.remove_prefix(static_cast<size_t>(sent));
    }
    return {};
  }

  Result<std::string> read(double timeout_s) override {
    if (!ready(fd_, POLLIN, timeout_s)) return std::string();
    char buffer[4096];
    const ssize_t got = ::read(fd_, buffer, sizeof(buffer));
    if (got > 0) return std::string(buffer, static_cast<size_t>(got));
    if (got < 0 && try_again()) return std::string();
    return fail("the line is closed ({})", got == 0 ? "end of file" : std::strerror(errno));
  }

 private:
  /// A socket whose other side is gone must not end the program with SIGPIPE.
  ssize_t send_some(std::string_view text) const {
    const ssize_t sent = send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent >= 0 || errno != ENOTSOCK) return sent;
    return ::write(fd_, text.data(), text.size());
  }

  int fd_;
};

struct BaudRate {
  int baud;
  speed_t speed;
};
constexpr BaudRate kBaudRates[] = {{9600, B9600},     {19200, B19200},   {38400, B38400},
                                   {57600, B57600},   {115200, B115200}, {230400, B230400},
                                   {460800, B460800}, {921600, B921600}};

Result<speed_t> speed_of(int baud) {
  std::string known;
  for (const BaudRate& rate : kBaudRates) {
    if (rate.baud == baud) return rate.speed;
    known += fmt::format(" {}", rate.baud);
  }
  return fail("{} baud: no such rate; there are:{}", baud, known);
}

}  // namespace

std::unique_ptr<Line> fd_line(int fd) {
  return std::make_unique<FdLine>(fd);
}

Result<std::unique_ptr<Line>> open_serial(const std::string& path, int baud) {
  MOTE_TRY(const speed_t speed, speed_of(baud));
  const int fd = open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return fail("{}: can't be opened: {}", path, std::strerror(errno));
  std::unique_ptr<Line> line = fd_line(fd);
  termios settings{};
  if (tcgetattr(fd, &settings) != 0) return fail("{}: isn't a serial port or terminal", path);
  cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  settings.c_cflag &= ~static_cast<tcflag_t>(CSTOPB | CRTSCTS);
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  cfsetispeed(&settings, speed);
  cfsetospeed(&settings, speed);
  if (tcsetattr(fd, TCSANOW, &settings) != 0) {
    return fail("{}: refuses 8N1 at {} baud: {}", path, baud, std::strerror(errno));
  }
  return line;
}

}  // namespace mote::mlperf
