#!/usr/bin/env bash
# The HTTP face of a resolver on one core, next to a bare Vert.x route that returns as many bytes. See README.md.
#   resolver.sh get [SECONDS]      cached answers a second at 1, 64 and 512 connections, and the p99 at half of that load
#   resolver.sh batch [SECONDS]    keys a second in batches of 1,000 cached keys
#   resolver.sh streams [COUNT]    memory for each open stream of changes
# Loopback only; everything it starts ends with it. Needs wrk and two cores.
set -euo pipefail
cd "$(dirname "$0")/../../.."
work=$(mktemp -d)
children=()
cleanup() {
  for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
wsn=${WSN_CLASSPATH:-target/wsn.jar} # other classes to measure, for those who know
[ -n "${WSN_CLASSPATH:-}" ] || ./wsn --version >/dev/null
mkdir -p "$work/classes"
javac -nowarn -cp "$wsn" -d "$work/classes" node/src/bench/java/dev/wsn/load/*.java
port=17300 bare=17301 warmup=${WARMUP:-10}

# serve NAME FD ARGUMENTS... starts a server on core 0, whose standard input is file descriptor FD.
serve() {
  local name=$1 fd=$2
  shift 2
  mkfifo "$work/$name.in"
  : >"$work/$name.out"
  # shellcheck disable=SC2086
  taskset -c 0 java -Xmx1g -XX:+UseSerialGC ${WSN_JAVA_OPTS:-} -cp "$wsn:$work/classes" \
    dev.wsn.load.ServeResolver "$@" <"$work/$name.in" >"$work/$name.out" &
  children+=("$!")
  eval "exec $fd>\"\$work/\$name.in\""
  until grep -q ready "$work/$name.out"; do kill -0 "${children[-1]}"; sleep 0.2; done
}
load() { taskset -c 1 wrk -t 1 "$@"; }
per_second() { awk '/^Requests\/sec/ { print $2 }'; }
millis_of() { awk -v p="$1%" '$1 == p { v = $2; print (v ~ /us$/) ? v / 1000 : (v ~ /ms$/) ? v + 0 : v * 1000 }'; }
start_resolver() {
  serve resolver 3 $port "$work"
  read -r _ key size <"$work/resolver.out"
  path=/v1/relays/$key
}

get() {
  local seconds=$1 connections ours floor middle=
  start_resolver
  serve bare 4 $bare "$work" "$size"
  for each in $bare $port $bare $port; do load -c 64 -d "$warmup" "http://127.0.0.1:$each$path" >/dev/null; done
  for connections in 1 64 512; do
    : >"$work/bare.rounds"
    : >"$work/get.rounds"
    for _ in 1 2 3; do
      round $bare "${children[1]}" $connections "$seconds" >>"$work/bare.rounds"
      round $port "${children[0]}" $connections "$seconds" >>"$work/get.rounds"
    done
    read -r floor floor_cpu <<<"$(median 1 "$work/bare.rounds") $(median 2 "$work/bare.rounds")"
    read -r ours cpu <<<"$(median 1 "$work/get.rounds") $(median 2 "$work/get.rounds")"
    [ $connections -ne 64 ] || middle=$ours
    awk -v c="$connections" -v a="$ours" -v b="$floor" -v p="$cpu" -v q="$floor_cpu" \
      'BEGIN { printf "{\"connections\":%d,\"get_per_s\":%d,\"bare_per_s\":%d,\"ratio\":%.2f,\"get_cpu_us\":%.1f,\"bare_cpu_us\":%.1f,\"cpu_ratio\":%.2f}\n", c, a, b, a / b, p, q, q / p }'
  done
  # wrk sends as fast as it is answered; connections that pause at random are half of that.
  half $bare bare "$middle" "$seconds"
  half $port get "$middle" "$seconds"
}

# user and system time of a process so far, in hundredths of a second
cpu() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
median() { sort -g -k "$1,$1" "$2" | awk -v column="$1" 'NR == 2 { print $column }'; }

# round PORT PID CONNECTIONS SECONDS: requests a second, and processor time of the server for each in microseconds.
round() {
  local before
  before=$(cpu "$2")
  load -c "$3" -d "$4" "http://127.0.0.1:$1$path" >"$work/full"
  ! grep -q 'Non-2xx' "$work/full" || { cat "$work/full" >&2; exit 1; }
  awk -v ticks=$(($(cpu "$2") - before)) '/requests in/ { n = $1 } /^Requests\/sec/ { print $2, ticks * 10000 / n }' "$work/full"
}

# half PORT NAME FULL SECONDS: latency at half of FULL requests a second, over 64 connections.
half() {
  awk -v a="$3" 'BEGIN { printf "function delay() return math.random(0, %d) end\n", 2 * 64 * 1000 / (a / 2) }' >"$work/half.lua"
  load -c 64 -d "$4" --latency -s "$work/half.lua" "http://127.0.0.1:$1$path" >"$work/half"
  awk -v name="$2" -v a="$(per_second <"$work/half")" -v b="$3" -v p="$(millis_of 50 <"$work/half")" \
    -v q="$(millis_of 99 <"$work/half")" \
    'BEGIN { printf "{\"what\":\"%s\",\"per_s\":%d,\"load\":%.2f,\"p50_ms\":%.2f,\"p99_ms\":%.2f}\n", name, a, a / b, p, q }'
}

batch() {
  start_resolver
  cat >"$work/batch.lua" <<EOF
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local file = io.open("$work/batch.json")
wrk.body = file:read("*a")
file:close()
EOF
  load -c 8 -d "$warmup" -s "$work/batch.lua" "http://127.0.0.1:$port/v1/resolve" >/dev/null
  load -c 8 -d "$1" -s "$work/batch.lua" "http://127.0.0.1:$port/v1/resolve" | tee "$work/full" | per_second >"$work/rate"
  ! grep -q 'Non-2xx' "$work/full" || { cat "$work/full" >&2; exit 1; }
  awk '{ printf "{\"batches_per_s\":%d,\"keys_per_s\":%d}\n", $1, $1 * 1000 }' "$work/rate"
}

# used says what the resolver uses after a collection, and how much of it is in memory.
used() {
  local before
  before=$(wc -l <"$work/resolver.out")
  echo >&3
  until [ "$(wc -l <"$work/resolver.out")" -gt "$before" ]; do sleep 0.1; done
  echo "$(tail -n 1 "$work/resolver.out" | cut -d ' ' -f 2) $(awk '/^VmRSS/ { print $2 * 1024 }' "/proc/${children[0]}/status")"
}

streams() {
  local count=$1
  ulimit -n $((count + 1000))
  start_resolver
  load -c 64 -d "$warmup" "http://127.0.0.1:$port$path" >/dev/null
  read -r before resident <<<"$(used)"
  mkfifo "$work/streams.in"
  taskset -c 1 java -Xmx512m -cp "$wsn:$work/classes" dev.wsn.load.OpenStreams $port "$work/batch.json" "$count" \
    <"$work/streams.in" >"$work/streams.out" &
  children+=("$!")
  exec 4>"$work/streams.in"
  until grep -q ready "$work/streams.out"; do kill -0 "${children[-1]}"; sleep 0.2; done
  read -r after resident_after <<<"$(used)"
  awk -v n="$count" -v a="$before" -v b="$after" -v r="$resident" -v s="$resident_after" \
    'BEGIN { printf "{\"streams\":%d,\"bytes_each\":%d,\"resident_bytes_each\":%d}\n", n, (b - a) / n, (s - r) / n }'
}

case ${1:-} in
  get) get "${2:-8}" ;;
  batch) batch "${2:-8}" ;;
  streams) streams "${2:-10000}" ;;
  *) sed -n '2,6p' "$0" >&2; exit 2 ;;
esac
