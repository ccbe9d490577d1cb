// SPDX-License-Identifier: Apache-2.0
// What a device under test is built for, and the source that tells its firmware.
#ifndef MOTE_BENCH_DUT_ROLE_H_
#define MOTE_BENCH_DUT_ROLE_H_

#include <string>

#include "bench/dut/device/protocol.h"
#include "engines/engine.h"

namespace mote::dut {

struct DutOptions {
  std::string model = "kws01";  // the name that the protocol gives it
  std::string vendor = "mote";
  InputForm input = InputForm::kRaw;
  ResultForm result = ResultForm::kScores;
  bool energy = false;  // timestamps are edges on the pin
  /// On a virtual board, run every timed inference. Without it, those that remain of an `infer` are
  /// skipped and their time is added, once two in a row took exactly the same way through the code
  /// with the same cache misses.
  bool full = false;
  /// On a virtual board, answer no sooner than the board would: wait here for as long as it works
  /// there. For runners that look at their own clock.
  bool real_time = false;
};

/// Defines mote_role, mote_buffer and mote_buffer_bytes. Errors: names that the protocol can't say;
/// a model with several inputs, or with an input or output that the forms don't allow.
Result<std::string> role_source(const ImageModel& model, const DutOptions& options);

}  // namespace mote::dut

#endif  // MOTE_BENCH_DUT_ROLE_H_
