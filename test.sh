#!/usr/bin/env bash
# Sets up what is needed on a bare Debian 12, builds Magpie and tests it.
#
#   ./test.sh                 every test, optimized (unit, contract, fault, end-to-end), then asan and tsan as below
#   ./test.sh unit [ARG...]   the quick tests, optimized; ARG goes to ctest (-R Als)
#   ./test.sh asan [ARG...]   the unit and contract tests under AddressSanitizer and UndefinedBehaviorSanitizer
#   ./test.sh tsan [ARG...]   the same under ThreadSanitizer, compiled by clang, which also checks the locking (-Wthread-safety)
#
# The last line of ctest's says how many tests passed; the exit status is 0 only if all did.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

started=$SECONDS
step() { printf '\n\033[1m==> [%d:%02d] %s\033[0m\n' $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)) "$*"; }

# build PRESET [TARGET]: one progress line in fifty where nobody watches.
build() {
  step "Building ($1)"
  cmake --preset "$1" >"/tmp/magpie-configure-$$.log" || { cat "/tmp/magpie-configure-$$.log"; return 1; }
  rm -f "/tmp/magpie-configure-$$.log"
  NINJA_STATUS='[%f/%t, %es] ' nice cmake --build --preset "$1" --target "${2:-all}" |
    if [[ -t 1 ]]; then cat; else awk '!/^\[[0-9]+\// || ++n % 50 == 1 { print; fflush() }'; fi
}

# run PRESET [ARG...]: the tests that ARG chooses.
run() {
  step "Testing ($*)"
  ctest --preset "$1" --no-tests=error --output-on-failure --parallel "$(nproc)" "${@:2}" 2>&1 |
    if [[ -t 1 ]]; then cat; else grep -vE '^ +Start +[0-9]+: '; fi
}

# What a sanitizer sees: everything that runs within one process.
sanitize() {
  build "$1" unit_tests
  run "$1" --label-regex '^(unit|contract)$' "${@:2}"
}

what=${1:-everything}
shift || true
case $what in
  everything | unit | asan | tsan) ;;
  *) sed -n '2,/^set/{s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac

step "Setting up"
tools/deps test
tools/deps ml-100k

case $what in
  unit) build release unit_tests; run release --label-regex '^unit$' "$@" ;;
  asan | tsan) sanitize "$what" "$@" ;;
  everything)
    build release
    run release
    sanitize asan
    sanitize tsan
    ;;
esac
