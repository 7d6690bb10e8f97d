# The channel measurements of load.sh, which reads this file: a gateway on core 0 and nginx on core 0, one at a time
# busy, with one backend and one client (c/mirror.c, c/talk.c) on core 1.
# Below the ports that the system hands out by itself.
mirror=17301 nginx=17302 gateway=17303 nginx_pid='' gateway_pid='' gateway_key=-

start_nginx() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=relay.example \
    -keyout "$work/tls.key" -out "$work/tls.crt" 2>/dev/null
  # Buffers larger than nginx has by default, because that is faster.
  cat >"$work/nginx.conf" <<CONF
worker_processes 1;
worker_rlimit_nofile 65536;
pid $work/nginx.pid;
error_log $work/nginx.log;
events { worker_connections 30000; }
http {
  access_log off;
  client_body_temp_path $work/nginx-body;
  proxy_temp_path $work/nginx-proxy;
  fastcgi_temp_path $work/nginx-fastcgi;
  uwsgi_temp_path $work/nginx-uwsgi;
  scgi_temp_path $work/nginx-scgi;
  server {
    listen 127.0.0.1:$nginx ssl backlog=1024;
    ssl_certificate $work/tls.crt;
    ssl_certificate_key $work/tls.key;
    ssl_protocols TLSv1.3;
    ssl_session_cache off;
    ssl_session_tickets off;
    location / {
      proxy_pass http://127.0.0.1:$mirror;
      proxy_http_version 1.1;
      proxy_set_header Upgrade \$http_upgrade;
      proxy_set_header Connection upgrade;
      proxy_buffer_size ${NGINX_BUFFER:-64k};
      proxy_buffers 8 ${NGINX_BUFFER:-64k};
      proxy_busy_buffers_size 128k;
    }
  }
}
CONF
  taskset -c 0 nginx -p "$work" -e "$work/nginx.log" -c "$work/nginx.conf" -g 'daemon off;' &
  local master=$!
  children+=("$master")
  until nginx_pid=$(pgrep -P "$master"); do kill -0 "$master"; sleep 0.1; done
}

start_gateway() {
  mkfifo "$work/gateway.in"
  options=${WSN_JAVA_OPTS:--XX:+UseSerialGC -Xms16m} run 0 "${1:-1g}" ServeGateway $gateway "ws://127.0.0.1:$mirror" \
    <"$work/gateway.in" >"$work/gateway.out" &
  gateway_pid=$!
  children+=("$gateway_pid")
  exec 3>"$work/gateway.in"
  until grep -q ready "$work/gateway.out"; do kill -0 "$gateway_pid"; sleep 0.2; done
  gateway_pid=$(pgrep -P "$gateway_pid" || echo "$gateway_pid") # the Java machine below this shell's copy
  gateway_key=$(awk '/ready/ { print $3 }' "$work/gateway.out")
}

# Starts the program $1 with a heap of $2, on any core, with the arguments that follow; waits until it is ready.
serving() {
  local name=$1
  mkfifo "$work/$name.in"
  java -XX:+UseSerialGC -Xmx"$2" -cp "$wsn:$work/classes" "dev.wsn.load.$name" "${@:3}" \
    <"$work/$name.in" >"$work/$name.out" &
  children+=("$!")
  exec {pipe}>"$work/$name.in"
  until grep -q ready "$work/$name.out"; do kill -0 "$!"; sleep 0.2; done
}

blob() {
  local megabytes=$1 key at name before sent got
  serving ServeFile 256m $mirror "$work/blob"
  serving ServeGateway 64m $gateway "http://127.0.0.1:$mirror"
  local gateway_pid=$!
  key=$(awk '/ready/ { print $3 }' "$work/ServeGateway.out")
  serving ServeProxy 64m $nginx "$work"
  local proxy_pid=$!
  at=http://127.0.0.1:$nginx/$key@127.0.0.1:$gateway/blob
  pattern() { openssl enc -aes-128-ctr -K 00 -iv 00 -in /dev/zero 2>/dev/null | head -c "$((megabytes << 20))" || true; }
  sent=$(pattern | sha256sum)
  before=$SECONDS
  pattern | curl -fsS -X PUT -T - "$at"
  echo "up: $megabytes MB in $((SECONDS - before)) s"
  before=$SECONDS
  got=$(curl -fsS "$at" | sha256sum)
  echo "down: $megabytes MB in $((SECONDS - before)) s"
  [ "$sent" = "$got" ]
  for name in gateway_pid proxy_pid; do
    echo "$name with a heap of 64 MB: $(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/${!name}/status") MB resident at most"
  done
}

connect() {
  local peers=${1:+$(cd "$1" && pwd)} nodes count=${CONNECTIONS:-300} warm=${WARM_CONNECTIONS:-1500}
  build mirror -lcrypto
  "$work/mirror" $mirror &
  children+=("$!")
  for nodes in 50 200; do
    # So many nodes hold 800 MB: with less room this would measure collections that no node of its own has.
    java -XX:+UseSerialGC -Xms6g -Xmx6g -Xmn4g ${WSN_JAVA_OPTS:-} -cp "$wsn:$work/classes" dev.wsn.load.ConnectByKey \
      "$(mktemp -d -p "$work")" $nodes "$count" ws://127.0.0.1:$mirror "$warm"
    [ -z "$peers" ] || NODE_PATH=$peers/node_modules node node/src/bench/js/connect.cjs $nodes "$count" "$warm"
  done
}

start_channels() {
  ulimit -n "$(ulimit -H -n)"
  build mirror -lcrypto
  build talk -Wno-deprecated-declarations -lssl -lcrypto -lsecp256k1
  taskset -c 1 "$work/mirror" $mirror &
  children+=("$!")
  start_nginx
  start_gateway "$@"
}

talk() { taskset -c 1 "$work/talk" "$@"; }

# Talks through the way $2 for the work $1, and puts processor time, count and rate where `report` finds them.
measure() {
  local work_kind=$1 way=$2 port=$mirror pid='' before=0 after=0 said
  case $way in
    tls) port=$nginx pid=$nginx_pid ;;
    wsn) port=$gateway pid=$gateway_pid ;;
  esac
  [ -z "$pid" ] || before=$(cpu "$pid")
  said=$(talk "$work_kind" "$way" "$port" "$gateway_key" "${@:3}")
  [ -z "$pid" ] || after=$(cpu "$pid")
  printf '%s %s %s\n' "$way" $((after - before)) "$said"
}

channel() {
  local seconds=$1 size connections window round
  start_channels
  # Compiles; more than once, because Java compiles again when connections have ended for the first time.
  for size in 256 65536 256; do
    for shape in 64,1 16,16; do
      IFS=, read -r connections window <<<"$shape"
      measure messages wsn $size "$connections" "$window" "${WARM_SECONDS:-4}" >/dev/null
    done
  done
  for size in ${SIZES:-256 1024 65536}; do
    for shape in ${SHAPES:-64,1 16,16}; do
      IFS=, read -r connections window <<<"$shape"
      : >"$work/rounds"
      for round in 1 2; do
        measure messages tls $size "$connections" "$window" "$seconds" >>"$work/rounds"
        measure messages wsn $size "$connections" "$window" "$seconds" >>"$work/rounds"
      done
      compare messages "$size bytes, $connections connections, $window outstanding" "$size"
    done
  done
}

# One line about the rounds of nginx and of the gateway.
compare() {
  awk -v kind="$1" -v what="$2" -v size="${3:-0}" '
    function value(name, at) {
      at = match($0, "\"" name "\":[0-9.]+")
      return at ? substr($0, at + length(name) + 3, RLENGTH - length(name) - 3) + 0 : 0
    }
    { rate[$1] += value("per_s") / 2; cpu[$1] += $2 * 1e4; count[$1] += value(kind) }
    END {
      x = cpu["wsn"] / count["wsn"]; y = cpu["tls"] / count["tls"]
      printf "%s: gateway %.0f/s", what, rate["wsn"]
      if (size) printf " %.0f MB/s", rate["wsn"] * size / 1e6
      printf ", nginx %.0f/s", rate["tls"]
      if (size) printf " %.0f MB/s", rate["tls"] * size / 1e6
      printf ", ratio %.2f; processor %.1f and %.1f us each, ratio %.2f\n", rate["wsn"] / rate["tls"], x, y, y / x
    }' "$work/rounds"
}

latency() {
  local seconds=$1 way
  start_channels
  measure messages wsn 256 16 4 "$seconds" >/dev/null # compiles
  measure messages wsn 256 1 1 "$seconds" >/dev/null
  for way in plain tls wsn plain tls wsn; do measure messages $way 256 1 1 "$seconds"; done
}

handshakes() {
  local seconds=$1 until round
  start_channels
  measure channels wsn 8 "${WARM_SECONDS:-20}" open >/dev/null # compiles
  for until in shake open; do
    : >"$work/rounds"
    for round in 1 2; do
      measure channels tls 8 "$seconds" $until >>"$work/rounds"
      measure channels wsn 8 "$seconds" $until >>"$work/rounds"
    done
    compare channels "$until"
  done
}

heap() {
  local lines
  lines=$(wc -l <"$work/gateway.out")
  echo heap >&3
  until [ "$(wc -l <"$work/gateway.out")" -gt "$lines" ]; do sleep 0.2; done
  tail -n 1 "$work/gateway.out"
}

idle() {
  local count=$1 before after
  start_channels 2g
  measure messages wsn 256 64 1 2 >/dev/null
  sleep 2
  before=$(heap)
  mkfifo "$work/talk.in"
  talk idle wsn $gateway "$gateway_key" "$count" <"$work/talk.in" >"$work/talk.out" &
  children+=("$!")
  exec 4>"$work/talk.in"
  until grep -q ready "$work/talk.out"; do kill -0 "$!"; sleep 0.2; done
  sleep 2
  after=$(heap)
  printf 'before: %s\nwith %s channels: %s\n' "$before" "$count" "$after"
  awk -v before="$before" -v after="$after" -v count="$count" 'BEGIN {
    split(before, b, " "); split(after, a, " ")
    printf "%.1f KB of heap for each of %d channels\n", (a[2] - b[2]) / count / 1024, a[4] - b[4] }'
  exec 4>&-
}
