# How every line of Magpie is compiled: language, warnings, sanitizers, linker and cache.

option(MAGPIE_WERROR "Warnings are errors" ON)
option(MAGPIE_TESTS "Build the tests and the benchmarks" ON)
set(MAGPIE_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=: address,undefined or thread; empty: none")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

# One layout for the build folder and for the installed tree: bin/magpie finds its plugins in ../lib/magpie.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib/magpie")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")

# The machine that builds is not the machine that runs: hot kernels choose their instructions when they run (Highway, and
# the FAISS plugins); everything else is for any x86-64 of the last twelve years.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  add_compile_options(-march=x86-64-v2)
endif()

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG -D_FORTIFY_SOURCE=2 -fstack-protector-strong")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g -D_GLIBCXX_ASSERTIONS -fno-omit-frame-pointer")
if(MAGPIE_SANITIZE)
  add_compile_options(-fsanitize=${MAGPIE_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${MAGPIE_SANITIZE})
endif()

# Linked to each target of ours; never to generated code.
add_library(magpie_warnings INTERFACE)
target_compile_options(magpie_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wcast-align -Wformat=2 -Wextra-semi -Wundef -Wimplicit-fallthrough
  $<$<BOOL:${MAGPIE_WERROR}>:-Werror>
  # gcc 12 raises these without reason in inlined library code and in coroutine frames.
  $<$<CXX_COMPILER_ID:GNU>:-Wsuggest-override -Wno-restrict -Wno-mismatched-new-delete -Wno-error=maybe-uninitialized
    -Wno-error=array-bounds -Wno-error=stringop-overflow -Wno-error=stringop-overread -Wno-error=free-nonheap-object>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety -Wno-unused-command-line-argument>)

find_program(MAGPIE_MOLD mold)
if(MAGPIE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
add_link_options(-Wl,--as-needed,-z,relro,-z,now)

# Paths are made relative to the checkout, so that a fresh clone elsewhere finds what another has compiled.
find_program(MAGPIE_CCACHE ccache)
if(MAGPIE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(launcher "${CMAKE_COMMAND}" -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime "${MAGPIE_CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()

# One link at a time is enough for two cores, and keeps the memory low.
set_property(GLOBAL PROPERTY JOB_POOLS link=2)
set(CMAKE_JOB_POOL_LINK link)
