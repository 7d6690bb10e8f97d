#!/usr/bin/env bash
# One node of each kind on core 0, asked in turn by a program on core 1 that keeps 32 requests outstanding: for load.sh.
# Ours is asked by c/generate.c, because a sealed request serves once; the others by their loadgen, which repeats templates.
# Each has a hundred nodes around it, which are idle meanwhile, and c/echo.c says what requests and replies of those sizes cost.
# shellcheck disable=SC2154 # what load.sh defines

# Rounds before those that count, in which Java and JavaScript compile, and those that count.
readonly WARM=2 ROUNDS=5
declare -A server_of preparer_of

served() {
  local directory seconds=$2 peers=(hyperdht opendht bittorrent) kind peer round
  directory=$(cd "$1" && pwd)
  build echo
  build generate
  # shellcheck disable=SC2034 # for start_nodes
  neighbours=100
  start_nodes
  start_peer hyperdht 2 node serve.js -- node prep.js
  start_peer opendht 3 ./serve -- /usr/bin/python3 prep.py
  start_peer bittorrent 4 node serve.mjs -- node prep.mjs
  for round in $(seq $((WARM + ROUNDS))); do
    for kind in find get; do
      ask_node $kind "$seconds" 1
      mv "$work/requests" "$work/requests.$kind"
      note wsn $kind "$round" "$(value per_s <<<"$served")" "$length" "$reply"
      for peer in "${peers[@]}"; do
        ask_peer "$peer" $kind "$seconds"
        note "$peer" $kind "$round" "$(value req_per_s <<<"$served")" "$length" "$reply"
      done
    done
  done
  for peer in "${peers[@]}"; do
    kill -9 "${server_of[$peer]}" "${preparer_of[$peer]}" 2>/dev/null || true
  done
  stop_nodes
  for kind in find get; do
    read -r _ _ length reply < <(median wsn $kind)
    ask_echo "$reply" "$work/generate" $((port + 1)) $own "$length" 32 "$seconds" "$work/requests.$kind"
    print_served wsn $kind
    for peer in "${peers[@]}"; do
      read -r _ _ length reply < <(median "$peer" $kind)
      # shellcheck disable=SC2046 # words of a template
      ask_echo "$reply" "$directory/loadgen/loadgen" $((port + 1)) 32 "$seconds" $(<"$work/template.$peer.$kind")
      print_served "$peer" $kind
    done
  done
}

# PEER PORT SERVE... -- PREPARE...; in the peer's directory. The port is counted from that of our node.
start_peer() {
  local peer=$1 at=$((port + $2)) serve=() kind
  shift 2
  while [ "$1" != -- ]; do
    serve+=("$1")
    shift
  done
  shift
  (cd "$directory/$peer" && exec taskset -c 0 "${serve[@]}" "$at") >/dev/null 2>&1 &
  server_of[$peer]=$!
  children+=("$!")
  sleep 1
  (cd "$directory/$peer" && exec taskset -c 1 "$@" "$at" 100 "$work/$peer.json") >"$work/$peer.out" 2>/dev/null &
  preparer_of[$peer]=$!
  children+=("$!")
  until grep -q prepared "$work/$peer.out"; do kill -0 "${preparer_of[$peer]}"; sleep 0.2; done
  for kind in find get; do
    echo "$at" >"$work/at.$peer"
    node -e 'const all = JSON.parse(require("fs").readFileSync(process.argv[1])), kind = process.argv[2]
      console.log((all.tidoffs || {})[kind] || all.tidoff, all.tidlen, all[kind].join(" "))' \
      "$work/$peer.json" $kind >"$work/template.$peer.$kind"
  done
}

# Sets what ask_node sets, for a peer.
ask_peer() {
  local before
  before=$(cpu "${server_of[$1]}")
  # shellcheck disable=SC2046 # words of a template
  served=$(taskset -c 1 "$directory/loadgen/loadgen" "$(<"$work/at.$1")" 32 "$3" $(<"$work/template.$1.$2"))
  cpu_us=$(cpu_each "$(($(cpu "${server_of[$1]}") - before))" "$(value received <<<"$served")")
  length=$(value req_len <<<"$served")
  reply=$(value resp_avg <<<"$served")
}

# SERVER KIND ROUND PER_SECOND REQUEST REPLY
note() {
  [ "$3" -gt $WARM ] || return 0
  echo "$4 $cpu_us $5 $6" >>"$work/served.$1.$2"
}

# What was noted of a server in the round of median processor time.
median() { sort -k2n "$work/served.$1.$2" | sed -n "$(((ROUNDS + 1) / 2))p"; }

print_served() {
  local all
  all=$(sort -k2n "$work/served.$1.$2" | awk '{ printf "%s%s", sep, $2; sep = "," }')
  median "$1" "$2" | awk -v server="$1" -v kind="$2" -v all="$all" -v b="$(value "[a-z_]*per_s" <<<"$floor")" -v y="$floor_us" \
    '{ printf "{\"server\":\"%s\",\"kind\":\"%s\",\"per_s\":%d,\"cpu_us\":%.1f,\"rounds\":[%s],", server, kind, $1, $2, all
      printf "\"request_bytes\":%d,\"reply_bytes\":%d,\"echo_per_s\":%d,\"echo_cpu_us\":%.1f,\"cpu_ratio\":%.2f}\n",
        $3, $4, b, y, y / $2 }'
}
