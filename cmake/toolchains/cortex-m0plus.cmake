# SPDX-License-Identifier: Apache-2.0
set(MOTE_MACHINE_FLAGS -mcpu=cortex-m0plus;-mthumb;-mfloat-abi=soft CACHE STRING "Flags of the core")
include(${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake)
