#!/usr/bin/env bash
# Figures on real sockets and files, each next to its limit, on this machine. See README.md.
#   load.sh find|get [SECONDS]     one node on one core, against a C echo of the same sizes
#   load.sh records [COUNT]        stores a second, and start and heap with COUNT records
#   load.sh peers NODES [DIRECTORY [ROUNDS]]   many nodes in one process: puts, gets, gets at once; and other DHTs with
#                                  the same harness, if their programs are in DIRECTORY
#   load.sh flood [PER_SECOND...]  lookups while one address floods a node, in a network namespace of its own
#   load.sh channel [SECONDS]      messages through a gateway on one core, against nginx with TLS 1.3
#   load.sh latency [SECONDS]      what a gateway adds to the round trip of one message, and what nginx adds
#   load.sh handshakes [SECONDS]   new channels a second on one core, against TLS 1.3 handshakes of nginx
#   load.sh idle [COUNT]           heap of a gateway per channel that does nothing
#   load.sh blob [MEGABYTES]       a blob up and down through a proxy and a gateway with heaps of 64 MB
#   load.sh connect [HYPERDHT]     from a key to the first message on 50 and 200 nodes; against connect.js in that directory
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

serve() {
  local kind=$1 seconds=$2
  build echo
  build generate
  start_nodes
  local count=$((seconds * 300000)) length
  length=$(run 1 512m SealRequests $port $own "$kind" "$count" $records "$work/requests")
  local served floor reply node_cpu echo_cpu
  taskset -c 1 "$work/generate" $port $own "$length" 32 "$seconds" "$work/requests" >/dev/null # compiles
  length=$(run 1 512m SealRequests $port $own "$kind" "$count" $records "$work/requests")
  node_cpu=$(cpu "$node")
  served=$(taskset -c 1 "$work/generate" $port $own "$length" 32 "$seconds" "$work/requests")
  node_cpu=$(($(cpu "$node") - node_cpu))
  exec 3>&- 4>&-
  wait 2>/dev/null || true
  children=()
  reply=$(value reply_bytes <<<"$served")
  taskset -c 0 "$work/echo" $((port + 1)) "$reply" &
  children+=("$!")
  sleep 0.3
  echo_cpu=$(cpu "$!")
  floor=$(taskset -c 1 "$work/generate" $((port + 1)) $own "$length" 32 "$seconds" "$work/requests")
  echo_cpu=$(($(cpu "$!") - echo_cpu))
  echo "node $served"
  echo "echo $floor"
  # Processor time per request is the steadier measure where other programs run.
  awk -v kind="$kind" -v a="$(value per_s <<<"$served")" -v b="$(value per_s <<<"$floor")" \
    -v x="$node_cpu" -v m="$(value received <<<"$served")" -v y="$echo_cpu" -v n="$(value received <<<"$floor")" \
    'BEGIN { printf "{\"%s_per_s\":%d,\"echo_per_s\":%d,\"ratio\":%.2f,\"cpu_us\":%.1f,\"echo_cpu_us\":%.1f,\"cpu_ratio\":%.2f}\n",
      kind, a, b, a / b, x * 1e4 / m, y * 1e4 / n, (y / n) / (x / m) }'
}

# Nodes in memory-backed files, because the others keep what they are given in memory; BENCH_ON_DISK=1: on the disk.
peers() {
  local nodes=$1 programs=${2:-} rounds=${3:-10} place=$work
  [ -n "${BENCH_ON_DISK:-}" ] || [ ! -w /dev/shm ] || place=$(mktemp -d /dev/shm/wsn-peers-XXXXXX)
  java -Xmx6g -XX:+UseSerialGC ${WSN_JAVA_OPTS:-} -cp "$wsn:$work/classes" dev.wsn.load.Network "$place" "$nodes" \
    "$rounds" | grep peer
  [ "$place" = "$work" ] || rm -rf "$place"
  [ -n "$programs" ] || return 0
  programs=$(cd "$programs" && pwd)
  (cd "$programs/hyperdht" && node bench.js "$nodes")
  (cd "$programs/bittorrent" && node bench.mjs "$nodes")
  (cd "$programs/opendht" && SETTLE=${SETTLE:-5} timeout 120 ./bench "$nodes" 2>/dev/null) || echo '{"peer":"opendht","finished":false}'
}

# One address sends as much as it can to one node on core 0; those who look records up share core 1 with it.
flood() {
  local rate
  gcc -O2 -o "$work/flood" node/src/bench/c/flood.c
  ip link set lo up
  for rate in $(seq 1 25) 200; do ip address add "45.$rate.0.1/32" dev lo; done
  mkfifo "$work/node.in" "$work/others.in"
  run 0 1g Flooded node "$work" <"$work/node.in" >"$work/node.out" &
  children+=("$!")
  exec 3>"$work/node.in"
  until grep -q ready "$work/node.out"; do kill -0 "$!"; sleep 0.2; done
  run 1 1g Flooded others "$work" <"$work/others.in" >"$work/others.out" &
  children+=("$!")
  exec 4>"$work/others.in"
  until grep -q ready "$work/others.out"; do kill -0 "$!"; sleep 0.2; done
  for rate in 0 "$@"; do
    if [ "$rate" != 0 ]; then
      nice -n 19 taskset -c 1 "$work/flood" 45.1.0.1 4848 45.200.0.1 "$rate" 8 &
      sleep 1
    fi
    echo 6 >&4
    sleep 7.5
    [ "$rate" = 0 ] || wait "$!"
    tail -n 1 "$work/others.out"
  done
  exec 3>&- 4>&-
  wait
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
    [ $# -gt 0 ] || set -- 100000 400000 2000000
    flood "$@"
    ;;
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
  *) sed -n '2,14p' "$0" >&2; exit 2 ;;
esac
