# SPDX-License-Identifier: Apache-2.0
# Debian's gcc-riscv64-unknown-elf, which has no C++ standard library headers: device code needs none.
set(MOTE_MACHINE_FLAGS -march=rv32imc;-mabi=ilp32 CACHE STRING "Flags of the core")
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_CXX_COMPILER riscv64-unknown-elf-g++)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
add_compile_options(${MOTE_MACHINE_FLAGS})
add_link_options(${MOTE_MACHINE_FLAGS})
