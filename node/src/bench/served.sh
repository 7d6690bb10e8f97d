#!/usr/bin/env bash
# One node of each kind on core 0, asked by a program on core 1 that keeps 32 requests outstanding: for load.sh.
# Ours is asked by c/generate.c, because a sealed request serves once; the others by their loadgen, which repeats templates.
# Each has a hundred nodes around it, which are idle meanwhile, and c/echo.c says what requests and replies of those sizes cost.
# shellcheck disable=SC2154 # what load.sh defines
print_served() {
  awk -v server="$1" -v kind="$2" -v a="$3" -v x="$4" -v in_bytes="$5" -v out_bytes="$6" -v b="$7" -v y="$8" \
    'BEGIN { printf "{\"server\":\"%s\",\"kind\":\"%s\",\"per_s\":%d,\"cpu_us\":%.1f,\"request_bytes\":%d,\"reply_bytes\":%d,",
      server, kind, a, x, in_bytes, out_bytes
      printf "\"echo_per_s\":%d,\"echo_cpu_us\":%.1f,\"cpu_ratio\":%.2f}\n", b, y, y / x }'
}

served() {
  local directory seconds=$2 kind
  directory=$(cd "$1" && pwd)
  build echo
  build generate
  # shellcheck disable=SC2034 # for start_nodes
  neighbours=100
  start_nodes
  # Twice, because Java compiles the one again when the other comes.
  for kind in find get find get; do
    ask_node $kind "$seconds"
    cp "$work/requests" "$work/requests.$kind"
    echo "$served $cpu_us $length $reply" >"$work/served.$kind"
  done
  stop_nodes
  for kind in find get; do
    read -r served cpu_us length reply <"$work/served.$kind"
    ask_echo "$reply" "$work/generate" $((port + 1)) $own "$length" 32 "$seconds" "$work/requests.$kind"
    print_served wsn $kind "$(value per_s <<<"$served")" "$cpu_us" "$length" "$reply" "$(value per_s <<<"$floor")" "$floor_us"
  done
  rm -f "$work"/requests*
  served_by hyperdht "$seconds" node serve.js -- node prep.js
  served_by opendht "$seconds" ./serve -- /usr/bin/python3 prep.py
  served_by bittorrent "$seconds" node serve.mjs -- node prep.mjs
}

# PEER SECONDS SERVE... -- PREPARE...; in the peer's directory
served_by() {
  local peer=$1 seconds=$2 serve=() prepare=() server preparer kind template before answer reply_bytes
  shift 2
  while [ "$1" != -- ]; do
    serve+=("$1")
    shift
  done
  prepare=("${@:2}")
  (cd "$directory/$peer" && exec taskset -c 0 "${serve[@]}" $((port + 2))) >/dev/null 2>&1 &
  server=$!
  children+=("$server")
  sleep 1
  (cd "$directory/$peer" && exec taskset -c 1 "${prepare[@]}" $((port + 2)) 100 "$work/$peer.json") \
    >"$work/$peer.out" 2>/dev/null &
  preparer=$!
  children+=("$preparer")
  until grep -q prepared "$work/$peer.out"; do kill -0 "$preparer"; sleep 0.2; done
  for kind in find get; do
    template=$(node -e 'const all = JSON.parse(require("fs").readFileSync(process.argv[1])), kind = process.argv[2]
      console.log((all.tidoffs || {})[kind] || all.tidoff, all.tidlen, all[kind].join(" "))' "$work/$peer.json" $kind)
    # shellcheck disable=SC2086 # words of a template
    taskset -c 1 "$directory/loadgen/loadgen" $((port + 2)) 32 "$seconds" $template >/dev/null # where JavaScript compiles
    before=$(cpu "$server")
    # shellcheck disable=SC2086
    answer=$(taskset -c 1 "$directory/loadgen/loadgen" $((port + 2)) 32 "$seconds" $template)
    cpu_us=$(cpu_each "$(($(cpu "$server") - before))" "$(value received <<<"$answer")")
    echo "$answer" "$cpu_us" >"$work/answer.$kind"
    echo "$template" >"$work/template.$kind"
  done
  kill -9 "$server" "$preparer" 2>/dev/null || true
  wait "$server" "$preparer" 2>/dev/null || true
  children=()
  for kind in find get; do
    read -r answer cpu_us <"$work/answer.$kind"
    reply_bytes=$(value resp_avg <<<"$answer")
    # shellcheck disable=SC2046 # words of a template
    ask_echo "$reply_bytes" "$directory/loadgen/loadgen" $((port + 1)) 32 "$seconds" $(<"$work/template.$kind")
    print_served "$peer" $kind "$(value req_per_s <<<"$answer")" "$cpu_us" "$(value req_len <<<"$answer")" "$reply_bytes" \
      "$(value req_per_s <<<"$floor")" "$floor_us"
  done
}
