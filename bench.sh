#!/usr/bin/env bash
# Measures what Magpie promises, as JSON lines: figure, value, unit, better, bar, ok, peer, peer_value, ratio, command.
#
#   ./bench.sh NAME...      engine-quality engine-ready engine-import engine-memory gowalla ml-1m-ncf als als-spark
#                           http-cached http-mixed features-100m (an hour, 20 GB of disk)
#   ./bench.sh all          each of them
#
# Sets up and builds first, like ./test.sh. Figures go to standard output, everything else to standard error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

names=(engine-quality engine-ready engine-import engine-memory gowalla ml-1m-ncf als als-spark http-cached http-mixed
  features-100m)
known() { [[ " ${names[*]} " == *" $1 "* ]]; }

(($#)) || set -- --help
[[ $1 == all ]] && set -- "${names[@]}"
for name in "$@"; do
  known "$name" || { sed -n '2,/^set/{s/^# \{0,1\}//p}' "$0" >&2; exit 2; }
done

{
  tools/deps test
  tools/deps ml-100k
  cmake --preset release >/dev/null
  cmake --build --preset release --target magpie magpie_engine_bench magpie_model_bench magpie_als_bench magpie_features_bench \
    magpie_http_bench magpie_http_load
  for name in "$@"; do
    case $name in
      als) tools/deps implicit ;;
      features-100m) tools/deps pyspark ;;
      http-*) tools/deps complete-journey && tools/deps nginx ;;
      als-spark) tools/deps pyspark && tools/deps implicit ;;  # The second for NumPy.
    esac
  done
} >&2

run() {
  case $1 in
    als | als-spark) build/release/bin/magpie_als_bench "$1" --data ../shared/data --scripts bench --deps .deps ;;
    features-100m)
      local work spark=(--spark-job cluster/spark/run_sql.py --pyspark .deps/pyspark)
      work=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
      build/release/bin/magpie_features_bench compare --events 200000 --work "$work/compare" "${spark[@]}"
      build/release/bin/magpie_features_bench measure --work "$work/measure" "${spark[@]}"
      rm -rf "$work"
      ;;
    http-*)
      build/release/bin/magpie_http_bench "$1" --magpie build/release/bin/magpie --wrk-script bench/http_wrk.lua \
        --generator build/release/bin/magpie_http_load --nginx .deps/nginx/usr/sbin/nginx \
        --journey .deps/data/complete-journey --work build/bench
      ;;
    gowalla | ml-1m-ncf) build/release/bin/magpie_model_bench "$1" --data ../shared/data ;;
    *) build/release/bin/magpie_engine_bench "$1" --magpie build/release/bin/magpie --ml-100k .deps/data/ml-100k ;;
  esac
}

for name in "$@"; do run "$name"; done
