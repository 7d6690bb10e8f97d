// The address record: the rules of PROTOCOL.md, and the memory of the newest version of each key.
import { schnorr } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { authorityOf, decimal, parseEndpoint, parseIp, parseOnion, parseTag } from './address.js'
import { bytesToHex, hexToBytes, npubOf, utf8 } from './bytes.js'

export const KIND = 11111
const MAX_LIFETIME = 24 * 60 * 60
const MAX_AHEAD = 60
const MAX_COMPACT_BYTES = 512
const MAX_ENDPOINTS = 8
// One each in the compact form.
const WORDS = new Set(
  'clearnet,tor,wsn,ws,wss,http,https,expiration,alt,network addresses of this key,nonce,n,i2p,client'.split(','),
)
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/
const ESCAPES = { '\n': '\\n', '"': '\\"', '\\': '\\\\', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f' }

/** An event that is no acceptable record; `reason` is one of the names in PROTOCOL.md. */
export class RecordRefused extends Error {
  constructor(reason, detail) {
    super(detail)
    this.name = 'RecordRefused'
    this.reason = reason
  }
}

function demand(condition, reason, detail) {
  if (!condition) throw new RecordRefused(reason, detail)
}

function quoted(text) {
  return `"${text.replace(/[\n"\\\r\t\b\f]/g, c => ESCAPES[c])}"`
}

/** The bytes whose hash is the id of an event (NIP-01). */
export function canonicalBytes({ pubkey, created_at, kind, tags, content }) {
  const list = tags.map(tag => `[${tag.map(quoted).join(',')}]`).join(',')
  return utf8.encode(`[0,${quoted(pubkey)},${created_at},${kind},[${list}],${quoted(content)}]`)
}

function numberLength(number) {
  let length = 1
  for (let rest = number; rest > 0x7f; rest = Math.floor(rest / 128)) length++
  return length
}

function textLength(text, createdAt) {
  if (WORDS.has(text)) return 1
  const number = decimal(text)
  if (number >= createdAt) return 1 + numberLength(number - createdAt)
  const address = addressLength(text)
  if (address > 0) return address
  const length = utf8.encode(text).length
  return (length > 0x7f ? 1 : 0) + numberLength(length) + length
}

function addressLength(text) {
  try {
    const endpoint = parseEndpoint(text)
    const bytes = endpoint.network === 'tor' ? parseOnion(endpoint.host) : parseIp(endpoint.host)
    return authorityOf(endpoint) === text ? 1 + bytes.length + 2 : 0
  } catch {
    return 0
  }
}

function compactLength({ created_at, tags }) {
  let length = 1 + 32 + 64 + numberLength(created_at) + numberLength(tags.length)
  for (const tag of tags) {
    length += numberLength(tag.length)
    for (const text of tag) length += textLength(text, created_at)
  }
  return length
}

function checkForm(event) {
  const isHex = (text, length) => typeof text === 'string' && text.length === length && /^[0-9a-f]+$/.test(text)
  const isEvent =
    event !== null && typeof event === 'object' &&
    isHex(event.id, 64) && isHex(event.pubkey, 64) && isHex(event.sig, 128) &&
    Number.isSafeInteger(event.created_at) && Number.isSafeInteger(event.kind) &&
    typeof event.content === 'string' && Array.isArray(event.tags) &&
    event.tags.every(tag => Array.isArray(tag) && tag.every(text => typeof text === 'string'))
  demand(isEvent, 'MALFORMED', 'this is no event of NIP-01')
  demand(event.kind === KIND, 'WRONG_KIND', 'an address record is an event of kind 11111')
  demand(event.content === '', 'CONTENT_NOT_EMPTY', 'the content of an address record is empty')
  demand(event.created_at >= 0, 'MALFORMED', 'created_at is before 1970')
  const texts = event.tags.flat()
  demand(
    texts.length <= MAX_COMPACT_BYTES && texts.every(text => text.length <= MAX_COMPACT_BYTES),
    'TOO_LARGE', 'the record is too large',
  )
  demand(
    texts.every(text => !CONTROL.test(text) && !hasLoneSurrogate(text)),
    'FORBIDDEN_CHARACTER', 'a tag has a control character or half a character',
  )
  demand(compactLength(event) <= MAX_COMPACT_BYTES, 'TOO_LARGE', 'the compact form is over 512 bytes')
}

function hasLoneSurrogate(text) {
  for (const character of text) {
    const code = character.codePointAt(0)
    if (code >= 0xd800 && code <= 0xdfff) return true
  }
  return false
}

function expirationOf({ tags }) {
  const found = tags.filter(tag => tag[0] === 'expiration')
  const seconds = found.length === 1 ? decimal(found[0][1] ?? '') : -1
  demand(seconds >= 0, 'NO_EXPIRATION', 'a record has one expiration, in unix seconds')
  return seconds
}

function endpointsOf({ tags }, isLocal) {
  const found = tags.filter(tag => tag[0] === 'clearnet' || tag[0] === 'tor')
  const endpoints = []
  for (const tag of found) {
    demand(endpoints.length < MAX_ENDPOINTS, 'TOO_MANY_ENDPOINTS', 'a record has at most 8 endpoints')
    let endpoint
    try {
      endpoint = parseTag(tag)
    } catch (malformed) {
      throw new RecordRefused('BAD_ENDPOINT', malformed.message)
    }
    demand(endpoint.scope !== 'unusable', 'UNUSABLE_ADDRESS', 'nobody can connect to this address')
    demand(endpoint.scope === 'public' || isLocal, 'PRIVATE_ADDRESS', 'the address is not public')
    endpoints.push(endpoint)
  }
  return endpoints
}

/**
 * Applies every rule of a record, the signature last; throws RecordRefused.
 *
 * @param now unix seconds
 * @param isLocal whether loopback and private addresses are acceptable
 */
export function verifyRecord(event, { now = Math.floor(Date.now() / 1000), isLocal = false } = {}) {
  checkForm(event)
  const expiresAt = expirationOf(event)
  const lifetime = expiresAt - event.created_at
  demand(lifetime > 0 && lifetime <= MAX_LIFETIME, 'LIFETIME_TOO_LONG', 'a record lives 1 s to 24 h')
  const endpoints = endpointsOf(event, isLocal)
  demand(event.created_at - now <= MAX_AHEAD, 'FROM_THE_FUTURE', 'created_at is ahead of the clock')
  demand(expiresAt > now, 'EXPIRED', 'the record has expired')
  const id = sha256(canonicalBytes(event))
  demand(bytesToHex(id) === event.id, 'BAD_ID', 'the id is not the hash of the event')
  demand(isSigned(event, id), 'BAD_SIGNATURE', 'the signature is not one of this key')
  return {
    pubkey: event.pubkey,
    npub: npubOf(event.pubkey),
    createdAt: event.created_at,
    expiresAt,
    endpoints: endpoints.map(({ scope: _, ...endpoint }) => endpoint),
    isWithdrawal: endpoints.length === 0,
    event,
  }
}

function isSigned({ sig, pubkey }, id) {
  try {
    return schnorr.verify(hexToBytes(sig), id, hexToBytes(pubkey))
  } catch {
    return false
  }
}

/** Whether one version of a record beats the other: later, or of the same time with a lower id. */
export function supersedes(one, other) {
  if (one.created_at !== other.created_at) return one.created_at > other.created_at
  return one.id < other.id
}

const STORED_AS = 'wsn.records'

/**
 * Remembers the newest event of each key until every older one must have expired, so that no
 * resolver can serve an old address again. Bounded. With a Storage it outlives the page or the
 * program, and several of them that share one learn from each other.
 */
export class RecordMemory {
  #events = new Map()
  #storage
  #maxKeys
  #text = null

  constructor({ storage, maxKeys = 1024 } = {}) {
    this.#storage = storage
    this.#maxKeys = maxKeys
  }

  /** The newest event of a key that was seen, alive or not. */
  newest(pubkey, now = Math.floor(Date.now() / 1000)) {
    this.#read()
    const event = this.#events.get(pubkey)
    if (event && now - event.created_at >= MAX_LIFETIME + MAX_AHEAD) this.#events.delete(pubkey)
    return this.#events.get(pubkey)
  }

  /** Remembers a verified event; false if a newer one is known. */
  admit(event, now) {
    const known = this.newest(event.pubkey, now)
    if (known?.id === event.id) return true
    if (known && supersedes(known, event)) return false
    this.#keep(event)
    this.#write()
    return true
  }

  #keep(event) {
    this.#events.delete(event.pubkey)
    this.#events.set(event.pubkey, event)
    if (this.#events.size > this.#maxKeys) this.#events.delete(this.#oldest())
  }

  #oldest() {
    let oldest
    for (const event of this.#events.values()) {
      if (!oldest || event.created_at < oldest.created_at) oldest = event
    }
    return oldest.pubkey
  }

  /** Takes what another page or program wrote since, or what was there at the start. */
  #read() {
    let saved
    try {
      const text = this.#storage?.getItem(STORED_AS) ?? null
      if (text === this.#text) return
      this.#text = text
      saved = JSON.parse(text ?? '[]')
    } catch {
      return
    }
    for (const event of Array.isArray(saved) ? saved.slice(-this.#maxKeys) : []) this.#take(event)
  }

  #take(event) {
    try {
      const known = this.#events.get(event.pubkey)
      if (known && !supersedes(event, known)) return
      // What others may have written into the storage is checked like what came from a network.
      const now = Math.min(Math.floor(Date.now() / 1000), event.created_at)
      verifyRecord(event, { now, isLocal: true })
      this.#keep(event)
    } catch {
      // One that does not hold says nothing about the others.
    }
  }

  #write() {
    try {
      const text = JSON.stringify([...this.#events.values()])
      this.#storage?.setItem(STORED_AS, text)
      this.#text = text
    } catch {
      // A full storage costs the memory across pages, not the page.
    }
  }
}

/** A page remembers in the localStorage of its site, unless the browser denies it. */
function pageStorage() {
  try {
    return typeof document === 'object' ? localStorage : undefined
  } catch {
    return undefined
  }
}

/** What is used when no memory is given. */
export const defaultMemory = new RecordMemory({ storage: pageStorage() })
