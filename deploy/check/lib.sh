# Shared by the checks; sourced, not run. Each check works in a directory of its own under target/check.
set -euo pipefail

root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
name=$(basename "$0")
work=$root/target/check/$name
pids=()
failures=0

# need COMMAND:PACKAGE... installs from Debian what is missing; needs root only then.
need() {
  local each packages=()
  for each in "$@"; do
    command -v "${each%%:*}" >/dev/null || packages+=("${each#*:}")
  done
  [ "${#packages[@]}" -gt 0 ] || return 0
  apt-get update -q >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${packages[@]}" >&2
}

begin() {
  rm -rf "$work"
  mkdir -p "$work"
  trap end EXIT
  trap 'exit 130' INT TERM
}

# Ends what this check started, and nothing else.
end() {
  local status=${1:-$?} pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  exit "$status"
}

say() { printf '%s: %s\n' "$name" "$*"; }

fail() {
  printf '%s: FAILED: %s\n' "$name" "$*" >&2
  failures=$((failures + 1))
}

stop_here() {
  fail "$@"
  exit 1
}

finish() {
  [ "$failures" -eq 0 ] || stop_here "$failures failures"
  say "passed"
}

# until_true SECONDS COMMAND... waits for a condition.
until_true() {
  local limit=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$limit" ] || return 1
    sleep 0.2
  done
}

# start NAME COMMAND... runs it in the background with its output in files; its pid is in $started.
start() {
  local called=$1
  shift
  "$@" >"$work/$called.out" 2>"$work/$called.err" &
  started=$!
  pids+=("$started")
}

# line NAME PREFIX waits for a line of output and prints the rest of it.
line() {
  until_true 60 grep -q "^$2 " "$work/$1.out" || {
    cat "$work/$1.err" >&2
    stop_here "no line \"$2\" from $1"
  }
  sed -n "s|^$2 ||p" "$work/$1.out" | head -n 1
}

wsn() { "$root/wsn" "$@"; }

# node NAME OPTION... starts a node of a network of this machine.
node() {
  local called=$1
  shift
  start "$called" "$root/wsn" node --local --listen 127.0.0.1:0 --http 127.0.0.1:0 \
    --metrics 127.0.0.1:0 --data "$work/data-$called" "$@"
  line "$called" metrics >/dev/null
}
