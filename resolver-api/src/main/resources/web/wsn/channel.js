// One encrypted channel to one endpoint: carrier WebSocket, handshake, heads, frames.
import { authorityOf } from './address.js'
import { concat, hexToBytes, utf8 } from './bytes.js'
import { decodeClose, encodeClose, encodeFrame, fragments, FrameError, FrameReader, OP } from './frames.js'
import { ChannelError, ClientHandshake, PROTOCOL } from './noise.js'

// Before anybody puts WsnSocket in its place. Browsers and Node 22 have one, Node 20 has not.
export const CarrierSocket = globalThis.WebSocket ?? (await import('ws')).WebSocket

const CLOSE_MILLIS = 5_000
const PING_MILLIS = 20_000
const IDLE_MILLIS = 60_000
const NO_STATUS = 1005
const MAX_DETAIL_CHARACTERS = 256
/** Frames are sealed together up to this length, which is 16 KiB with the tag. */
const BATCH_BYTES = 16 * 1024 - 16

/** The holder of the key answered, and said no; `status` is an HTTP status. */
export class RefusedError extends Error {
  constructor(status, detail) {
    super(detail || `the server refused with status ${status}`)
    this.name = 'RefusedError'
    this.status = status
  }
}

/**
 * A channel whose other side is the holder of the key. What arrives before `start` waits. Pausing
 * is not possible: a browser's WebSocket has no back-pressure for what it receives.
 */
export class Channel {
  /** The head of the gateway's answer. */
  head
  #onframe
  #onend
  #early = []
  #batch = []
  #batchBytes = 0
  #carrier
  #handshake
  #ciphers
  #reader
  #request
  #settle
  #timer
  #heartbeat
  #lastHeard = 0
  #isCloseSent = false
  #received
  #isOpen = false
  #hasEnded = false

  /**
   * Opens a channel: for a WebSocket until it is open, for an HTTP request until the other side has
   * proved its key, so that of several channels only one asks; `ask` does it then.
   *
   * @param request head of the client
   * @param signal gives up
   */
  static open({ pubkey, endpoint, request, secretKey, maxMessageBytes, timeout, signal }) {
    return new Promise((resolve, reject) => {
      const channel = new Channel()
      channel.#settle = { resolve, reject }
      channel.#request = request
      channel.#reader = new FrameReader(maxMessageBytes)
      channel.#handshake = new ClientHandshake({ gateway: hexToBytes(pubkey), secretKey })
      channel.#dial(endpoint)
      channel.#timer = setTimeout(() => channel.#fail(new ChannelError('no answer in time')), timeout)
      signal?.addEventListener('abort', () => channel.abort(), { once: true })
      if (signal?.aborted) channel.abort()
    })
  }

  /**
   * Delivers frames, the early ones first, and then one end.
   *
   * @param onframe takes `{ opcode, isFinal, payload }`, and of an HTTP request first `{ opcode, head }`
   * @param onend takes `{ code, reason, wasClean, error }`
   */
  start(onframe, onend) {
    this.#onframe = onframe
    this.#onend = onend
    const early = this.#early
    this.#early = []
    for (const deliver of early) deliver()
  }

  #deliver(action) {
    if (this.#onend) action()
    else this.#early.push(action)
  }

  get bufferedAmount() {
    return this.#carrier.bufferedAmount + this.#batchBytes
  }

  #dial(endpoint) {
    const carrier = new CarrierSocket(`ws://${authorityOf(endpoint)}/`, [PROTOCOL])
    this.#carrier = carrier
    carrier.binaryType = 'arraybuffer'
    carrier.onopen = () => {
      if (carrier.protocol !== PROTOCOL) return this.#fail(new ChannelError('this is no wsn gateway'))
      this.#guard(() => carrier.send(this.#handshake.hello()))
    }
    carrier.onmessage = ({ data }) => this.#guard(() => this.#receive(data))
    carrier.onerror = () => this.#fail(new ChannelError('nobody answers there'))
    carrier.onclose = () => this.#fail(new ChannelError('the connection was cut'))
  }

  #guard(action) {
    try {
      action()
    } catch (broken) {
      if (broken instanceof FrameError && this.#ciphers && !this.#isCloseSent) {
        this.#queue(encodeClose(broken.code))
        this.#isCloseSent = true
      }
      this.#fail(broken)
    }
  }

  #receive(data) {
    if (this.#hasEnded) return
    if (!(data instanceof ArrayBuffer)) throw new ChannelError('this is no wsn gateway')
    const message = new Uint8Array(data)
    this.#lastHeard = Date.now()
    if (!this.#ciphers) {
      this.#ciphers = this.#handshake.finish(message)
      if (this.#request.method) this.#opened()
      else this.ask()
      return
    }
    for (const frame of this.#reader.read(this.#ciphers.receive.decrypt(message, undefined))) {
      this.#take(frame)
      if (this.#hasEnded) return
    }
  }

  #take(frame) {
    if (frame.opcode === OP.HEAD) this.#answered(frame.payload)
    else if (frame.opcode === OP.CLOSE) this.#closed(decodeClose(frame.payload))
    else if (frame.opcode === OP.PING) this.#queue(encodeFrame(OP.PONG, frame.payload))
    else if (frame.opcode !== OP.PONG && !this.#isCloseSent) this.#deliver(() => this.#guard(() => this.#onframe(frame)))
  }

  #answered(payload) {
    const head = readHead(payload, this.#request)
    const isWebSocket = !this.#request.method
    if (isWebSocket && head.status !== 101) throw new RefusedError(head.status, head.detail)
    this.head = head
    this.#heartbeat = setInterval(() => this.#beat(), PING_MILLIS)
    if (isWebSocket) return this.#opened()
    this.#deliver(() => this.#guard(() => this.#onframe({ opcode: OP.HEAD, head })))
  }

  #opened() {
    this.#isOpen = true
    clearTimeout(this.#timer)
    this.#settle.resolve(this)
  }

  #beat() {
    const silence = Date.now() - this.#lastHeard
    if (silence >= IDLE_MILLIS) this.#fail(new ChannelError('nothing was heard for too long'))
    else if (silence >= PING_MILLIS && !this.#isCloseSent) this.#queue(encodeFrame(OP.PING, new Uint8Array(0)))
  }

  /** Sends the head, which says what is wanted. */
  ask() {
    this.#queue(encodeFrame(OP.HEAD, utf8.encode(JSON.stringify(this.#request))))
  }

  /** Sends one message, text or binary, in as many frames as it needs. */
  send(opcode, payload) {
    if (this.#isCloseSent || this.#hasEnded) return
    for (const frame of fragments(opcode, payload)) this.#queue(frame)
  }

  /** Sends one frame, for messages whose length is not known yet. */
  sendFrame(opcode, payload, isFinal) {
    if (!this.#isCloseSent && !this.#hasEnded) this.#queue(encodeFrame(opcode, payload, isFinal))
  }

  /** What one turn of the event loop sends is sealed together; the frame is a copy of what it was made from. */
  #queue(frame) {
    if (this.#batchBytes + frame.length > BATCH_BYTES) this.#flush()
    if (this.#batch.length === 0) queueMicrotask(() => this.#flush())
    this.#batch.push(frame)
    this.#batchBytes += frame.length
    if (this.#batchBytes >= BATCH_BYTES) this.#flush()
  }

  #flush() {
    if (this.#batch.length === 0) return
    const plaintext = this.#batch.length === 1 ? this.#batch[0] : concat(...this.#batch)
    this.#batch = []
    this.#batchBytes = 0
    if (this.#carrier.readyState === CarrierSocket.OPEN) {
      this.#carrier.send(this.#ciphers.send.encrypt(plaintext, undefined))
    }
  }

  /** Says close; `onend` is called when the other side has said it too. */
  close(code, reason) {
    if (this.#isCloseSent || this.#hasEnded) return
    this.#isCloseSent = true
    this.#queue(encodeClose(code, reason))
    if (this.#received) this.#end(this.#received, true)
    else this.#timer = setTimeout(() => this.#fail(new ChannelError('no answer to the close')), CLOSE_MILLIS)
  }

  #closed(status) {
    this.#received = status
    if (this.#isCloseSent) return this.#end(status, true)
    this.close(status.code === NO_STATUS ? undefined : status.code)
  }

  /** Ends at once. */
  abort() {
    this.#fail(new ChannelError('given up'))
  }

  #fail(error) {
    if (!this.#hasEnded) this.#end({ code: 1006, reason: '', error }, false)
  }

  #end(status, isClean) {
    if (this.#hasEnded) return
    this.#hasEnded = true
    clearTimeout(this.#timer)
    clearInterval(this.#heartbeat)
    this.#flush()
    this.#carrier.close(isClean ? 1000 : 3000)
    if (this.#isOpen) this.#deliver(() => this.#onend({ ...status, wasClean: isClean }))
    else this.#settle.reject(status.error ?? new ChannelError('the gateway closed the channel'))
  }
}

function readHead(payload, request) {
  let head
  try {
    head = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    throw new FrameError('bad_head')
  }
  const lowest = request.method ? 200 : 101
  const isStatus = Number.isInteger(head?.status) && head.status >= lowest && head.status <= 599
  const protocol = head?.protocol ?? ''
  const detail = head?.detail ?? ''
  const wasOffered = protocol === '' || (request.protocols ?? []).includes(protocol)
  const isText = typeof detail === 'string' && detail.length <= MAX_DETAIL_CHARACTERS
  if (!isStatus || !wasOffered || !isText) throw new FrameError('bad_head')
  return { status: head.status, protocol, detail, headers: head.headers ?? [] }
}
