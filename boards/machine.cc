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
          .startup = "cortex_m.cc",
          .linker_script = "cortex_m.ld",
          .flash_origin = 0x00000000,
          .flash_bytes = 4u << 20,
          .ram_origin = 0x20000000,
          .ram_bytes = 4u << 20,
          .emulator = Emulator::kQemu,
          .qemu_program = "qemu-system-arm",
          .qemu_machine = "mps2-an386",
      },
      {
          .name = "rv32imc",
          .what = "RISC-V RV32IMC, mote's own simulator",
          .compiler = "riscv64-unknown-elf-g++",
          .addr2line = "riscv64-unknown-elf-addr2line",
          .debian_package = "gcc-riscv64-unknown-elf",
          .flags = {"-march=rv32imc", "-mabi=ilp32"},
          .startup = "rv32.cc",
          .linker_script = "rv32.ld",
          .flash_origin = 0x20000000,
          .flash_bytes = 4u << 20,
          .ram_origin = 0x80000000,
          .ram_bytes = 4u << 20,
          .emulator = Emulator::kRv32,
          .qemu_program = {},
          .qemu_machine = {},
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
