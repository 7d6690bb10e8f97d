// HTTP to a server that is known by its key: one channel carries one request and its answer.
import { parseUri } from './address.js'
import { utf8 } from './bytes.js'
import { RefusedError } from './channel.js'
import { connect } from './connect.js'
import { FrameError, MAX_HEAD_BYTES, MAX_PAYLOAD_BYTES, OP } from './frames.js'
import { ChannelError } from './noise.js'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const MAX_FIELDS = 64
const NULL_BODY = new Set([204, 205, 304])
const LENGTH = /^(?:0|[1-9][0-9]{0,14})$/
/** Unsent bytes from which an upload waits, how often it looks, and after how much it lets others run. */
const FULL_BYTES = 4 * 1024 * 1024
const LOOK_MILLIS = 4
const TURN_BYTES = 1024 * 1024
/** Received bytes that may wait for a reader unless options say so; a browser's WebSocket cannot be slowed down. */
const MAX_WAITING_BYTES = 256 * 1024 * 1024
/** Fields of one connection, and those that say who asks: neither side passes them on. */
const NOT_PASSED = new Set(
  (
    'connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer transfer-encoding ' +
    'upgrade expect host forwarded x-forwarded-for x-forwarded-host x-forwarded-proto x-real-ip x-wsn-client'
  ).split(' '),
)

/**
 * `fetch` for `wsn://<npub>[@<ip>:<port>][/path]`; any other URL goes to the ordinary one. Bodies are
 * streamed both ways. Redirects are not followed: the answer that says so is the result.
 */
export const wsnFetch = fetcher({})

function fetcher(options) {
  const fetch = (input, init) =>
    /^wsn:/i.test(String(input)) ? ask(String(input), init ?? {}, options) : globalThis.fetch(input, init)
  return Object.assign(fetch, { with: more => fetcher({ ...options, ...more }) })
}

async function ask(url, init, options) {
  const uri = parseUri(url)
  const { signal } = init
  signal?.throwIfAborted()
  const method = (init.method ?? 'GET').toUpperCase()
  if (!METHODS.has(method)) throw new TypeError(`${method} cannot be asked through a channel`)
  const headers = new Headers(init.headers)
  const body = await bodyOf(init, method, headers)
  const request = { method, path: uri.path || '/', headers: fieldsOf(headers) }
  if (options.service) request.service = options.service
  if (utf8.encode(JSON.stringify(request)).length > MAX_HEAD_BYTES) throw new TypeError('too many header fields')
  // Bodies have no bound of their own: they are streamed.
  const channel = await connect(uri, request, { ...options, maxMessageBytes: Infinity, signal })
  const { maxWaitingBytes = MAX_WAITING_BYTES } = options
  return new Exchange(channel, request, url, signal, maxWaitingBytes).run(body)
}

/** The body as a stream, or nothing; completes the fields that describe it. */
async function bodyOf({ body }, method, headers) {
  if (body === undefined || body === null) {
    if (method !== 'GET' && method !== 'HEAD') headers.set('content-length', '0')
    return undefined
  }
  if (method === 'GET' || method === 'HEAD') throw new TypeError(`${method} has no body`)
  if (body instanceof ReadableStream) return body
  const read = new Response(body)
  const type = read.headers.get('content-type')
  if (type && !headers.has('content-type')) headers.set('content-type', type)
  const blob = body instanceof Blob ? body : await read.blob()
  headers.set('content-length', String(blob.size))
  return blob.stream()
}

function fieldsOf(headers) {
  const fields = [...headers].filter(([name]) => !NOT_PASSED.has(name))
  if (fields.length > MAX_FIELDS) throw new TypeError('too many header fields')
  return fields
}

class Exchange {
  #channel
  #request
  #url
  #signal
  #maxWaitingBytes
  #stopListening = () => {}
  #settle
  #controller
  #expected
  #receivedBytes = 0
  #isAnswered = false
  #isWhole = false
  #isOver = false

  constructor(channel, request, url, signal, maxWaitingBytes) {
    this.#channel = channel
    this.#request = request
    this.#url = url
    this.#signal = signal
    this.#maxWaitingBytes = maxWaitingBytes
  }

  run(body) {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      const stop = () => this.#fail(this.#signal.reason)
      this.#signal?.addEventListener('abort', stop, { once: true })
      this.#stopListening = () => this.#signal?.removeEventListener('abort', stop)
      this.#channel.start(frame => this.#take(frame), end => this.#ended(end))
      this.#channel.ask()
      this.#send(body).catch(error => this.#fail(error))
    })
  }

  async #send(body) {
    if (!body) return this.#channel.sendFrame(OP.BINARY, new Uint8Array(0), true)
    const reader = body.getReader()
    const turn = () => new Promise(looked => setTimeout(looked, LOOK_MILLIS))
    let opcode = OP.BINARY
    let sentBytes = 0
    for (;;) {
      const { value, done } = await reader.read()
      if (this.#isOver || done) break
      for (let at = 0; at < value.length; at += MAX_PAYLOAD_BYTES) {
        this.#channel.sendFrame(opcode, value.subarray(at, at + MAX_PAYLOAD_BYTES), false)
        opcode = OP.CONTINUATION
      }
      // A body that is always ready would keep the answer, and the whole page, from ever being looked at.
      sentBytes += value.length
      if (sentBytes >= TURN_BYTES) {
        sentBytes = 0
        await turn()
      }
      while (this.#channel.bufferedAmount >= FULL_BYTES && !this.#isOver) await turn()
    }
    if (this.#isOver) await reader.cancel()
    else this.#channel.sendFrame(opcode, new Uint8Array(0), true)
  }

  #take(frame) {
    if (frame.opcode === OP.HEAD) return this.#answered(frame.head)
    if (!this.#isAnswered || frame.opcode === OP.TEXT || this.#isWhole) throw new FrameError('out_of_order')
    this.#receivedBytes += frame.payload.length
    if (this.#receivedBytes > this.#expected) throw new FrameError('too_large')
    if (this.#controller && frame.payload.length > 0) {
      this.#controller.enqueue(frame.payload)
      if (this.#controller.desiredSize < -this.#maxWaitingBytes) this.#fail(new ChannelError('the answer is not read'))
    }
    if (!frame.isFinal) return
    if (Number.isFinite(this.#expected) && this.#receivedBytes < this.#expected) throw new FrameError('out_of_order')
    this.#isWhole = true
    this.#controller?.close()
  }

  #answered({ status, headers: fields, detail }) {
    if (detail) return this.#fail(new RefusedError(status, detail))
    const headers = readFields(fields)
    const length = headers.get('content-length')
    if (length !== null && !LENGTH.test(length)) throw new FrameError('bad_head')
    const hasNoBody = this.#request.method === 'HEAD' || NULL_BODY.has(status)
    this.#expected = hasNoBody ? 0 : length === null ? Infinity : Number(length)
    const stream = hasNoBody ? null : this.#stream()
    const response = new Response(stream, { status, headers })
    Object.defineProperty(response, 'url', { value: this.#url })
    this.#isAnswered = true
    this.#settle.resolve(response)
  }

  #stream() {
    const cancel = () => this.#fail(new ChannelError('the answer was cancelled'))
    const start = controller => { this.#controller = controller }
    return new ReadableStream({ start, cancel }, new ByteLengthQueuingStrategy({ highWaterMark: 0 }))
  }

  #ended({ error }) {
    if (this.#isOver) return
    if (this.#isWhole) this.#finish()
    else this.#fail(error ?? new ChannelError('the answer was cut off'))
  }

  #finish() {
    this.#isOver = true
    this.#stopListening()
  }

  #fail(error) {
    if (this.#isOver) return
    this.#finish()
    this.#channel.abort()
    this.#settle.reject(error)
    if (this.#controller && !this.#isWhole) this.#controller.error(error)
  }
}

function readFields(fields) {
  const isPair = pair => Array.isArray(pair) && pair.length === 2 && pair.every(text => typeof text === 'string')
  if (!Array.isArray(fields) || fields.length > MAX_FIELDS || !fields.every(isPair)) throw new FrameError('bad_head')
  try {
    return new Headers(fields.filter(([name]) => !NOT_PASSED.has(name.toLowerCase())))
  } catch {
    throw new FrameError('bad_head')
  }
}
