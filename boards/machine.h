// SPDX-License-Identifier: Apache-2.0
// The virtual machines that firmware runs on: a core, how to compile for it, where its memory is
// and how it is emulated. One row per machine; board files with clocks, memories and power will
// refer to these rows.
#ifndef MOTE_BOARDS_MACHINE_H_
#define MOTE_BOARDS_MACHINE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/host/result.h"

namespace mote {

enum class Emulator {
  kQemu,  // qemu.h
  kRv32,  // rv32/simulator.h
};

struct Machine {
  std::string_view name = {};            // "cortex-m4"
  std::string_view what = {};            // one line
  std::string_view compiler = {};        // the C++ compiler driver
  std::string_view addr2line = {};       // finds source lines; optional at run time
  std::string_view debian_package = {};  // where the compiler comes from
  std::vector<std::string> flags = {};   // that select the core
  std::string_view startup = {};         // the core's start-up source, in boards/firmware/
  std::string_view linker_script = {};   // there too
  uint32_t flash_origin = 0, flash_bytes = 0;
  uint32_t ram_origin = 0, ram_bytes = 0;
  Emulator emulator = Emulator::kQemu;
  std::string_view qemu_program = {};          // for kQemu: qemu-system-…
  std::string_view qemu_machine = {};          // its -M
  std::vector<std::string> qemu_options = {};  // and more that the machine needs
};

/// All machines.
std::span<const Machine> machines();

/// Errors: no such machine; lists those that there are.
Result<const Machine*> find_machine(std::string_view name);

}  // namespace mote

#endif  // MOTE_BOARDS_MACHINE_H_
