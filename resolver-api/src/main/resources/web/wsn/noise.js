// Noise NK and IK over secp256k1 with x-only keys, AES-256-GCM and SHA-256; and the transport.
import { gcm } from '@noble/ciphers/aes.js'
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import { expand, extract } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concat, utf8 } from './bytes.js'

export const PROTOCOL = 'wsn.v1'
export const MESSAGES_PER_KEY = 65536
const TAG_BYTES = 16
const KEY_BYTES = 32
const NOTHING = new Uint8Array(0)
const EVEN = Uint8Array.of(2)
const PATTERNS = { NK: 1, IK: 2 }

/** The other side does not hold the key, or somebody changed what it sent. */
export class ChannelError extends Error {
  constructor(message) {
    super(message)
    this.name = 'ChannelError'
  }
}

/** x coordinate of `secret · lift_x(pubkey)`, not hashed; throws if the key is not on the curve. */
export function ecdh(secret, pubkey) {
  return secp256k1.getSharedSecret(secret, concat(EVEN, pubkey), true).slice(1)
}

function hkdf(chainingKey, input) {
  const both = expand(sha256, extract(sha256, input, chainingKey), NOTHING, 64)
  return [both.slice(0, 32), both.slice(32)]
}

function nonceOf(high, low) {
  const nonce = new Uint8Array(12)
  const view = new DataView(nonce.buffer)
  view.setUint32(4, high)
  view.setUint32(8, low)
  return nonce
}

/** One direction. Counters stay far below 2^53: at a million messages a second for 285 years. */
class Cipher {
  #key
  #count = 0

  constructor(key) {
    this.#key = key
  }

  encrypt(plaintext, associated) {
    const sealed = gcm(this.#key, this.#nonce(), associated).encrypt(plaintext)
    this.#next()
    return sealed
  }

  decrypt(sealed, associated) {
    if (sealed.length < TAG_BYTES) throw new ChannelError('a message is too short')
    let plaintext
    try {
      plaintext = gcm(this.#key, this.#nonce(), associated).decrypt(sealed)
    } catch {
      throw new ChannelError('a message is not the next one of the other side')
    }
    this.#next()
    return plaintext
  }

  #nonce() {
    return nonceOf(Math.floor(this.#count / 2 ** 32), this.#count % 2 ** 32)
  }

  #next() {
    this.#count++
    if (this.#count % MESSAGES_PER_KEY === 0) {
      const last = nonceOf(0xffffffff, 0xffffffff)
      this.#key = gcm(this.#key, last).encrypt(new Uint8Array(32)).slice(0, 32)
    }
  }
}

class Symmetric {
  #chainingKey
  #key
  #count = 0
  hash

  constructor(name, prologue) {
    const bytes = utf8.encode(name)
    this.hash = bytes.length <= 32 ? concat(bytes, new Uint8Array(32 - bytes.length)) : sha256(bytes)
    this.#chainingKey = this.hash
    this.mixHash(prologue)
  }

  mixHash(data) {
    this.hash = sha256(concat(this.hash, data))
  }

  mixKey(input) {
    ;[this.#chainingKey, this.#key] = hkdf(this.#chainingKey, input)
    this.#count = 0
  }

  encrypt(plaintext) {
    const sealed = gcm(this.#key, nonceOf(0, this.#count++), this.hash).encrypt(plaintext)
    this.mixHash(sealed)
    return sealed
  }

  decrypt(sealed) {
    let plaintext
    try {
      plaintext = gcm(this.#key, nonceOf(0, this.#count++), this.hash).decrypt(sealed)
    } catch {
      throw new ChannelError('the other side does not hold the key')
    }
    this.mixHash(sealed)
    return plaintext
  }

  split() {
    return hkdf(this.#chainingKey, NOTHING).map(key => new Cipher(key))
  }
}

/**
 * The client's side of the handshake: send `hello()`, give the answer to `finish()`. When that
 * returns, the other side is the holder of the key.
 */
export class ClientHandshake {
  #pattern
  #gateway
  #self
  #ephemeral
  #state

  /** @param ephemeral only for test vectors */
  constructor({ gateway, secretKey, ephemeral }) {
    this.#pattern = secretKey ? 'IK' : 'NK'
    this.#gateway = gateway
    this.#self = secretKey
    this.#ephemeral = ephemeral ?? secp256k1.utils.randomSecretKey()
    const prologue = concat(
      utf8.encode(PROTOCOL),
      Uint8Array.of(PATTERNS[this.#pattern]),
      utf8.encode('initiator=client responder=gateway'),
    )
    this.#state = new Symmetric(`Noise_${this.#pattern}_secp256k1_AESGCM_SHA256`, prologue)
    this.#state.mixHash(gateway)
  }

  hello() {
    const state = this.#state
    const e = schnorr.getPublicKey(this.#ephemeral)
    const parts = [Uint8Array.of(PATTERNS[this.#pattern]), e]
    state.mixHash(e)
    state.mixKey(this.#dh(this.#ephemeral, this.#gateway))
    if (this.#self) {
      parts.push(state.encrypt(schnorr.getPublicKey(this.#self)))
      state.mixKey(this.#dh(this.#self, this.#gateway))
    }
    return concat(...parts, state.encrypt(NOTHING))
  }

  finish(message) {
    if (message.length !== KEY_BYTES + TAG_BYTES) {
      throw new ChannelError('the answer to the handshake has a wrong length')
    }
    const state = this.#state
    const e = message.slice(0, KEY_BYTES)
    state.mixHash(e)
    state.mixKey(this.#dh(this.#ephemeral, e))
    if (this.#self) state.mixKey(this.#dh(this.#self, e))
    state.decrypt(message.slice(KEY_BYTES))
    const [send, receive] = state.split()
    return { send, receive, binding: state.hash }
  }

  #dh(secret, pubkey) {
    try {
      return ecdh(secret, pubkey)
    } catch {
      throw new ChannelError('a key is not on the curve')
    }
  }
}
