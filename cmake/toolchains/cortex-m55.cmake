# SPDX-License-Identifier: Apache-2.0
set(MOTE_MACHINE_FLAGS -mcpu=cortex-m55;-mthumb;-mfpu=auto;-mfloat-abi=hard CACHE STRING "Flags of the core")
include(${CMAKE_CURRENT_LIST_DIR}/arm-none-eabi.cmake)
