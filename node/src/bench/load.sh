#!/usr/bin/env bash
# Figures on real sockets and files, each next to its limit, on this machine. See README.md.
#   load.sh find|get [SECONDS]     one node on one core, against a C echo of the same sizes
#   load.sh served DIRECTORY [SECONDS]   the same node, and those of other DHTs whose programs are in DIRECTORY, with loadgen
#   load.sh records [COUNT]        stores a second, and start and heap with COUNT records
#   load.sh peers NODES [DIRECTORY [ROUNDS [TURNS]]]   many nodes in one process: puts, gets, gets at once; and other DHTs with
#                                  the same harness, if their programs are in DIRECTORY, each in turn, and the medians
#   load.sh flood [PER_SECOND...]  lookups while one address floods a node, in a network namespace of its own; without
#                                  rates: what the node answers a second, and ten times of it
#   load.sh channel [SECONDS]      messages through a gateway on one core, against nginx with TLS 1.3
#   load.sh latency [SECONDS]      what a gateway adds to the round trip of one message, and what nginx adds
#   load.sh handshakes [SECONDS]   new channels a second on one core, against TLS 1.3 handshakes of nginx
#   load.sh idle [COUNT]           heap of a gateway per channel that does nothing
#   load.sh blob [MEGABYTES]       a blob up and down through a proxy and a gateway with heaps of 64 MB
#   load.sh connect [HYPERDHT]     from a key to the first message on 50 and 200 nodes; against HyperDHT, if that directory has it
# Loopback only; everything it starts ends with it.
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
build() { gcc -O2 -o "$work/$1" "node/src/bench/c/$1.c" "${@:2}"; }
run() { taskset -c "$1" java -Xmx"$2" ${options:-} -cp "$wsn:$work/classes" "dev.wsn.load.$3" "${@:4}"; }
# user and system time of a process so far, in hundredths of a second
cpu() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
value() { sed -E "s/.*\"$1\":([0-9.]+).*/\\1/"; }

start_nodes() { # one on core 0, those around it on core 1
  mkfifo "$work/node.in" "$work/others.in"
  options=${WSN_JAVA_OPTS:-} run 0 1g ServeNode $port "$work" <"$work/node.in" >"$work/node.out" &
  node=$!
  children+=("$node")
  exec 3>"$work/node.in"
  until grep -q ready "$work/node.out"; do kill -0 "$node"; sleep 0.2; done
  node=$(pgrep -P "$node") # the Java machine below this shell's copy
  run 1 1g Neighbours $port "$work" $neighbours $records <"$work/others.in" >"$work/others.out" &
  children+=("$!")
  exec 4>"$work/others.in"
  until grep -q ready "$work/others.out"; do kill -0 "$node"; sleep 0.2; done
}
neighbours=24 records=200 port=47100 own=47200 node=

# Sends requests of a kind to the node, twice as Java compiles meanwhile; sets what they were answered at and what each cost.
ask_node() {
  local kind=$1 seconds=$2 count=$(($2 * 300000)) before _
  for _ in $(seq "${3:-2}"); do
    length=$(run 1 512m SealRequests $port $own "$kind" "$count" $records "$work/requests")
    before=$(cpu "$node")
    served=$(taskset -c 1 "$work/generate" $port $own "$length" 32 "$seconds" "$work/requests")
  done
  cpu_us=$(cpu_each "$(($(cpu "$node") - before))" "$(value received <<<"$served")")
  reply=$(value reply_bytes <<<"$served")
}
length=0 served='' cpu_us=0 reply=0

# processor time of each, in microseconds, from hundredths of a second for all
cpu_each() { awk -v all="$1" -v count="$2" 'BEGIN { printf "%.1f", count ? all * 1e4 / count : 0 }'; }

stop_nodes() {
  exec 3>&- 4>&-
  wait 2>/dev/null || true
  children=()
}

# What C answers on core 0: an echo of so many bytes, asked by a command; sets what it was answered at and what each cost.
ask_echo() {
  local echo_pid before
  taskset -c 0 "$work/echo" $((port + 1)) "$1" &
  echo_pid=$!
  children+=("$echo_pid")
  sleep 0.3
  before=$(cpu "$echo_pid")
  floor=$(taskset -c 1 "${@:2}")
  floor_us=$(cpu_each "$(($(cpu "$echo_pid") - before))" "$(value received <<<"$floor")")
  kill "$echo_pid"
  wait "$echo_pid" 2>/dev/null || true
  children=()
}
floor='' floor_us=0

serve() {
  local kind=$1 seconds=$2
  build echo
  build generate
  start_nodes
  ask_node "$kind" "$seconds"
  stop_nodes
  ask_echo "$reply" "$work/generate" $((port + 1)) $own "$length" 32 "$seconds" "$work/requests"
  echo "node $served"
  echo "echo $floor"
  # Processor time per request is the steadier measure where other programs run.
  awk -v kind="$kind" -v a="$(value per_s <<<"$served")" -v b="$(value per_s <<<"$floor")" -v x="$cpu_us" -v y="$floor_us" \
    'BEGIN { printf "{\"%s_per_s\":%d,\"echo_per_s\":%d,\"ratio\":%.2f,\"cpu_us\":%.1f,\"echo_cpu_us\":%.1f,\"cpu_ratio\":%.2f}\n",
      kind, a, b, a / b, x, y, y / x }'
}

# shellcheck source=node/src/bench/served.sh
source node/src/bench/served.sh

# All of them one after the other, several times: this machine may be faster or slower a minute later.
peers() {
  local nodes=$1 programs=${2:-} rounds=${3:-20} turns=${4:-3} turn
  [ -z "$programs" ] || programs=$(cd "$programs" && pwd)
  for ((turn = 0; turn < turns; turn++)); do
    peers_once | tee -a "$work/peers"
  done
  [ "$turns" = 1 ] || peers_medians "$turns"
}

# Nodes in memory-backed files, because the others keep what they are given in memory; BENCH_ON_DISK=1: on the disk.
peers_once() {
  local place=$work heap
  [ -n "${BENCH_ON_DISK:-}" ] || [ ! -w /dev/shm ] || place=/dev/shm
  place=$(mktemp -d "$place/wsn-peers-XXXXXX")
  # The whole heap at once: where it grows, collections go through what all nodes of the process have, again and again.
  heap=$((nodes < 1000 ? 6 : 14))g
  java -Xms$heap -Xmx$heap -XX:+UseSerialGC ${WSN_JAVA_OPTS:-} -cp "$wsn:$work/classes" dev.wsn.load.Network "$place" "$nodes" \
    "$rounds" | grep peer
  rm -rf "$place"
  [ -n "$programs" ] || return 0
  (cd "$programs/hyperdht" && node bench.js "$nodes")
  (cd "$programs/bittorrent" && node bench.mjs "$nodes")
  (cd "$programs/opendht" && SETTLE=${SETTLE:-5} timeout 300 ./bench "$nodes" 2>/dev/null) || echo '{"peer":"opendht","finished":false}'
}

# Of lines with figures: the medians of a put, a whole read (`fast` of ours) and reads a second.
peers_medians() {
  local peer figure
  sed -E 's/.*"peer":"([^"]+)".*/\1/' "$work/peers" | awk '!seen[$0]++' | while read -r peer; do
    printf '{"peer":"%s","turns":%d' "$peer" "$1"
    for figure in put_p50_ms get_p50_ms conc_gets_s; do
      # The figure's first place in a line.
      grep "\"peer\":\"$peer\"" "$work/peers" | { grep -oP "^.*?\"$figure\":\K[0-9.]+" || true; } | sort -n |
        awk -v figure="$figure" '{ all[NR] = $1 } END { if (NR) printf ",\"%s\":%s", figure, all[int((NR + 1) / 2)] }'
    done
    echo '}'
  done
}

# The flooded host: a network namespace whose core 0 receives what comes over its cable, as it does what an interrupt of a
# network card brings, so that the flooder pays for sending alone.
connect_flooded() {
  unshare --net sleep 600 &
  host=$!
  children+=("$host")
  until [ "$(readlink "/proc/$host/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
  nsenter --preserve-credentials --net="/proc/$host/ns/net" sh -c "
    echo 1 >/proc/sys/net/core/rps_default_mask
    ip link add name card type veth peer name cable netns $$
    ip link set lo up
    ip link set card up
    ip address add 45.1.0.1/32 dev card
    ip route add default dev card"
  ip address add 45.250.0.1/32 dev cable
  ip link set cable up
  ip route add 45.1.0.1/32 dev cable
}
run_flooded() {
  exec nsenter --preserve-credentials --net="/proc/$host/ns/net" \
    taskset -c 0 java -Xmx1g -cp "$wsn:$work/classes" dev.wsn.load.Flooded node "$work"
}
host=

# One address floods a node on core 0; those who look records up are on core 1, and so is the flooder, which gets what they
# leave (SCHED_IDLE): an attacker has a machine of its own.
flood() {
  local rate quiet line sent
  gcc -O2 -o "$work/flood" node/src/bench/c/flood.c
  ip link set lo up
  if [ $# = 0 ]; then
    build generate
    start_nodes
    ask_node find 4
    stop_nodes
    rm -f "$work"/{node,others}.* "$work/requests"
    rate=$(value per_s <<<"$served")
    echo "{\"capacity_per_s\":$rate}"
    set -- "$rate" "$((10 * rate))"
  fi
  mkfifo "$work/node.in" "$work/others.in"
  connect_flooded
  for rate in $(seq 2 25) 200; do ip address add "45.$rate.0.1/32" dev lo; done
  (run_flooded <"$work/node.in" >"$work/node.out") &
  children+=("$!")
  exec 3>"$work/node.in"
  until grep -q ready "$work/node.out"; do kill -0 "$!"; sleep 0.2; done
  run 1 1g Flooded others "$work" <"$work/others.in" >"$work/others.out" &
  children+=("$!")
  exec 4>"$work/others.in"
  until grep -q ready "$work/others.out"; do kill -0 "$!"; sleep 0.2; done
  for rate in 0 "$@"; do
    sent=0
    if [ "$rate" != 0 ]; then
      chrt --idle 0 taskset -c 1 "$work/flood" 45.1.0.1 4848 45.200.0.1 "$rate" 8 >"$work/flood.out" &
      sleep 1
    fi
    echo 6 >&4
    sleep 7.5
    if [ "$rate" != 0 ]; then
      wait "$!"
      sent=$(value flood_per_s <"$work/flood.out")
    fi
    line=$(tail -n 1 "$work/others.out")
    quiet=${quiet:-$(value p99_ms <<<"$line")}
    awk -v wanted="$rate" -v sent="$sent" -v line="$line" -v p99="$(value p99_ms <<<"$line")" -v quiet="$quiet" \
      'BEGIN { printf "{\"flood_wanted_per_s\":%d,\"flood_per_s\":%d,\"p99_ratio\":%.2f,%s\n", wanted, sent, p99 / quiet, substr(line, 2) }'
  done
  exec 3>&- 4>&-
  kill "$host"
  wait 2>/dev/null || true
  tail -n 1 "$work/node.out"
  children=()
}

# shellcheck source=node/src/bench/channels.sh
source node/src/bench/channels.sh

case ${1:-} in
  peers) peers "${@:2}" ;;
  flood)
    # A network of its own: public addresses, and nothing leaves.
    [ -n "${BENCH_NAMESPACE:-}" ] || exec unshare --user --map-root-user --net env BENCH_NAMESPACE=1 "$0" "$@"
    shift
    flood "$@"
    ;;
  served) served "$2" "${3:-5}" ;;
  find | get) serve "$1" "${2:-8}" ;;
  records)
    count=${2:-1000000}
    run 0 1500m MillionRecords "$work" "$count" fill
    run 0,1 3g MillionRecords "$work" "$count" start
    ;;
  channel) channel "${2:-3}" ;;
  latency) latency "${2:-5}" ;;
  handshakes) handshakes "${2:-6}" ;;
  idle) idle "${2:-10000}" ;;
  blob) blob "${2:-1024}" ;;
  connect) connect "${2:-}" ;;
  *) sed -n '2,16p' "$0" >&2; exit 2 ;;
esac
