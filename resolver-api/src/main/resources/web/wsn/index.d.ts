/** A Nostr event of kind 11111. */
export interface AddressEvent {
  id: string
  pubkey: string
  created_at: number
  kind: number
  tags: string[][]
  content: string
  sig: string
}

/** Where a key can be reached. */
export interface Endpoint {
  network: 'clearnet' | 'tor'
  /** An IP address in its canonical form, or an onion name. */
  host: string
  port: number
  protocol: 'wsn' | 'ws' | 'wss' | 'http' | 'https'
}

/** A record whose signature and rules were checked. */
export interface AddressRecord {
  pubkey: string
  npub: string
  /** Unix seconds. */
  createdAt: number
  /** Unix seconds. */
  expiresAt: number
  /** In the owner's order of preference; none in a withdrawal. */
  endpoints: Endpoint[]
  isWithdrawal: boolean
  event: AddressEvent
}

/** What `resolve` found. */
export type Resolution =
  | (AddressRecord & { status: 'found' | 'withdrawn'; resolver: string })
  | { status: 'not_found'; pubkey: string; npub: string; endpoints: [] }

/**
 * Remembers the newest event of each key, so that an older one never wins again. Without one of your
 * own, pages remember in their `localStorage`, and anything else until the program ends.
 */
export class RecordMemory {
  /**
   * @param options.storage `localStorage`, or `fileStorage(path)` of `wsn-client/node`; without one
   *     the memory ends with the page or program
   * @param options.maxKeys 1,024 unless given
   */
  constructor(options?: { storage?: Pick<Storage, 'getItem' | 'setItem'>; maxKeys?: number })
  /** The newest event of a key that was seen. */
  newest(pubkey: string, now?: number): AddressEvent | undefined
  /** Remembers a verified event; false if a newer one is known. */
  admit(event: AddressEvent, now?: number): boolean
}

export interface ResolveOptions {
  /** Roots of resolvers, `https://…` or `http://127.0.0.1:4880`; at most 8, all are asked at once. */
  resolvers?: (string | URL)[]
  /** `fast` (default): the first verified answer; `quorum`: all resolvers, each asks all nodes. */
  policy?: 'fast' | 'quorum'
  /** What was seen before; a page's own is in `localStorage`, any other ends with the program. */
  memory?: RecordMemory
  /** Whether private addresses are acceptable; by default for resolvers on private addresses. */
  isLocal?: boolean
  signal?: AbortSignal
  /** Milliseconds, 10,000 unless given. */
  timeout?: number
  fetch?: typeof fetch
}

/** Where a key is now: npub, nprofile or hex. Rejects with ResolveError. */
export function resolve(key: string, options: ResolveOptions): Promise<Resolution>

/** Applies every rule of a record; throws RecordRefused. */
export function verifyRecord(event: unknown, options?: { now?: number; isLocal?: boolean }): AddressRecord

/** The hex of a key as people type it; throws a TypeError. */
export function parseKey(text: string): string

export function npubOf(hex: string): string

/** Reads `wsn://key[@host:port][/path]`; throws a TypeError. */
export function parseUri(text: string): { pubkey: string; hint?: Endpoint; path: string; canonical: string }

/** `wsn://<npub>`: what a client signs as the URL of a relay (NIP-42, NIP-98). */
export function relayUrl(keyOrUri: string): string

export interface WsnSocketOptions extends Pick<ResolveOptions, 'resolvers' | 'memory' | 'isLocal' | 'fetch'> {
  /** 32 bytes; the gateway learns the public key. Without one the client stays anonymous. */
  secretKey?: Uint8Array
  /** Longest message that is accepted, 16 MiB unless given. */
  maxMessageBytes?: number
  /** Milliseconds for one endpoint, 8,000 unless given. */
  endpointTimeout?: number
}

/** `fetch` for `wsn://` URLs; any other URL goes to the ordinary one. Redirects are not followed. */
export interface WsnFetch {
  /** Rejects with ConnectError, RefusedError, a TypeError, or the reason of an aborted signal. */
  (url: string | URL, init?: Pick<RequestInit, 'method' | 'headers' | 'body' | 'signal'>): Promise<Response>
  /** The same function with these options. */
  with(options: WsnFetchOptions): WsnFetch
}

export interface WsnFetchOptions
  extends Pick<WsnSocketOptions, 'resolvers' | 'memory' | 'isLocal' | 'fetch' | 'secretKey' | 'endpointTimeout'> {
  /** Which backend of the gateway, `nostr` or `blossom`; it chooses by the request unless given. */
  service?: string
  /** Received bytes that may wait for the reader of an answer, 256 MiB unless given; then it is ended. */
  maxWaitingBytes?: number
}

export const wsnFetch: WsnFetch

/** A WebSocket for `wsn://` URLs; any other URL opens the ordinary one. */
export class WsnSocket extends EventTarget implements WebSocket {
  static readonly CONNECTING: 0
  static readonly OPEN: 1
  static readonly CLOSING: 2
  static readonly CLOSED: 3
  static options: WsnSocketOptions
  /** The same class with these options. */
  static with(options: WsnSocketOptions): typeof WsnSocket
  constructor(url: string | URL, protocols?: string | string[])
  readonly CONNECTING: 0
  readonly OPEN: 1
  readonly CLOSING: 2
  readonly CLOSED: 3
  readonly url: string
  readonly protocol: string
  readonly extensions: string
  readonly readyState: number
  readonly bufferedAmount: number
  binaryType: BinaryType
  onopen: ((event: Event) => unknown) | null
  onmessage: ((event: MessageEvent) => unknown) | null
  onerror: ((event: Event) => unknown) | null
  onclose: ((event: CloseEvent) => unknown) | null
  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void
  close(code?: number, reason?: string): void
}

/** An event that is no acceptable record; `reason` is a name of the protocol. */
export class RecordRefused extends Error {
  reason: string
}

/** No resolver could be asked or believed. */
export class ResolveError extends Error {
  problems: { resolver: string; message: string }[]
}

/** A key could not be reached. */
export class ConnectError extends Error {
  tried: { at: string; reason: string }[]
}

/** The holder of the key said no. */
export class RefusedError extends Error {
  status: number
}
