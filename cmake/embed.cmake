# SPDX-License-Identifier: Apache-2.0
# mote_embed(TARGET FUNCTION HEADER FILES...): generates a .cc that defines
# `const std::map<std::string, std::string>& mote::FUNCTION()` (declared in HEADER): the texts of
# FILES by root-relative path, so that the program carries the device sources it compiles.
function(mote_embed TARGET FUNCTION HEADER)
  set(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/embedded_${FUNCTION}.cc)
  list(JOIN ARGN "|" FILES)
  add_custom_command(
    OUTPUT ${OUTPUT}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${OUTPUT} -DFUNCTION=${FUNCTION} -DHEADER=${HEADER}
            -DROOT=${CMAKE_SOURCE_DIR} "-DFILES=${FILES}" -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    VERBATIM)
  target_sources(${TARGET} PRIVATE ${OUTPUT})
endfunction()
