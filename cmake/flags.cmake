# One interface target carries every flag, so that third-party headers (SYSTEM) stay out of our warnings.
add_library(aljibe_flags INTERFACE)
target_compile_options(aljibe_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor
  -Werror=unused-result -Wno-gnu-statement-expression -Wno-missing-designated-field-initializers
  -fno-omit-frame-pointer)
if(ALJ_WERROR)
  target_compile_options(aljibe_flags INTERFACE -Werror)
endif()
target_compile_definitions(aljibe_flags INTERFACE _GLIBCXX_ASSERTIONS)
target_include_directories(aljibe_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_link_options(aljibe_flags INTERFACE -fuse-ld=lld)

if(ALJ_SANITIZE)
  target_compile_options(aljibe_flags INTERFACE -fsanitize=${ALJ_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(aljibe_flags INTERFACE -fsanitize=${ALJ_SANITIZE})
endif()
if(ALJ_SEEDED_BUGS)
  target_compile_definitions(aljibe_flags INTERFACE ALJ_SEEDED_BUGS)
endif()
if(ALJ_FUZZ)
  target_compile_options(aljibe_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
