# SPDX-License-Identifier: Apache-2.0
# Debian's gcc-arm-none-eabi, for every Cortex-M. The including file sets MOTE_MACHINE_FLAGS.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
add_compile_options(${MOTE_MACHINE_FLAGS})
add_link_options(${MOTE_MACHINE_FLAGS})
