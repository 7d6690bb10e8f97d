// Bytes to text and back, and keys as people type them (NIP-19).
import { bech32 } from '@scure/base'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'

const MAX_KEY_CHARACTERS = 5000
const KEY_BYTES = 32

export { bytesToHex, hexToBytes }

export const utf8 = new TextEncoder()

export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export function npubOf(hex) {
  return bech32.encode('npub', bech32.toWords(hexToBytes(hex)))
}

/** The hex of an npub, an nprofile or 64 hexadecimal digits; throws a TypeError for anything else. */
export function parseKey(text) {
  const key = String(text).trim().replace(/^nostr:/i, '')
  if (/^[0-9a-f]{64}$/i.test(key)) return key.toLowerCase()
  if (/^nsec1/i.test(key)) throw new TypeError('this is a secret key: never give it to anybody')
  if (key.length > MAX_KEY_CHARACTERS) throw new TypeError('this is no key: it is too long')
  const { prefix, bytes } = decode(key)
  if (prefix === 'npub' && bytes.length === KEY_BYTES) return bytesToHex(bytes)
  if (prefix === 'nprofile') return profileKey(bytes)
  throw new TypeError('a key is an npub, an nprofile or 64 hexadecimal digits')
}

function decode(text) {
  try {
    return bech32.decodeToBytes(text)
  } catch {
    throw new TypeError('this is no key: write npub1… or 64 hexadecimal digits')
  }
}

function profileKey(bytes) {
  for (let at = 0; at + 2 <= bytes.length; at += 2 + bytes[at + 1]) {
    const value = bytes.subarray(at + 2, at + 2 + bytes[at + 1])
    if (bytes[at] === 0 && value.length === KEY_BYTES) return bytesToHex(value)
  }
  throw new TypeError('this nprofile has no key')
}
