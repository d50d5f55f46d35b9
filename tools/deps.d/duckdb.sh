# DuckDB's C API: lib/libduckdb.so, include/duckdb.h, LICENSE.

duckdb_build() {
  local prefix=$1 work=$2
  step "DuckDB $duckdb_version: fetching the library and its header"
  mkdir -p "$prefix/lib" "$prefix/include"

  npm_package "$duckdb_npm" "$duckdb_npm_sha256" "$work/npm"
  cp "$work/npm/package/libduckdb.so" "$prefix/lib/"
  cp "$work/npm/package/LICENSE" "$prefix/"

  crate_source "$duckdb_crate" "$duckdb_crate_version" "$duckdb_crate_sha256" "$work/crate"
  verify "$work/crate/duckdb.tar.gz" "$duckdb_source_sha256"
  tar -xzOf "$work/crate/duckdb.tar.gz" duckdb/src/include/duckdb.h >"$prefix/include/duckdb.h"
}
