add_library(gpuspec_options INTERFACE)
target_include_directories(gpuspec_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(gpuspec_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # g++ 12 sees overlapping copies in `"x" + std::string` once it inlines (GCC bug 105651).
  target_compile_options(gpuspec_options INTERFACE $<$<NOT:$<CONFIG:Debug>>:-Wno-restrict>)
  # And it takes the alternatives of a std::variant that is not there for uninitialised (GCC bug 80635).
  target_compile_options(gpuspec_options INTERFACE $<$<NOT:$<CONFIG:Debug>>:-Wno-maybe-uninitialized>)
else()
  # libstdc++'s own std::stable_sort calls a function that it marks as deprecated; g++ keeps the warning on.
  target_compile_options(gpuspec_options INTERFACE -Wno-deprecated-declarations)
endif()
if(GPUSPEC_WERROR)
  target_compile_options(gpuspec_options INTERFACE -Werror)
endif()
if(GPUSPEC_SANITIZE)
  add_compile_options(-fsanitize=${GPUSPEC_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GPUSPEC_SANITIZE})
endif()

# gpuspec_library(lang/source SOURCES a.cpp DEPS lang/diag EXTERNAL gpuspec_llvm PRIVATE_EXTERNAL x)
# One folder, one library, one namespace. DEPS are folders; tests/architecture holds the includes against them.
function(gpuspec_library folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;EXTERNAL;PRIVATE_EXTERNAL" ${ARGN})
  string(REPLACE "/" "_" target "gpuspec_${folder}")
  add_library(${target} STATIC ${ARG_SOURCES})
  target_link_libraries(${target} PUBLIC gpuspec_options ${ARG_EXTERNAL} PRIVATE ${ARG_PRIVATE_EXTERNAL})
  foreach(dep IN LISTS ARG_DEPS)
    string(REPLACE "/" "_" dep_target "gpuspec_${dep}")
    target_link_libraries(${target} PUBLIC ${dep_target})
  endforeach()
endfunction()

# The C++ runtime inside: resolving its symbols at each start takes as long as checking a small spec. The sanitizers bring
# a runtime of their own.
function(gpuspec_start_fast target)
  if(NOT GPUSPEC_SANITIZE)
    target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc)
  endif()
endfunction()
