// A client of the channel in one file, written from docs/PROTOCOL.md with nothing but Node.js:
// its own WebSocket framing, Noise NK on secp256k1, and one question to the relay behind a gateway.
//
//   node docs/examples/handshake.mjs 127.0.0.1:4848 <key in hexadecimal> '["REQ","a",{"limit":1}]'
//
// Prints what the relay answers until EOSE, and ends with 0.
import { createCipheriv, createDecipheriv, createECDH, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { connect } from 'node:net'

const [address, key, question = '["REQ","a",{"kinds":[1],"limit":1}]'] = process.argv.slice(2)
if (!address || !/^[0-9a-f]{64}$/.test(key ?? '')) {
  console.error('usage: node handshake.mjs IP:PORT HEX-KEY [MESSAGE]')
  process.exit(2)
}
const rs = Buffer.from(key, 'hex')
const empty = Buffer.alloc(0)
const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest()

// --- cryptography -------------------------------------------------------------------------------

// x-only: a public key is lifted to the point with even y, a shared secret is the x coordinate.
const dh = (ecdh, pub) => ecdh.computeSecret(Buffer.concat([Buffer.of(2), pub]))

function nonce(counter) {
  const bytes = Buffer.alloc(12)
  bytes.writeBigUInt64BE(BigInt(counter), 4)
  return bytes
}

function seal(k, counter, plaintext, ad) {
  const cipher = createCipheriv('aes-256-gcm', k, nonce(counter)).setAAD(ad)
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

function open(k, counter, sealed, ad) {
  const cipher = createDecipheriv('aes-256-gcm', k, nonce(counter)).setAAD(ad)
  cipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()])
}

// HKDF of Noise is that of RFC 5869 with the chaining key as salt and no info.
function hkdf(ck, ikm) {
  const both = Buffer.from(hkdfSync('sha256', ikm, ck, empty, 64))
  return [both.subarray(0, 32), both.subarray(32)]
}

// --- Noise_NK_secp256k1_AESGCM_SHA256 -----------------------------------------------------------

const prologue = Buffer.concat([Buffer.from('wsn.v1'), Buffer.of(1), Buffer.from('initiator=client responder=gateway')])
// The name has 32 characters, so it is the first hash as it is.
let ck = Buffer.from('Noise_NK_secp256k1_AESGCM_SHA256')
let h = sha256(sha256(ck, prologue), rs)
let k

const ephemeral = createECDH('secp256k1')
const e = ephemeral.generateKeys().subarray(1, 33)

function hello() {
  h = sha256(h, e)
  ;[ck, k] = hkdf(ck, dh(ephemeral, rs))
  const tag = seal(k, 0, empty, h)
  h = sha256(h, tag)
  return Buffer.concat([Buffer.of(1), e, tag])
}

function finish(answer) {
  const re = answer.subarray(0, 32)
  h = sha256(h, re)
  ;[ck, k] = hkdf(ck, dh(ephemeral, re))
  open(k, 0, answer.subarray(32), h)
  return hkdf(ck, empty)
}

// --- frames: a header byte, the length and the payload; one or more of them in each Noise message --

const OP = { 0: 'continuation', 1: 'text', 2: 'binary', 3: 'head', 8: 'close', 9: 'ping', 10: 'pong' }
let sendKey
let receiveKey
let sent = 0
let received = 0

// One frame in each message, which is all that a sender needs to do.
function send(opcode, payload) {
  const bytes = Buffer.from(payload)
  const length = bytes.length < 126 ? [bytes.length] : [126, bytes.length >> 8, bytes.length & 0xff]
  write(seal(sendKey, sent++, Buffer.concat([Buffer.of(0x80 | opcode, ...length), bytes]), empty))
}

function receive(plaintext) {
  if (plaintext.length === 0) fail('a message without a frame')
  while (plaintext.length > 0) {
    const header = plaintext[1] === 126 ? 4 : 2
    const length = header === 4 && plaintext.length >= 4 ? plaintext.readUInt16BE(2) : plaintext[1]
    const isShortest = header === 4 ? length >= 126 : length < 126
    if (!isShortest || plaintext.length < header + length) fail('a frame that is none')
    const rest = plaintext.subarray(header + length)
    frame(plaintext[0], plaintext.subarray(header, header + length))
    plaintext = rest
  }
}

let text = ''

function frame(first, payload) {
  const [opcode, isFinal] = [first & 0x0f, first >= 0x80]
  if (opcode === 3) {
    console.log(`head ${payload}`)
    if (JSON.parse(payload).status !== 101) process.exit(1)
    send(1, question)
  } else if (opcode <= 1) {
    text += payload
    if (!isFinal) return
    console.log(text)
    if (text.startsWith('["EOSE"')) send(8, Buffer.from([1000 >> 8, 1000 & 0xff]))
    text = ''
  } else if (opcode === 9) {
    send(10, payload)
  } else if (opcode === 8) {
    console.log('closed')
    process.exit(0)
  } else {
    console.log(OP[opcode] ?? 'unknown', payload.length)
  }
}

// --- carrier: RFC 6455 without extensions ---------------------------------------------------------

const colon = address.lastIndexOf(':')
const socket = connect(Number(address.slice(colon + 1)), address.slice(0, colon).replace(/^\[|\]$/g, ''))
socket.on('error', error => fail(error.message))
socket.on('close', () => fail('the gateway closed the connection'))
socket.write(
  `GET / HTTP/1.1\r\nHost: ${address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Protocol: wsn.v1\r\n\r\n`,
)

function fail(reason) {
  console.error(`failed: ${reason}`)
  process.exit(1)
}

function write(message) {
  const length = message.length < 126 ? Buffer.of(0x80 | message.length) : Buffer.of(0x80 | 126, message.length >> 8, message.length & 0xff)
  const mask = randomBytes(4)
  socket.write(Buffer.concat([Buffer.of(0x82), length, mask, message.map((byte, i) => byte ^ mask[i % 4])]))
}

let input = empty
let isUpgraded = false

socket.on('data', bytes => {
  input = Buffer.concat([input, bytes])
  if (!isUpgraded) {
    const end = input.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = input.subarray(0, end).toString()
    if (!head.startsWith('HTTP/1.1 101 ') || !/sec-websocket-protocol: *wsn\.v1/i.test(head)) fail('this is no wsn gateway')
    input = input.subarray(end + 4)
    isUpgraded = true
    write(hello())
  }
  for (let next = message(); next; next = message()) {
    if (sendKey) {
      receive(open(receiveKey, received++, next, empty))
    } else {
      ;[sendKey, receiveKey] = finish(next)
      console.log('the holder of the key answered')
      send(3, '{"path":"/"}')
    }
  }
})

// The next message of the carrier, if it is here; pings of the carrier are skipped.
function message() {
  while (input.length >= 2) {
    const short = input[1] & 0x7f
    const header = short < 126 ? 2 : 4
    const length = short < 126 ? short : input.readUInt16BE(2)
    if (short === 127) fail('a message over 65,535 bytes')
    if (input.length < header + length) return undefined
    const opcode = input[0] & 0x0f
    const payload = input.subarray(header, header + length)
    input = input.subarray(header + length)
    if (opcode === 8) fail('the gateway refused')
    if (opcode === 2) return payload
  }
  return undefined
}
