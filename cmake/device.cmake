# SPDX-License-Identifier: Apache-2.0
# What is flashed: the device half of base/ and ops/, and runtime/. One list, read by the cross
# builds, by the embedding of device sources into the program and by the link proof.
file(GLOB MOTE_DEVICE_SOURCES CONFIGURE_DEPENDS
     ${CMAKE_SOURCE_DIR}/base/*.cc ${CMAKE_SOURCE_DIR}/ops/*/*.cc ${CMAKE_SOURCE_DIR}/runtime/*.cc)
list(FILTER MOTE_DEVICE_SOURCES EXCLUDE REGEX "(_test|_fuzz|_main|\\.op)\\.cc$")
file(GLOB MOTE_DEVICE_HEADERS CONFIGURE_DEPENDS
     ${CMAKE_SOURCE_DIR}/base/*.h ${CMAKE_SOURCE_DIR}/ops/*/*.h ${CMAKE_SOURCE_DIR}/runtime/*.h)
list(FILTER MOTE_DEVICE_HEADERS EXCLUDE REGEX "(_test|\\.op)\\.h$")

# How device code is compiled, everywhere.
set(MOTE_DEVICE_FLAGS
    -ffreestanding -fno-exceptions -fno-rtti -fno-threadsafe-statics -ffunction-sections
    -fdata-sections -ffp-contract=off -fno-tree-loop-distribute-patterns)

# The device half as a static library, with -Wall -Wextra as errors.
function(mote_device_library)
  # Kernels in avx2.cc and avx2_rows.cc are for plans of hosts.
  set(SOURCES ${MOTE_DEVICE_SOURCES})
  list(FILTER SOURCES EXCLUDE REGEX "/avx2(_rows)?\\.cc$")
  add_library(mote_device STATIC ${SOURCES})
  target_include_directories(mote_device PUBLIC ${CMAKE_SOURCE_DIR})
  target_compile_features(mote_device PUBLIC cxx_std_17)
  set_target_properties(mote_device PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(mote_device PRIVATE ${MOTE_DEVICE_FLAGS} -Wall -Wextra -Werror)
endfunction()
