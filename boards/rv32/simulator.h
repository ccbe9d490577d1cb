// SPDX-License-Identifier: Apache-2.0
// Runs firmware on the RV32IMC simulator inside this process. Counts are exact and repeat exactly.
#ifndef MOTE_BOARDS_RV32_SIMULATOR_H_
#define MOTE_BOARDS_RV32_SIMULATOR_H_

#include "boards/run.h"

namespace mote {

/// One run, as run_firmware() promises it but without functions and stack. `name` is for messages.
/// Errors: the firmware doesn't fit the machine's memory; a trap without a handler; the time limit.
Result<RunReport> run_on_simulator(const Machine& machine, const LoadedElf& firmware,
                                   const RunOptions& options);

}  // namespace mote

#endif  // MOTE_BOARDS_RV32_SIMULATOR_H_
