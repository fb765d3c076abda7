# aljibe_embed(room files...)
#
# Puts files into the binary: src/room/assets.h declares `std::string_view asset(std::string_view name)`, this writes its
# definition. An asset's name is its file's. Run as a script (-P) it does the writing, so that a changed file rebuilds.
if(CMAKE_SCRIPT_MODE_FILE)
  set(text "// Made by cmake/embed.cmake.\n#include \"${ROOM}/assets.h\"\n\nnamespace aljibe::${ROOM} {\nnamespace {\n\n")
  set(table "")
  set(number 0)
  foreach(file ${FILES})
    get_filename_component(name ${file} NAME)
    file(READ ${file} bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
    string(APPEND text "constexpr char bytes_${number}[] = {${bytes}};\n")
    string(APPEND table "  if (name == \"${name}\") return {bytes_${number}, sizeof bytes_${number}};\n")
    math(EXPR number "${number} + 1")
  endforeach()
  string(APPEND text "\n}  // namespace\n\nstd::string_view asset(std::string_view name) {\n${table}  return {};\n}\n\n}  // namespace aljibe::${ROOM}\n")
  file(WRITE ${OUTPUT} "${text}")
  return()
endif()

set(ALJ_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(aljibe_embed room)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${room}_assets.cc)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/${room}/assets/ OUTPUT_VARIABLE files)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DROOM=${room} "-DFILES=${files}" -DOUTPUT=${output} -P ${ALJ_EMBED_SCRIPT}
    DEPENDS ${files} ${ALJ_EMBED_SCRIPT} VERBATIM)
  target_sources(${room} PRIVATE ${output})
endfunction()
