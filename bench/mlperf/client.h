// SPDX-License-Identifier: Apache-2.0
// The runner's end of the benchmark's serial protocol. A command ends with '%'; its reply is lines
// that end with CR LF, the last of them "m-ready". A device holds 80 characters of a command.
// Every error names the command and what came back; no call waits for ever.
#ifndef MOTE_BENCH_MLPERF_CLIENT_H_
#define MOTE_BENCH_MLPERF_CLIENT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/host/file.h"
#include "bench/mlperf/line.h"

namespace mote::mlperf {

struct ClientOptions {
  double reply_s = 5;       // for a command's reply
  double infer_s = 120;     // for the reply of an infer of unknown length
  size_t chunk_bytes = 38;  // of input in one `db`: "db " + 76 digits + "%" are 80 characters
};

/// Who answers.
struct DeviceName {
  std::string vendor, profile, model;
};

/// What `infer` says.
struct Inference {
  uint64_t start_us = 0, end_us = 0;  // the device's clock; end_us doesn't wrap
  uint64_t iterations = 0, warmups = 0;
  std::vector<float> results;

  uint64_t elapsed_us() const { return end_us - start_us; }
};

class Client {
 public:
  explicit Client(Line& line, ClientOptions options = {}) : line_(line), options_(options) {}

  /// Sends a command and gives the lines before "m-ready". Errors: no "m-ready" in time, "e-[…]",
  /// the line is closed.
  Result<std::vector<std::string>> command(const std::string& text, double timeout_s);

  /// Finds the device ready, whatever was on the line before, and asks who it is. Errors: no answer
  /// to three attempts; an answer that isn't one.
  Result<DeviceName> hello();
  /// Fills the device's buffer. If the line loses bytes, tries again, three times in all.
  Result<void> load(const Bytes& input);
  /// Runs `iterations` inferences after `warmups` on what was loaded. `expected_s` is how long that
  /// takes on the board, if known. Errors: a reply without timestamps or results.
  Result<Inference> infer(uint64_t iterations, uint64_t warmups, double expected_s = 0);

 private:
  Result<std::string> next_line(double deadline);
  Result<std::string> read_name();
  Result<void> load_once(const Bytes& input);
  Result<void> resynchronise();
  Result<void> forget_input();

  Line& line_;
  ClientOptions options_;
  std::string pending_;  // bytes that came behind the last line
};

}  // namespace mote::mlperf

#endif  // MOTE_BENCH_MLPERF_CLIENT_H_
