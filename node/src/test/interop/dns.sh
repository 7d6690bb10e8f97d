#!/usr/bin/env bash
# Asks a node's DNS server with dig and kdig: dns.sh IP PORT NPUB SUFFIX, for a key at 203.0.113.7:4848.
set -euo pipefail
ip=$1 port=$2 npub=$3 suffix=$4

expect() {
  local what=$1 wanted=$2 got=$3
  if ! grep -qE "$wanted" <<<"$got"; then
    printf 'failed: %s: no %s in\n%s\n' "$what" "$wanted" "$got" >&2
    exit 1
  fi
}

for tool in dig kdig; do
  ask() { "$tool" "@$ip" -p "$port" "$@"; }
  expect "$tool A" '^203\.0\.113\.7$' "$(ask +short "$npub" A)"
  expect "$tool A over TCP" '^203\.0\.113\.7$' "$(ask +tcp +short "$npub" A)"
  expect "$tool below the suffix" '^203\.0\.113\.7$' "$(ask +short "$npub.$suffix" A)"
  expect "$tool SVCB" 'port="?4848"? ipv4hint=203\.0\.113\.7' "$(ask +short "$npub" TYPE64)$(ask +short "$npub" SVCB)"
  expect "$tool TXT" 'id=[0-9a-f]{64}' "$(ask +short "$npub" TXT)"
  expect "$tool no data" 'NOERROR' "$(ask "$npub" AAAA)"
  expect "$tool no recursion" 'REFUSED' "$(ask example.com A)"
  expect "$tool unknown name" 'NXDOMAIN' "$(ask "nobody.$suffix" A)"
done
printf 'ok: dig and kdig agree\n'
