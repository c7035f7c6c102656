# Every dependency is a Debian 12 package; scripts/setup installs them.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

# `find_package(LLVM 19)` is refused by LLVM's own version file (it wants the same major.minor), so the
# folder is named instead.
set(LLVM_DIR /usr/lib/llvm-19/lib/cmake/llvm CACHE PATH "LLVM's CMake package")
find_package(LLVM REQUIRED CONFIG)
if(NOT LLVM_ENABLE_RTTI)
  message(FATAL_ERROR "LLVM at ${LLVM_DIR} is built without RTTI, which the ANTLR runtime needs; install llvm-19-dev from Debian")
endif()
llvm_map_components_to_libnames(GPUSPEC_LLVM_LIBS support)
add_library(gpuspec_llvm INTERFACE)
target_include_directories(gpuspec_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
target_link_libraries(gpuspec_llvm INTERFACE ${GPUSPEC_LLVM_LIBS})

find_path(ANTLR4_INCLUDE_DIR antlr4-runtime.h PATH_SUFFIXES antlr4-runtime REQUIRED)
find_library(ANTLR4_LIBRARY NAMES libantlr4-runtime.a antlr4-runtime REQUIRED)
add_library(gpuspec_antlr4 INTERFACE)
target_include_directories(gpuspec_antlr4 SYSTEM INTERFACE ${ANTLR4_INCLUDE_DIR})
target_link_libraries(gpuspec_antlr4 INTERFACE ${ANTLR4_LIBRARY} pthread)

find_package(nlohmann_json 3.11 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(CURL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(Threads REQUIRED)
# Debian's library is built with zlib and brotli, too. Their defines only declare more classes in the header and change the
# layout of none, so this side does without (and without their headers).
find_library(CPP_HTTPLIB_LIBRARY cpp-httplib REQUIRED)
add_library(gpuspec_httplib INTERFACE)
target_compile_definitions(gpuspec_httplib INTERFACE CPPHTTPLIB_OPENSSL_SUPPORT)
target_link_libraries(gpuspec_httplib INTERFACE ${CPP_HTTPLIB_LIBRARY} OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
