# Every library from outside, each under one name. tools/deps brings them. Which folder may use which: tools/include-check.
#
#   Boost::headers  OpenSSL::SSL  ZLIB::ZLIB  zstd::libzstd_shared  magpie_deps::xxhash  magpie_deps::stemmer
#   gRPC::grpc++  gRPC::grpc++_reflection  protobuf::libprotobuf  (and magpie_proto, made from api/proto)
#   RocksDB::rocksdb-shared  magpie_deps::duckdb  magpie_deps::faiss_avx2  magpie_deps::faiss_avx512
#   magpie_deps::openblas  Eigen3::Eigen  hwy::hwy
#   simdjson::simdjson  nlohmann_json::nlohmann_json  tomlplusplus::tomlplusplus
#   prometheus-cpp::core  spdlog::spdlog  CLI11::CLI11
#   with MAGPIE_TESTS: GTest::gtest_main  GTest::gmock  benchmark::benchmark  magpie_deps::valijson  magpie_deps::yaml

if(DEFINED ENV{MAGPIE_DEPS})
  set(deps_default "$ENV{MAGPIE_DEPS}")
else()
  set(deps_default "${PROJECT_SOURCE_DIR}/.deps")
endif()
set(MAGPIE_DEPS "${deps_default}" CACHE PATH "Where tools/deps puts what is not Debian's")
if(NOT EXISTS "${MAGPIE_DEPS}/faiss/lib" OR NOT EXISTS "${MAGPIE_DEPS}/duckdb/lib")
  message(FATAL_ERROR "${MAGPIE_DEPS} lacks DuckDB or FAISS: run tools/deps first")
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(zstd REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(RocksDB CONFIG REQUIRED)
find_package(Eigen3 3.4 CONFIG REQUIRED)
find_package(hwy CONFIG REQUIRED)
find_package(simdjson CONFIG REQUIRED)
find_package(nlohmann_json 3.11 CONFIG REQUIRED)
find_package(tomlplusplus CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)

# Boost.Asio: no deprecated names, and the coroutine support of C++20 only.
set_property(TARGET Boost::headers APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)

# A library that comes without a CMake package: magpie_find_library(TARGET LIBRARY HEADER).
function(magpie_find_library target library header)
  find_path(MAGPIE_${library}_INCLUDE "${header}" REQUIRED)
  find_library(MAGPIE_${library}_LIBRARY "${library}" REQUIRED)
  add_library(${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES
    IMPORTED_LOCATION "${MAGPIE_${library}_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${MAGPIE_${library}_INCLUDE}")
  mark_as_advanced(MAGPIE_${library}_INCLUDE MAGPIE_${library}_LIBRARY)
endfunction()

magpie_find_library(magpie_deps::xxhash xxhash xxhash.h)
magpie_find_library(magpie_deps::stemmer stemmer libstemmer.h)
magpie_find_library(magpie_deps::openblas openblas cblas.h)

add_library(magpie_deps::duckdb SHARED IMPORTED GLOBAL)
set_target_properties(magpie_deps::duckdb PROPERTIES
  IMPORTED_LOCATION "${MAGPIE_DEPS}/duckdb/lib/libduckdb.so"
  IMPORTED_SONAME libduckdb.so
  INTERFACE_INCLUDE_DIRECTORIES "${MAGPIE_DEPS}/duckdb/include")

# FAISS's headers hold code that depends on the instruction set: who includes them is compiled as the library was.
# It was built by gcc with OpenMP: its run-time library is named as such, since clang's -fopenmp would bring another.
foreach(isa IN ITEMS avx2 avx512)
  add_library(magpie_deps::faiss_${isa} STATIC IMPORTED GLOBAL)
  set_target_properties(magpie_deps::faiss_${isa} PROPERTIES
    IMPORTED_LOCATION "${MAGPIE_DEPS}/faiss/lib/libfaiss_${isa}.a"
    INTERFACE_INCLUDE_DIRECTORIES "${MAGPIE_DEPS}/faiss/include"
    INTERFACE_COMPILE_DEFINITIONS FINTEGER=int
    INTERFACE_LINK_LIBRARIES "gomp;magpie_deps::openblas")
endforeach()
set_property(TARGET magpie_deps::faiss_avx2 PROPERTY INTERFACE_COMPILE_OPTIONS -mavx2 -mfma -mf16c -mpopcnt)
set_property(TARGET magpie_deps::faiss_avx512 PROPERTY INTERFACE_COMPILE_OPTIONS
  -mavx2 -mfma -mf16c -mpopcnt -mavx512f -mavx512cd -mavx512vl -mavx512dq -mavx512bw)

if(MAGPIE_TESTS)
  find_package(GTest CONFIG REQUIRED)
  find_package(benchmark CONFIG REQUIRED)
  find_package(valijson CONFIG REQUIRED)
  add_library(magpie_deps::valijson ALIAS valijson)
  magpie_find_library(magpie_deps::yaml yaml-cpp yaml-cpp/yaml.h)
endif()
