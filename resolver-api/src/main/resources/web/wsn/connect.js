// From a key to an open channel: the hint at once, the endpoints of the record as they are known.
import { authorityOf } from './address.js'
import { Channel, RefusedError } from './channel.js'
import { defaultMemory, verifyRecord } from './record.js'
import { resolve } from './resolve.js'

const STAGGER_MILLIS = 250
/** A resolver answers sooner, unless it is in trouble. */
const PATIENCE_MILLIS = 1_000
const ENDPOINT_MILLIS = 8_000

const UNFOUND = {
  not_found: 'the network has no live record of the key',
  withdrawn: 'the owner of the key says that it is nowhere now',
}

/** The key could not be reached; `tried` says what was tried, and why it failed. */
export class ConnectError extends Error {
  constructor(message, tried) {
    super(`${message}${tried.map(({ at, reason }) => `; ${at}: ${reason}`).join('')}`)
    this.name = 'ConnectError'
    this.tried = tried
  }
}

/** Opens a channel to a key; rejects with ConnectError or RefusedError. */
export function connect(uri, request, options) {
  return new Race(uri, request, options).run()
}

/** Attempts that start one after the other without waiting long; the first to succeed wins. */
class Race {
  #uri
  #request
  #options
  #waiting = []
  #seen = new Set()
  #tried = []
  #running = new Set()
  #sources = 0
  #hasAskedAll = false
  #isOver = false
  #lookups = new AbortController()
  #stagger
  #patience
  #settle

  constructor(uri, request, options) {
    this.#uri = uri
    this.#request = request
    this.#options = { resolvers: [], memory: defaultMemory, ...options }
  }

  run() {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      const { signal, resolvers } = this.#options
      if (signal?.aborted) return this.#lose(signal.reason)
      signal?.addEventListener('abort', () => this.#lose(signal.reason), { once: true })
      if (this.#uri.hint) this.#add([this.#uri.hint])
      if (resolvers.length === 0) this.#recall()
      else this.#look('fast')
      this.#patience = setTimeout(() => {
        this.#recall()
        this.#step()
      }, PATIENCE_MILLIS)
      this.#step()
    })
  }

  #add(endpoints) {
    for (const endpoint of endpoints) {
      const at = authorityOf(endpoint)
      const isDialable = endpoint.network === 'clearnet' && endpoint.protocol === 'wsn'
      if (isDialable && !this.#seen.has(at)) {
        this.#seen.add(at)
        this.#waiting.push(endpoint)
      }
    }
  }

  /** A record that was seen before and still lives helps when no resolver answers. */
  #recall() {
    const event = this.#options.memory.newest(this.#uri.pubkey)
    try {
      if (event) this.#add(verifyRecord(event, { isLocal: true }).endpoints)
    } catch {
      // It has expired.
    }
  }

  async #look(policy) {
    this.#sources++
    try {
      const signal = this.#lookups.signal
      const answer = await resolve(this.#uri.pubkey, { ...this.#options, policy, signal })
      if (answer.status !== 'found') this.#failed('resolver', UNFOUND[answer.status])
      this.#add(answer.endpoints)
    } catch (error) {
      this.#failed('resolver', error.message)
      this.#recall()
    }
    this.#sources--
    this.#step()
  }

  /** Notes what was tried in vain; the resolver is asked twice, and mostly says the same. */
  #failed(at, reason) {
    const isSaid = this.#tried.some(each => each.at === at && each.reason === reason)
    if (!isSaid) this.#tried.push({ at, reason })
  }

  #step() {
    if (this.#isOver) return
    clearTimeout(this.#stagger)
    const endpoint = this.#waiting.shift()
    if (endpoint) {
      this.#dial(endpoint)
      this.#stagger = setTimeout(() => this.#step(), STAGGER_MILLIS)
    } else if (this.#running.size === 0 && this.#sources === 0) {
      this.#exhausted()
    }
  }

  async #dial(endpoint) {
    const { secretKey, maxMessageBytes, endpointTimeout: timeout = ENDPOINT_MILLIS } = this.#options
    const attempt = new AbortController()
    const { signal } = attempt
    const { pubkey } = this.#uri
    this.#running.add(attempt)
    try {
      const request = this.#request
      const channel = await Channel.open({ pubkey, endpoint, request, secretKey, maxMessageBytes, timeout, signal })
      this.#running.delete(attempt)
      if (this.#isOver) return channel.abort()
      this.#end()
      this.#settle.resolve(channel)
    } catch (error) {
      this.#running.delete(attempt)
      if (error instanceof RefusedError) return this.#lose(error)
      this.#failed(authorityOf(endpoint), error.message)
      this.#step()
    }
  }

  #exhausted() {
    if (this.#options.resolvers.length > 0 && !this.#hasAskedAll) {
      this.#hasAskedAll = true
      this.#look('quorum')
    } else {
      this.#lose(new ConnectError('this key cannot be reached', this.#tried))
    }
  }

  #lose(error) {
    this.#end()
    this.#settle.reject(error)
  }

  #end() {
    this.#isOver = true
    clearTimeout(this.#stagger)
    clearTimeout(this.#patience)
    this.#lookups.abort()
    for (const attempt of this.#running) attempt.abort()
  }
}
