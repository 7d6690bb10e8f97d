#!/usr/bin/env bash
# Asks a node's DNS server with dig and kdig, and the DNS over HTTPS of another with dig:
# dns.sh IP PORT HTTPS-PORT CERTIFICATE NPUB OTHER SUFFIX, for a key at 203.0.113.7:4848, and another with wsn at
# [2001:db9::1]:4841 to [2001:db9::7]:4847 and https://[2001:db9::8]:443.
set -euo pipefail
ip=$1 port=$2 https=$3 certificate=$4 npub=$5 other=$6 suffix=$7

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
  expect "$tool AAAA" '^2001:db9::1$' "$(ask +short "$other" AAAA)"
  expect "$tool HTTPS" '^1 \. port="?443"? ipv6hint=2001:db9::8$' "$(ask +short "$other" HTTPS)"
  expect "$tool seven SVCB" '^7$' "$(ask +short "$other" SVCB | wc -l)"
  expect "$tool EDNS" '1232' "$(ask +bufsize=4096 "$npub" A)"
  expect "$tool no data" 'NOERROR' "$(ask "$npub" AAAA)"
  expect "$tool no recursion" 'REFUSED' "$(ask example.com A)"
  expect "$tool unknown name" 'NXDOMAIN' "$(ask "nobody.$suffix" A)"
done
# dig speaks HTTP/2, which a resolver offers with TLS.
for method in +https +https-get; do
  ask() { dig "@$ip" -p "$https" "$method=/dns-query" "+tls-ca=$certificate" +tls-hostname=localhost "$@"; }
  expect "$method A" '^203\.0\.113\.7$' "$(ask +short "$npub" A)"
  expect "$method SVCB" 'port=4847' "$(ask +short "$other" SVCB)"
  expect "$method unknown name" 'NXDOMAIN' "$(ask "nobody.$suffix" A)"
done
printf 'ok: dig and kdig agree\n'
