// SPDX-License-Identifier: Apache-2.0
// A line of bytes to a device: a serial port, a pseudo-terminal or a socket. Every wait ends.
#ifndef MOTE_BENCH_MLPERF_LINE_H_
#define MOTE_BENCH_MLPERF_LINE_H_

#include <memory>
#include <string>
#include <string_view>

#include "base/host/result.h"

namespace mote::mlperf {

class Line {
 public:
  virtual ~Line() = default;
  /// Sends all of `text`. Errors: the other side is gone, or took nothing for `timeout_s`.
  virtual Result<void> write(std::string_view text, double timeout_s) = 0;
  /// What has come, as soon as there is something; empty if nothing came within `timeout_s`.
  /// Errors: the other side is gone.
  virtual Result<std::string> read(double timeout_s) = 0;
};

/// A line over an open file descriptor, which it closes.
std::unique_ptr<Line> fd_line(int fd);

/// Opens a serial port or a pseudo-terminal at 8N1, raw, without flow control. Errors: not there,
/// no permission, not a terminal, a rate that the system doesn't know.
Result<std::unique_ptr<Line>> open_serial(const std::string& path, int baud);

}  // namespace mote::mlperf

#endif  // MOTE_BENCH_MLPERF_LINE_H_
