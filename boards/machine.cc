// SPDX-License-Identifier: Apache-2.0
#include "boards/machine.h"

namespace mote {
namespace {

/// A row with what all Cortex-M have in common filled in.
Machine cortex_m(Machine row) {
  row.compiler = "arm-none-eabi-g++";
  row.addr2line = "arm-none-eabi-addr2line";
  row.debian_package = "gcc-arm-none-eabi";
  row.flags.push_back("-mthumb");
  row.startup = "cortex_m.cc";
  row.linker_script = "cortex_m.ld";
  row.emulator = Emulator::kQemu;
  row.qemu_program = "qemu-system-arm";
  return row;
}

}  // namespace

std::span<const Machine> machines() {
  static const Machine kMachines[] = {
      // A micro:bit with more memory than its chip's 16 kB and 256 kB, for QEMU has no other M0.
      cortex_m({
          .name = "cortex-m0",
          .what = "Cortex-M0, QEMU's microbit with more memory",
          .flags = {"-mcpu=cortex-m0", "-mfloat-abi=soft", "-masm-syntax-unified"},
          .flash_origin = 0x00000000,
          .flash_bytes = 4u << 20,
          .ram_origin = 0x20000000,
          .ram_bytes = 4u << 20,
          .qemu_machine = "microbit",
          .qemu_options = {"-global", "nrf51-soc.flash-size=0x400000", "-global",
                           "nrf51-soc.sram-size=0x400000"},
      }),
      cortex_m({
          .name = "cortex-m3",
          .what = "Cortex-M3, QEMU's mps2-an385",
          .flags = {"-mcpu=cortex-m3", "-mfloat-abi=soft"},
          .flash_origin = 0x00000000,
          .flash_bytes = 4u << 20,
          .ram_origin = 0x20000000,
          .ram_bytes = 4u << 20,
          .qemu_machine = "mps2-an385",
      }),
      cortex_m({
          .name = "cortex-m4",
          .what = "Cortex-M4F with FPU and DSP instructions, QEMU's mps2-an386",
          .flags = {"-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"},
          .flash_origin = 0x00000000,
          .flash_bytes = 4u << 20,
          .ram_origin = 0x20000000,
          .ram_bytes = 4u << 20,
          .qemu_machine = "mps2-an386",
      }),
      cortex_m({
          .name = "cortex-m7",
          .what = "Cortex-M7 with double-precision FPU and DSP instructions, QEMU's mps2-an500",
          .flags = {"-mcpu=cortex-m7", "-mfpu=fpv5-d16", "-mfloat-abi=hard"},
          .flash_origin = 0x00000000,
          .flash_bytes = 4u << 20,
          .ram_origin = 0x20000000,
          .ram_bytes = 4u << 20,
          .qemu_machine = "mps2-an500",
      }),
      // In the secure state that it starts in, with the secure names of its memories.
      cortex_m({
          .name = "cortex-m33",
          .what = "Cortex-M33 with FPU and DSP instructions, QEMU's mps2-an505",
          .flags = {"-mcpu=cortex-m33", "-mfpu=fpv5-sp-d16", "-mfloat-abi=hard"},
          .flash_origin = 0x10000000,
          .flash_bytes = 4u << 20,
          .ram_origin = 0x38000000,
          .ram_bytes = 4u << 20,
          .qemu_machine = "mps2-an505",
      }),
      // It would start at 0, in the small ITCM, so the loader tells it to start at mote_reset in
      // the
      // QSPI flash, which cortex_m.ld puts behind the vector table's 0x100 bytes.
      cortex_m({
          .name = "cortex-m55",
          .what = "Cortex-M55 with FPU and MVE (Helium), QEMU's mps3-an547",
          .flags = {"-mcpu=cortex-m55", "-mfloat-abi=hard"},
          .flash_origin = 0x28000000,
          .flash_bytes = 8u << 20,
          .ram_origin = 0x21000000,
          .ram_bytes = 4u << 20,
          .qemu_machine = "mps3-an547",
          .qemu_options = {"-device", "loader,addr=0x28000101,cpu-num=0"},
      }),
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
  return fail("{}: no such virtual machine; there are: {}", name, known);
}

}  // namespace mote
