#!/usr/bin/env bash
# Measures what Magpie promises, as JSON lines: figure, value, unit, better, bar, ok, peer, peer_value, ratio, command.
#
#   ./bench.sh NAME...      engine-quality engine-ready engine-import engine-memory
#   ./bench.sh all          each of them
#
# Sets up and builds first, like ./test.sh. Figures go to standard output, everything else to standard error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

names=(engine-quality engine-ready engine-import engine-memory)
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
  cmake --build --preset release --target magpie magpie_engine_bench
} >&2

for name in "$@"; do
  build/release/bin/magpie_engine_bench "$name" --magpie build/release/bin/magpie --ml-100k .deps/data/ml-100k
done
