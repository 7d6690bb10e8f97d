// IP literals, onion names, endpoints and wsn URIs, by the one spelling that PROTOCOL.md allows.
import { sha3_256 } from '@noble/hashes/sha3.js'
import { concat, npubOf, parseKey, utf8 } from './bytes.js'

const MAX_URI_CHARACTERS = 2048
const PROTOCOLS = ['wsn', 'ws', 'wss', 'http', 'https']
const DEFAULT_PORTS = { ws: 80, http: 80, wss: 443, https: 443 }
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** The number that these digits are in exactly one spelling, or -1. */
export function decimal(text) {
  return /^(0|[1-9][0-9]{0,17})$/.test(text) ? Number(text) : -1
}

function parsePort(text) {
  const port = decimal(text)
  return port >= 1 && port <= 65535 ? port : -1
}

function parseIpv4(text) {
  const parts = text.split('.').map(decimal)
  const isAddress = parts.length === 4 && parts.every(part => part >= 0 && part <= 255)
  return isAddress ? parts : undefined
}

function parseGroups(text) {
  if (text === '') return []
  const parts = text.split(':')
  const bytes = []
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1 && part.includes('.')) {
      const ipv4 = parseIpv4(part)
      if (!ipv4) return undefined
      bytes.push(...ipv4)
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      const value = parseInt(part, 16)
      bytes.push(value >> 8, value & 0xff)
    } else {
      return undefined
    }
  }
  return bytes
}

function parseIpv6(text) {
  const gap = text.indexOf('::')
  if (gap < 0) {
    const bytes = parseGroups(text)
    return bytes?.length === 16 ? bytes : undefined
  }
  const head = text.slice(0, gap)
  const before = head.includes('.') ? undefined : parseGroups(head)
  const after = parseGroups(text.slice(gap + 2))
  if (!before || !after || before.length + after.length > 14) return undefined
  return [...before, ...new Array(16 - before.length - after.length).fill(0), ...after]
}

/** 4 or 16 bytes, or undefined. */
export function parseIp(text) {
  if (text.length > 45) return undefined
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

/** Dotted quad, or the recommended form of RFC 5952. */
export function formatIp(bytes) {
  if (bytes.length === 4) return bytes.join('.')
  const groups = []
  for (let i = 0; i < 16; i += 2) groups.push((bytes[i] << 8) | bytes[i + 1])
  if (groups[5] === 0xffff && groups.slice(0, 5).every(group => group === 0)) {
    return `::ffff:${bytes.slice(12).join('.')}`
  }
  let start = -1
  let length = 1
  for (let i = 0; i < 8; i++) {
    let end = i
    while (end < 8 && groups[end] === 0) end++
    if (end - i > length) [start, length] = [i, end - i]
  }
  const text = groups.map(group => group.toString(16))
  if (start < 0) return text.join(':')
  return `${text.slice(0, start).join(':')}::${text.slice(start + length).join(':')}`
}

const ipv4Ranges = [
  ['0.0.0.0', 8, 'unusable'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'private'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'private'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'unusable'],
  ['192.88.99.0', 24, 'unusable'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'private'],
  ['224.0.0.0', 4, 'unusable'],
  ['240.0.0.0', 4, 'unusable'],
]
// The first match wins. A number in place of the scope is where an IPv4 address is embedded.
const ipv6Ranges = [
  ['::1', 128, 'loopback'],
  ['::ffff:0:0', 96, 12],
  ['::', 96, 'unusable'],
  ['64:ff9b::', 96, 12],
  ['64:ff9b:1::', 48, 'private'],
  ['200::', 7, 'private'],
  ['2001::', 32, 12],
  ['2001:2::', 48, 'private'],
  ['2001::', 23, 'unusable'],
  ['2002::', 16, 2],
  ['fc00::', 7, 'private'],
  ['fe80::', 10, 'private'],
  ['fec0::', 10, 'private'],
]

function compile(ranges) {
  return ranges.map(([prefix, bits, scope]) => ({ prefix: parseIp(prefix), bits, scope }))
}

const RANGES = { 4: compile(ipv4Ranges), 16: compile(ipv6Ranges) }

function contains({ prefix, bits }, bytes) {
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff
    if (((bytes[bit >> 3] ^ prefix[bit >> 3]) & mask) !== 0) return false
  }
  return true
}

/** `public`, `loopback`, `private` or `unusable`, by the registries of RFC 6890. */
export function scopeOf(bytes) {
  const range = RANGES[bytes.length].find(each => contains(each, bytes))
  if (!range) return bytes.length === 4 || (bytes[0] & 0xe0) === 0x20 ? 'public' : 'unusable'
  if (typeof range.scope === 'string') return range.scope
  const embedded = bytes.slice(range.scope, range.scope + 4)
  // Teredo keeps the address of the client with all bits inverted.
  return scopeOf(range.bits === 32 ? embedded.map(byte => byte ^ 0xff) : embedded)
}

/** The 32 bytes of a version 3 onion name, or undefined. */
export function parseOnion(name) {
  const lower = name.toLowerCase()
  if (!/^[a-z2-7]{56}\.onion$/.test(lower)) return undefined
  const bytes = []
  let bits = 0
  let count = 0
  for (const character of lower.slice(0, 56)) {
    bits = ((bits << 5) | BASE32.indexOf(character)) & 0xfff
    count += 5
    if (count >= 8) {
      count -= 8
      bytes.push((bits >> count) & 0xff)
    }
  }
  const key = Uint8Array.from(bytes.slice(0, 32))
  const checksum = sha3_256(concat(utf8.encode('.onion checksum'), key, Uint8Array.of(3)))
  const isValid = bytes[32] === checksum[0] && bytes[33] === checksum[1] && bytes[34] === 3
  return isValid ? key : undefined
}

/** An IPv4 address that is written as an IPv6 one is the IPv4 one. */
function unmapped(bytes) {
  const isMapped = bytes?.length === 16 && bytes.every((byte, i) => i > 11 || byte === (i < 10 ? 0 : 0xff))
  return isMapped ? bytes.slice(12) : bytes
}

function endpoint(host, port, protocol) {
  if (host.toLowerCase().endsWith('.onion')) {
    if (!parseOnion(host)) throw new TypeError('not a version 3 onion name')
    return { network: 'tor', host: host.toLowerCase(), port, protocol, scope: 'public' }
  }
  const hasBrackets = host.startsWith('[') && host.endsWith(']')
  const bytes = unmapped(parseIp(hasBrackets ? host.slice(1, -1) : host))
  if (!bytes || hasBrackets !== host.includes(':')) {
    throw new TypeError('an endpoint has an IP address, not a name')
  }
  const canonical = formatIp(bytes)
  return { network: 'clearnet', host: canonical, port, protocol, scope: scopeOf(bytes) }
}

/** Reads `host:port`; throws a TypeError. */
export function parseEndpoint(text, protocol = 'wsn') {
  if (!PROTOCOLS.includes(protocol)) throw new TypeError('unknown protocol of an endpoint')
  const colon = text.endsWith(']') ? -1 : text.lastIndexOf(':')
  const port = colon < 0 ? -1 : parsePort(text.slice(colon + 1))
  if (port < 0) throw new TypeError('an endpoint is host:port, IPv6 in brackets')
  return endpoint(text.slice(0, colon), port, protocol)
}

/** Reads an endpoint tag of a record, both dialects; throws a TypeError. */
export function parseTag(tag) {
  if (tag.length < 2) throw new TypeError('an endpoint tag has an address')
  const parsed = tag.length === 2 ? parseUrl(tag[1]) : parseEndpoint(tag[1], tag[2])
  if (parsed.network !== tag[0]) throw new TypeError('an address of another network')
  return parsed
}

function parseUrl(url) {
  const [, protocol, rest] = /^([a-z]+):\/\/([^/]*)\/?$/.exec(url) ?? []
  if (!protocol || !(protocol in DEFAULT_PORTS)) throw new TypeError('not a URL of an endpoint')
  const hasPort = rest.lastIndexOf(':') > rest.lastIndexOf(']')
  return hasPort ? parseEndpoint(rest, protocol) : endpoint(rest, DEFAULT_PORTS[protocol], protocol)
}

/** `host:port`, IPv6 in brackets. */
export function authorityOf({ host, port }) {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Reads `wsn://key[@host:port][/path]`; throws a TypeError. */
export function parseUri(text) {
  if (text.length > MAX_URI_CHARACTERS) throw new TypeError('a wsn URI has at most 2048 characters')
  const [, authority, rest] = /^wsn:\/\/([^/?#]*)([^#]*)$/i.exec(text) ?? []
  if (authority === undefined) throw new TypeError('write wsn://npub1… without a fragment')
  if (!/^([-A-Za-z0-9/?:@!$&'()*+,;=._~]|%[0-9A-Fa-f]{2})*$/.test(rest)) {
    throw new TypeError('a character in the path of the URI must be percent-encoded')
  }
  const at = authority.indexOf('@')
  const key = at < 0 ? authority : authority.slice(0, at)
  if (/[.:]/.test(key) || /^nprofile/i.test(key)) throw new TypeError('a wsn URI starts with a key')
  const pubkey = parseKey(key)
  const hint = at < 0 ? undefined : parseEndpoint(authority.slice(at + 1))
  const path = rest === '/' ? '' : rest.startsWith('?') ? `/${rest}` : rest
  const where = hint ? `@${authorityOf(hint)}` : ''
  return { pubkey, hint, path, canonical: `wsn://${npubOf(pubkey)}${where}${path}` }
}

/** What a client signs as the URL of a relay (NIP-42, NIP-98): the key without an address. */
export function relayUrl(text) {
  return `wsn://${npubOf(/^wsn:/i.test(text) ? parseUri(text).pubkey : parseKey(text))}`
}
