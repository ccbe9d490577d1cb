// SPDX-License-Identifier: Apache-2.0
// Runs firmware on QEMU as a subprocess, with mote's plugin counting.
#ifndef MOTE_BOARDS_QEMU_H_
#define MOTE_BOARDS_QEMU_H_

#include <filesystem>

#include "boards/run.h"

namespace mote {

/// One run, as run_firmware() promises it but without functions and stack. REQUIRES: the folder and
/// the arguments are fine. Errors: QEMU or the plugin is missing or QEMU wants another plugin
/// interface; it ended before the firmware did; the time limit.
Result<RunReport> run_on_qemu(const Machine& machine, const std::filesystem::path& elf,
                              const RunOptions& options);

/// The command that starts this firmware on the machine, without mote's plugin; the firmware's
/// console is the character device "console", which the caller adds. Errors: QEMU is missing.
Result<std::vector<std::string>> qemu_machine_command(const Machine& machine,
                                                      const std::filesystem::path& elf,
                                                      const std::vector<std::string>& arguments);

/// Where the plugin is: $MOTE_QEMU_PLUGIN, or lib/, ../lib/ or ../lib/mote/ beside the running
/// program. Errors: it isn't there.
Result<std::filesystem::path> find_plugin();

}  // namespace mote

#endif  // MOTE_BOARDS_QEMU_H_
