// A WebSocket for wsn:// URLs that libraries can use in place of the one they know.
import { parseUri } from './address.js'
import { utf8 } from './bytes.js'
import { CarrierSocket } from './channel.js'
import { connect } from './connect.js'
import { OP } from './frames.js'

const CONNECTING = 0
const OPEN = 1
const CLOSING = 2
const CLOSED = 3
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024
const MAX_REASON_BYTES = 123
const MAX_PROTOCOLS = 16

class WsnCloseEvent extends Event {
  constructor({ code, reason, wasClean }) {
    super('close')
    this.code = code
    this.reason = reason
    this.wasClean = wasClean
  }
}

class WsnErrorEvent extends Event {
  constructor(error) {
    super('error')
    this.error = error
    this.message = error.message
  }
}

/**
 * A WebSocket that reaches `wsn://<npub>[@<ip>:<port>][/path]` by its key, encrypted. Any other URL
 * opens the ordinary WebSocket, so that this class can stand in its place.
 */
export class WsnSocket extends EventTarget {
  static CONNECTING = CONNECTING
  static OPEN = OPEN
  static CLOSING = CLOSING
  static CLOSED = CLOSED

  /** What new sockets use; see `with`. */
  static options = {}

  /** The same class with options: `resolvers`, `memory`, `secretKey`, `maxMessageBytes`, `isLocal`. */
  static with(options) {
    return class extends this {
      static options = { ...super.options, ...options }
    }
  }

  CONNECTING = CONNECTING
  OPEN = OPEN
  CLOSING = CLOSING
  CLOSED = CLOSED
  url
  protocol = ''
  extensions = ''
  readyState = CONNECTING
  binaryType = 'blob'

  #handlers = {}
  #channel
  #stop = new AbortController()
  #parts = []
  #text = false
  #outbox = Promise.resolve()
  #blobBytes = 0
  #decoder = new TextDecoder('utf-8', { fatal: true })

  constructor(url, protocols = []) {
    super()
    if (!/^wsn:/i.test(url)) return new CarrierSocket(url, protocols)
    const options = { maxMessageBytes: MAX_MESSAGE_BYTES, ...new.target.options }
    const offered = typeof protocols === 'string' ? [protocols] : [...protocols]
    const uri = parse(String(url), offered)
    this.url = String(url)
    const request = { path: uri.path || '/', ...(offered.length > 0 ? { protocols: offered } : {}) }
    connect(uri, request, { ...options, signal: this.#stop.signal }).then(
      channel => this.#opened(channel),
      error => this.#failed(error),
    )
  }

  get bufferedAmount() {
    return (this.#channel?.bufferedAmount ?? 0) + this.#blobBytes
  }

  send(data) {
    if (this.readyState === CONNECTING) throw new DOMException('not open yet', 'InvalidStateError')
    if (this.readyState !== OPEN) return
    if (data instanceof Blob) {
      this.#blobBytes += data.size
      this.#queue(async () => {
        const bytes = new Uint8Array(await data.arrayBuffer())
        this.#blobBytes -= data.size
        this.#channel.send(OP.BINARY, bytes)
      })
    } else if (this.#blobBytes > 0) {
      const copy = typeof data === 'string' ? data : bytesOf(data).slice()
      this.#queue(async () => this.#sendNow(copy))
    } else {
      this.#sendNow(data)
    }
  }

  #sendNow(data) {
    if (typeof data === 'object') this.#channel.send(OP.BINARY, bytesOf(data))
    else this.#channel.send(OP.TEXT, utf8.encode(String(data)))
  }

  /** What comes after a Blob waits for its bytes. */
  #queue(action) {
    this.#outbox = this.#outbox.then(action).catch(error => this.#failed(error))
  }

  close(code, reason = '') {
    if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
      throw new DOMException('the code is 1000 or from 3000 to 4999', 'InvalidAccessError')
    }
    if (utf8.encode(reason).length > MAX_REASON_BYTES) {
      throw new DOMException('the reason is at most 123 bytes', 'SyntaxError')
    }
    if (this.readyState >= CLOSING) return
    const wasOpen = this.readyState === OPEN
    this.readyState = CLOSING
    if (wasOpen && this.#blobBytes > 0) this.#queue(async () => this.#channel.close(code, reason))
    else if (wasOpen) this.#channel.close(code ?? (reason ? 1000 : undefined), reason)
    else this.#stop.abort(new Error('closed before it was open'))
  }

  #opened(channel) {
    if (this.readyState !== CONNECTING) return channel.abort()
    this.#channel = channel
    this.protocol = channel.head.protocol
    this.readyState = OPEN
    this.#emit(new Event('open'))
    channel.start(frame => this.#receive(frame), end => this.#ended(end))
  }

  #receive({ opcode, isFinal, payload }) {
    if (opcode !== OP.CONTINUATION) this.#text = opcode === OP.TEXT
    this.#parts.push(payload)
    if (!isFinal) return
    const parts = this.#parts
    this.#parts = []
    if (this.readyState !== OPEN) return
    this.#emit(new MessageEvent('message', { data: this.#message(parts), origin: this.url }))
  }

  #message(parts) {
    if (this.#text) {
      const text = parts.map(part => this.#decoder.decode(part, { stream: true })).join('')
      return text + this.#decoder.decode()
    }
    const blob = new Blob(parts)
    if (this.binaryType === 'blob') return blob
    const whole = new Uint8Array(blob.size)
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole.buffer
  }

  #failed(error) {
    this.#channel?.abort()
    this.#ended({ code: 1006, reason: '', wasClean: false, error })
  }

  #ended({ code, reason, wasClean, error }) {
    if (this.readyState === CLOSED) return
    this.readyState = CLOSED
    this.#parts = []
    if (error) this.#emit(new WsnErrorEvent(error))
    this.#emit(new WsnCloseEvent({ code, reason, wasClean }))
  }

  #emit(event) {
    this.dispatchEvent(event)
  }

  static {
    for (const type of ['open', 'message', 'error', 'close']) {
      Object.defineProperty(this.prototype, `on${type}`, {
        get() {
          return this.#handlers[type] ?? null
        },
        set(handler) {
          if (this.#handlers[type]) this.removeEventListener(type, this.#handlers[type])
          this.#handlers[type] = typeof handler === 'function' ? handler : undefined
          if (this.#handlers[type]) this.addEventListener(type, this.#handlers[type])
        },
        enumerable: true,
        configurable: true,
      })
    }
  }
}

function parse(url, protocols) {
  const isToken = text => typeof text === 'string' && /^[-!#$%&'*+.^_`|~0-9A-Za-z]{1,128}$/.test(text)
  const isList = protocols.length <= MAX_PROTOCOLS && protocols.every(isToken)
  if (!isList || new Set(protocols).size < protocols.length) {
    throw new DOMException('not a list of subprotocols', 'SyntaxError')
  }
  try {
    return parseUri(url)
  } catch (malformed) {
    throw new DOMException(malformed.message, 'SyntaxError')
  }
}

function bytesOf(data) {
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return utf8.encode(String(data))
}
