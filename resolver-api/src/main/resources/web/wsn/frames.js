// The frames inside of the channel: a byte with FIN and opcode, the length as in RFC 6455, the payload. A message of
// the channel is one or more whole ones.
import { concat, utf8 } from './bytes.js'

export const OP = { CONTINUATION: 0, TEXT: 1, BINARY: 2, HEAD: 3, CLOSE: 8, PING: 9, PONG: 10 }
export const MAX_PAYLOAD_BYTES = 65515
const FIN = 0x80
const LONG = 126
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
  const first = opcode | (isFinal ? FIN : 0)
  const { length } = payload
  const header = length < LONG ? [first, length] : [first, LONG, length >> 8, length & 0xff]
  return concat(Uint8Array.from(header), payload)
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

/** NaN, or more than there is, where the length is cut off; masks and lengths that are not the shortest are refused. */
function payloadLength(bytes, at) {
  const short = bytes[at + 1]
  const length = short === LONG ? bytes[at + 2] * 256 + bytes[at + 3] : short
  if (short > LONG || (short === LONG && length < LONG)) throw new FrameError('bad_frame')
  return length
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

  /** The frames of one message, one after the other: what is wrong with a later one is found when it is its turn. */
  *read(bytes) {
    if (bytes.length === 0) throw new FrameError('bad_frame')
    for (let at = 0; at < bytes.length; ) {
      if ((bytes[at] & 0x70) !== 0 || !KNOWN.has(bytes[at] & 0x0f)) throw new FrameError('unknown_opcode')
      const start = at + (bytes[at + 1] === LONG ? 4 : 2)
      const end = start + payloadLength(bytes, at)
      if (!(end <= bytes.length)) throw new FrameError('bad_frame')
      const payload = bytes.subarray(start, end)
      yield this.#admit({ opcode: bytes[at] & 0x0f, isFinal: (bytes[at] & FIN) !== 0, payload }, end < bytes.length)
      at = end
    }
  }

  #admit(frame, isFollowed) {
    const isHeadDue = !this.#hasHead && frame.opcode !== OP.CLOSE
    if (this.#isClosed || isHeadDue !== (frame.opcode === OP.HEAD)) throw new FrameError('out_of_order')
    if (frame.opcode === OP.HEAD) {
      if (!frame.isFinal || frame.payload.length > MAX_HEAD_BYTES) throw new FrameError('bad_head')
      this.#hasHead = true
    } else if (frame.opcode >= OP.CLOSE) {
      this.#control(frame, isFollowed)
    } else {
      this.#data(frame)
    }
    return frame
  }

  #control({ opcode, isFinal, payload }, isFollowed) {
    if (!isFinal || payload.length > MAX_CONTROL_BYTES) throw new FrameError('bad_control')
    this.#isClosed = opcode === OP.CLOSE
    if (this.#isClosed) decodeClose(payload)
    if (this.#isClosed && isFollowed) throw new FrameError('out_of_order')
  }

  #data({ opcode, isFinal, payload }) {
    if (this.#isInMessage !== (opcode === OP.CONTINUATION)) throw new FrameError('out_of_order')
    this.#messageBytes = (this.#isInMessage ? this.#messageBytes : 0) + payload.length
    if (this.#messageBytes > this.#maxMessageBytes) throw new FrameError('too_large')
    this.#isInMessage = !isFinal
  }
}
