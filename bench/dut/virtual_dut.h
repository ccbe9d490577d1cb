// SPDX-License-Identifier: Apache-2.0
// A device under test without hardware: firmware with a model and the benchmark's serial protocol,
// running on a virtual board. Its clock is the timing model's: the cycles of all that ran so far,
// but for what is there for the emulation's sake, over the board's clock. It stands still while the
// device waits for characters.
#ifndef MOTE_BENCH_DUT_VIRTUAL_DUT_H_
#define MOTE_BENCH_DUT_VIRTUAL_DUT_H_

#include <memory>
#include <string>
#include <vector>

#include "bench/dut/role.h"
#include "boards/target.h"
#include "engines/footprint.h"

namespace mote::dut {

/// How the device's time came about.
struct DutTimes {
  uint64_t run = 0;      // timed inferences that ran
  uint64_t skipped = 0;  // whose time was added
};

class VirtualDut {
 public:
  /// Builds the firmware and starts it. Errors: the compiler's; a bare core, which has no clock; a
  /// core without a timing model; a model that doesn't fit the board, or that role_source()
  /// refuses.
  static Result<std::unique_ptr<VirtualDut>> start(const ImageModel& model,
                                                   const BoardTarget& target,
                                                   const DutOptions& options);
  /// Stops the device.
  virtual ~VirtualDut() = default;

  /// The serial line: a socket, to be read and written. It stays this object's. It is closed by the
  /// device when that has ended: finish() says why.
  virtual int line() const = 0;
  virtual DutTimes times() const = 0;
  /// When the timestamp pin fell, in microseconds since the start.
  virtual std::vector<double> edges_us() const = 0;
  virtual const Footprint& footprint() const = 0;
  /// Closes the line and waits for the device's end. Errors: a fault, a stack overflow, a file that
  /// is missing.
  virtual Result<void> finish() = 0;
};

}  // namespace mote::dut

#endif  // MOTE_BENCH_DUT_VIRTUAL_DUT_H_
