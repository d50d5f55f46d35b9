# What a folder's CMakeLists.txt says:
#
#   magpie_library(NAME <layer> [SOURCES file...] [DEPS layer-or-target...])
#   magpie_test(NAME <name> SOURCES file... [DEPS layer-or-target...] [LABELS label...] [TIMEOUT seconds]
#               [ENVIRONMENT NAME=value...])
#   magpie_bench(NAME <name> SOURCES file... [DEPS layer-or-target...])
#   magpie_plugin(NAME <name> SOURCES file... [DEPS layer-or-target...])
#   magpie_proto(NAME <target> ROOT folder)
#   magpie_install_program(<target>)
#
# A dependency is a layer (base, adapters_embedded: the target magpie_base, magpie_adapters_embedded) or, where it
# carries `::` or begins with magpie_, a target as it is. Headers are included from the root src/: "base/status.h".

# All that a sanitizer run takes: the tests labelled unit or contract.
add_custom_target(unit_tests)

function(magpie_dependencies out)
  set(targets)
  foreach(name IN LISTS ARGN)
    if(name MATCHES "::" OR name MATCHES "^magpie_" OR name STREQUAL "valijson")
      list(APPEND targets ${name})
    else()
      list(APPEND targets magpie_${name})
    endif()
  endforeach()
  set(${out} ${targets} PARENT_SCOPE)
endfunction()

# A layer: the static library magpie_<layer>, or a library of headers where it has no source.
function(magpie_library)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;DEPS" ${ARGN})
  magpie_dependencies(targets ${arg_DEPS})
  if(arg_SOURCES)
    add_library(magpie_${arg_NAME} STATIC ${arg_SOURCES})
    target_include_directories(magpie_${arg_NAME} PUBLIC "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(magpie_${arg_NAME} PUBLIC ${targets} Threads::Threads PRIVATE magpie_warnings)
  else()
    add_library(magpie_${arg_NAME} INTERFACE)
    target_include_directories(magpie_${arg_NAME} INTERFACE "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(magpie_${arg_NAME} INTERFACE ${targets})
  endif()
endfunction()

# An executable of GoogleTest, with its main. One a folder: linking is what costs. Each TEST is a test of ctest.
# Labels: unit (the default), contract, integration, fault, e2e.
function(magpie_test)
  if(NOT MAGPIE_TESTS)
    return()
  endif()
  cmake_parse_arguments(arg "" "NAME;TIMEOUT" "SOURCES;DEPS;LABELS;ENVIRONMENT" ${ARGN})
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  magpie_dependencies(targets ${arg_DEPS})
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_include_directories(${arg_NAME} PRIVATE "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}")
  # Tests compare literals of every kind; conversions are judged where the product is.
  target_compile_options(${arg_NAME} PRIVATE -Wno-conversion)
  target_compile_definitions(${arg_NAME} PRIVATE MAGPIE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    MAGPIE_BINARY_DIR="${PROJECT_BINARY_DIR}" MAGPIE_DEPS_DIR="${MAGPIE_DEPS}")
  target_link_libraries(${arg_NAME} PRIVATE ${targets} GTest::gmock GTest::gtest_main Threads::Threads
    PRIVATE magpie_warnings)
  if("unit" IN_LIST arg_LABELS OR "contract" IN_LIST arg_LABELS)
    add_dependencies(unit_tests ${arg_NAME})
  endif()
  include(GoogleTest)
  gtest_discover_tests(${arg_NAME} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT ${arg_TIMEOUT})
  # gtest_discover_tests would take apart a property that is a list: those are set by a file that ctest reads after it.
  set(properties "${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}_properties.cmake")
  file(WRITE "${properties}" "if(${arg_NAME}_TESTS)
  set_tests_properties(\${${arg_NAME}_TESTS} PROPERTIES LABELS \"${arg_LABELS}\" ENVIRONMENT \"${arg_ENVIRONMENT}\")
endif()\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${properties}")
endfunction()

# An executable of google-benchmark, run by hand and by bench.sh; never a test.
function(magpie_bench)
  if(NOT MAGPIE_TESTS)
    return()
  endif()
  cmake_parse_arguments(arg "" "NAME" "SOURCES;DEPS" ${ARGN})
  magpie_dependencies(targets ${arg_DEPS})
  add_executable(${arg_NAME} ${arg_SOURCES})
  target_include_directories(${arg_NAME} PRIVATE "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}")
  target_compile_options(${arg_NAME} PRIVATE -Wno-conversion)
  target_link_libraries(${arg_NAME} PRIVATE ${targets} benchmark::benchmark Threads::Threads magpie_warnings)
endfunction()

# A module that is loaded when the program runs: lib<name>.so in lib/magpie, which is ../lib/magpie seen from the
# program. It shows only what it marks as visible, not even what its static libraries show, so that two builds of one
# library can live in one process.
function(magpie_plugin)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;DEPS" ${ARGN})
  magpie_dependencies(targets ${arg_DEPS})
  add_library(${arg_NAME} MODULE ${arg_SOURCES})
  target_include_directories(${arg_NAME} PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_link_options(${arg_NAME} PRIVATE -Wl,--exclude-libs,ALL -Wl,-Bsymbolic)
  target_link_libraries(${arg_NAME} PRIVATE ${targets} magpie_warnings)
  set_target_properties(${arg_NAME} PROPERTIES INSTALL_RPATH "$ORIGIN")
  install(TARGETS ${arg_NAME} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/magpie)
  set_property(GLOBAL APPEND PROPERTY MAGPIE_PLUGINS ${arg_NAME})
endfunction()

# Generates and compiles the messages and services of every .proto file under ROOT: #include "magpie/v1/event.pb.h".
function(magpie_proto)
  cmake_parse_arguments(arg "" "NAME;ROOT" "" ${ARGN})
  set(root "${PROJECT_SOURCE_DIR}/${arg_ROOT}")
  set(into "${PROJECT_BINARY_DIR}/proto")
  file(MAKE_DIRECTORY "${into}")
  set(sources)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE "${root}" "${root}/*.proto")
  foreach(file IN LISTS files)
    string(REGEX REPLACE "\\.proto$" "" stem "${file}")
    set(outputs "${into}/${stem}.pb.cc" "${into}/${stem}.pb.h" "${into}/${stem}.grpc.pb.cc" "${into}/${stem}.grpc.pb.h")
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc --proto_path=${root} --cpp_out=${into} --grpc_out=generate_mock_code=false:${into}
        --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin> ${file}
      DEPENDS "${root}/${file}" protobuf::protoc gRPC::grpc_cpp_plugin
      COMMENT "Generating ${stem}" VERBATIM)
    list(APPEND sources ${outputs})
  endforeach()
  add_library(${arg_NAME} STATIC ${sources})
  target_compile_options(${arg_NAME} PRIVATE -w)
  target_include_directories(${arg_NAME} SYSTEM PUBLIC "${into}")
  target_link_libraries(${arg_NAME} PUBLIC gRPC::grpc++ protobuf::libprotobuf)
endfunction()

# bin/<program> with the libraries it brings along in lib/magpie, and a link at the build folder's top.
function(magpie_install_program target)
  get_property(plugins GLOBAL PROPERTY MAGPIE_PLUGINS)
  if(plugins)
    add_dependencies(${target} ${plugins})
  endif()
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}/magpie")
  install(TARGETS ${target} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(FILES "${MAGPIE_DEPS}/duckdb/lib/libduckdb.so" DESTINATION ${CMAKE_INSTALL_LIBDIR}/magpie)
  file(CREATE_LINK bin/${target} "${PROJECT_BINARY_DIR}/${target}" SYMBOLIC)
endfunction()
