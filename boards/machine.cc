// SPDX-License-Identifier: Apache-2.0
#include "boards/machine.h"

namespace mote {

std::span<const Machine> machines() {
  static const Machine kMachines[] = {
      {
          .name = "cortex-m4",
          .what = "Cortex-M4F with FPU and DSP instructions, QEMU's mps2-an386",
          .compiler = "arm-none-eabi-g++",
          .addr2line = "arm-none-eabi-addr2line",
          .debian_package = "gcc-arm-none-eabi",
          .flags = {"-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"},
          .linker_script = "cortex_m.ld",
          .flash_origin = 0x00000000,
          .flash_bytes = 4u << 20,
          .ram_origin = 0x20000000,
          .ram_bytes = 4u << 20,
          .qemu_program = "qemu-system-arm",
          .qemu_machine = "mps2-an386",
      },
  };
  return kMachines;
}

Result<const Machine*> find_machine(std::string_view name) {
  std::string known;
  for (const Machine& machine : machines()) {
    if (machine.name == name) return &machine;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", machine.name);
  }
  return fail("{}: no such board; there are: {}", name, known);
}

}  // namespace mote
