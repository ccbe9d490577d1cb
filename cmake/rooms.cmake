# SPDX-License-Identifier: Apache-2.0
# mote_room(NAME DEPENDS rooms... LIBRARIES libs...): the room's host library mote_NAME from all its
# .cc files, and the test program NAME_test from its *_test.cc files. Firmware, fuzz targets and
# QEMU plugins and what needs libtorch are built elsewhere. A new file is found by itself.
function(mote_room NAME)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;LIBRARIES;TEST_LIBRARIES" ${ARGN})
  # Relative, so that the folder in which mote lies may have any name.
  file(GLOB_RECURSE SOURCES RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS
       ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(TESTS ${SOURCES})
  list(FILTER SOURCES EXCLUDE REGEX "(_test|_fuzz|main)\\.cc$|(^|/)(firmware|plugin|torch)/")
  list(FILTER TESTS INCLUDE REGEX "_test\\.cc$")
  list(FILTER TESTS EXCLUDE REGEX "(^|/)torch/")

  if(SOURCES)
    add_library(mote_${NAME} STATIC ${SOURCES})
    target_include_directories(mote_${NAME} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(mote_${NAME} PUBLIC fmt::fmt ${ROOM_LIBRARIES})
    foreach(dependency ${ROOM_DEPENDS})
      target_link_libraries(mote_${NAME} PUBLIC mote_${dependency})
    endforeach()
  endif()

  if(TESTS)
    add_executable(${NAME}_test ${TESTS})
    target_include_directories(${NAME}_test PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${NAME}_test PRIVATE fmt::fmt GTest::gtest GTest::gtest_main
                                               ${ROOM_TEST_LIBRARIES})
    if(SOURCES)
      target_link_libraries(${NAME}_test PRIVATE mote_${NAME})
    else()
      foreach(dependency ${ROOM_DEPENDS})
        target_link_libraries(${NAME}_test PRIVATE mote_${dependency})
      endforeach()
    endif()
    add_test(NAME ${NAME} COMMAND ${NAME}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${NAME} PROPERTIES TIMEOUT 3000)  # a slow machine, under sanitizers
  endif()
endfunction()

# mote_fuzz(NAME DEPENDS rooms...): with MOTE_FUZZ, the libFuzzer program NAME_fuzz from NAME_fuzz.cc
# and make_NAME_corpus from make_corpus_main.cc, which writes its first inputs. .ci/fuzz runs both.
function(mote_fuzz NAME)
  if(NOT MOTE_FUZZ)
    return()
  endif()
  cmake_parse_arguments(FUZZ "" "" "DEPENDS" ${ARGN})
  list(TRANSFORM FUZZ_DEPENDS PREPEND mote_)
  add_executable(${NAME}_fuzz ${NAME}_fuzz.cc)
  target_link_options(${NAME}_fuzz PRIVATE -fsanitize=fuzzer)
  add_executable(make_${NAME}_corpus make_corpus_main.cc)
  foreach(program ${NAME}_fuzz make_${NAME}_corpus)
    target_link_libraries(${program} PRIVATE ${FUZZ_DEPENDS})
    set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  endforeach()
endfunction()
