// The frames inside of the channel: a byte with FIN and opcode, then the payload.
import { concat, utf8 } from './bytes.js'

export const OP = { CONTINUATION: 0, TEXT: 1, BINARY: 2, HEAD: 3, CLOSE: 8, PING: 9, PONG: 10 }
export const MAX_PAYLOAD_BYTES = 65518
const FIN = 0x80
export const MAX_HEAD_BYTES = 16384
const MAX_CONTROL_BYTES = 125
const KNOWN = new Set(Object.values(OP))

/** The other side broke the protocol; `end` is the name of the rule. */
export class FrameError extends Error {
  constructor(end) {
    super(`the other side broke the protocol: ${end}`)
    this.name = 'FrameError'
    this.end = end
    this.code = end === 'too_large' ? 1009 : 1002
  }
}

export function encodeFrame(opcode, payload, isFinal = true) {
  return concat(Uint8Array.of(opcode | (isFinal ? FIN : 0)), payload)
}

/** The frames of one message, each short enough for one message of the carrier. */
export function* fragments(opcode, payload) {
  let at = 0
  do {
    const piece = payload.subarray(at, at + MAX_PAYLOAD_BYTES)
    const first = at === 0 ? opcode : OP.CONTINUATION
    at += piece.length
    yield encodeFrame(first, piece, at >= payload.length)
  } while (at < payload.length)
}

export function encodeClose(code, reason = '') {
  if (code === undefined || code === 1005) return encodeFrame(OP.CLOSE, new Uint8Array(0))
  return encodeFrame(OP.CLOSE, concat(Uint8Array.of(code >> 8, code & 0xff), utf8.encode(reason)))
}

export function isSendableCode(code) {
  const isRegistered = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)
  return Number.isInteger(code) && (isRegistered || (code >= 3000 && code <= 4999))
}

export function decodeClose(payload) {
  if (payload.length === 0) return { code: 1005, reason: '' }
  const code = (payload[0] << 8) | payload[1]
  if (payload.length === 1 || !isSendableCode(code)) throw new FrameError('bad_control')
  try {
    return { code, reason: new TextDecoder('utf-8', { fatal: true }).decode(payload.subarray(2)) }
  } catch {
    throw new FrameError('bad_control')
  }
}

/** Reads the frames of one direction and checks what may follow what. */
export class FrameReader {
  #maxMessageBytes
  #messageBytes = 0
  #isInMessage = false
  #isClosed = false
  #hasHead = false

  constructor(maxMessageBytes) {
    this.#maxMessageBytes = maxMessageBytes
  }

  read(bytes) {
    if (bytes.length === 0 || (bytes[0] & 0x70) !== 0 || !KNOWN.has(bytes[0] & 0x0f)) {
      throw new FrameError('unknown_opcode')
    }
    const frame = { opcode: bytes[0] & 0x0f, isFinal: (bytes[0] & FIN) !== 0, payload: bytes.subarray(1) }
    const isHeadDue = !this.#hasHead && frame.opcode !== OP.CLOSE
    if (this.#isClosed || isHeadDue !== (frame.opcode === OP.HEAD)) throw new FrameError('out_of_order')
    if (frame.opcode === OP.HEAD) {
      if (!frame.isFinal || frame.payload.length > MAX_HEAD_BYTES) throw new FrameError('bad_head')
      this.#hasHead = true
    } else if (frame.opcode >= OP.CLOSE) {
      this.#control(frame)
    } else {
      this.#data(frame)
    }
    return frame
  }

  #control({ opcode, isFinal, payload }) {
    if (!isFinal || payload.length > MAX_CONTROL_BYTES) throw new FrameError('bad_control')
    this.#isClosed = opcode === OP.CLOSE
    if (this.#isClosed) decodeClose(payload)
  }

  #data({ opcode, isFinal, payload }) {
    if (this.#isInMessage !== (opcode === OP.CONTINUATION)) throw new FrameError('out_of_order')
    this.#messageBytes = (this.#isInMessage ? this.#messageBytes : 0) + payload.length
    if (this.#messageBytes > this.#maxMessageBytes) throw new FrameError('too_large')
    this.#isInMessage = !isFinal
  }
}
