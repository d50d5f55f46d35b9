#!/usr/bin/env bash
# Shows Magpie from nothing: sets up, builds, imports MovieLens-100k, trains, serves on 127.0.0.1:8080 and prints what it
# recommends to some real people, and why.
#
#   ./demo.sh          goes on serving until Ctrl-C
#   ./demo.sh --once   asks the running server, stops it and exits 0
#
#   --listen HOST:PORT or MAGPIE_DEMO_LISTEN   where to serve (default 127.0.0.1:8080); gRPC is one port above
#   --user ID, repeatable                      whom to recommend to (default: 3 people of different taste)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

listen=${MAGPIE_DEMO_LISTEN:-127.0.0.1:8080}
once=false
users=()
while (($#)); do
  case $1 in
    --once) once=true ;;
    --listen) listen=${2:?--listen takes HOST:PORT}; shift ;;
    --user) users+=("${2:?--user takes an id}"); shift ;;
    *) sed -n '2,/^set/{s/^# \{0,1\}//p}' "$0"; [[ $1 == --help || $1 == -h ]]; exit ;;
  esac
  shift
done
((${#users[@]})) || users=(196 405 13)

magpie=build/release/bin/magpie
data=build/demo
url=http://$listen
grpc_listen=${listen%:*}:$((${listen##*:} + 1))
server=

# The ratings span seven months: all of them count. Every command below takes this setting from here.
export MAGPIE_HISTORY_WINDOW=250d

step() { printf '\n\033[1m==> %s\033[0m\n' "$*"; }
die() { printf '\ndemo.sh: %s\n' "$*" >&2; exit 1; }

# Is somebody listening there already?
taken() { (exec 3<>"/dev/tcp/${1%:*}/${1##*:}") 2>/dev/null; }

stop_server() {
  [[ -n $server ]] || return 0
  kill -TERM "$server" 2>/dev/null || true
  local status=0
  wait "$server" || status=$?
  server=
  return "$status"
}

wait_until_ready() {
  local deadline=$((SECONDS + 60))
  until curl -fsS "$url/readyz" >/dev/null 2>&1; do
    kill -0 "$server" 2>/dev/null || { tail -n 20 "$data/server.log" >&2; die "the server stopped by itself"; }
    ((SECONDS < deadline)) || { tail -n 20 "$data/server.log" >&2; die "the server was not ready within 60 s"; }
    sleep 0.1
  done
}

for address in "$listen" "$grpc_listen"; do
  if taken "$address"; then die "$address is taken. Choose another: ./demo.sh --listen 127.0.0.1:9080"; fi
done

step "Setting up (the first time takes some minutes, later none)"
tools/deps build
tools/deps ml-100k

step "Building"
cmake --preset release >/dev/null
NINJA_STATUS='[%f/%t, %es] ' nice cmake --build --preset release --target magpie |
  if [[ -t 1 ]]; then cat; else awk '!/^\[[0-9]+\// || ++n % 20 == 1 { print; fflush() }'; fi

step "Importing MovieLens-100k, moved in time so that it ends today"
rm -rf "$data"
mkdir -p "$data"
"$magpie" import --data "$data" --layout recbole --rebase-time now .deps/data/ml-100k

step "Training"
"$magpie" train --data "$data"

step "Serving on $url"
trap stop_server EXIT
"$magpie" serve --data "$data" --listen "$listen" --grpc-listen "$grpc_listen" >"$data/server.log" 2>&1 &
server=$!
wait_until_ready
echo "ready; its log is $data/server.log"

for user in "${users[@]}"; do
  step "User $user: recent films, and what comes next"
  "$magpie" recommend --data "$data" --user "$user"
done

step "The same through the API"
request="$url/v1/recommendations?user_id=${users[0]}&n=3&explain=true"
echo "curl '$request'"
curl -fsS "$request"
echo

if $once; then
  stop_server || die "the server did not shut down cleanly (status $?)"
  trap - EXIT
  step "Done"
else
  step "Serving on $url until Ctrl-C"
  trap 'exit 0' INT TERM
  wait "$server"
fi
