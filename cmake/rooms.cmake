# aljibe_room(name LINK rooms... LIBS libraries...)
#
# One static library from src/name/*.cc (and detail/), one test program name_test from *_test.cc, one program for each
# *_fuzz.cc. Files are globbed, so that no test can stand in the tree without being built.
function(aljibe_room room)
  cmake_parse_arguments(ARG "" "" "LINK;LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${room}/*.cc)
  set(tests ${sources})
  set(fuzzers ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")

  add_library(${room} STATIC ${sources})
  set_target_properties(${room} PROPERTIES LINKER_LANGUAGE CXX OUTPUT_NAME aljibe_${room})
  target_link_libraries(${room} PUBLIC aljibe_flags ${ARG_LINK} ${ARG_LIBS})

  if(tests AND NOT ALJ_FUZZ)
    add_executable(${room}_test ${tests})
    target_link_libraries(${room}_test PRIVATE ${room} GTest::gmock GTest::gtest_main)
    add_test(NAME ${room} COMMAND ${room}_test --gtest_brief=1)
    set_tests_properties(${room} PROPERTIES LABELS unit TIMEOUT 600 ENVIRONMENT ALJIBE_SOURCE_DIR=${CMAKE_SOURCE_DIR})
  endif()

  foreach(file ${fuzzers})
    get_filename_component(name ${file} NAME_WE)
    if(ALJ_FUZZ)
      add_executable(${room}_${name} ${file})
      target_link_options(${room}_${name} PRIVATE -fsanitize=fuzzer)
    else()
      # Without libFuzzer the same file replays its seeds and a few thousand mutations of them.
      add_executable(${room}_${name} ${file} ${CMAKE_SOURCE_DIR}/tests/fuzz/replay.cc)
      add_test(NAME ${room}_${name} COMMAND ${room}_${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/seeds/${name})
      set_tests_properties(${room}_${name} PROPERTIES LABELS fuzz TIMEOUT 300)
    endif()
    target_link_libraries(${room}_${name} PRIVATE ${room})
  endforeach()
endfunction()
