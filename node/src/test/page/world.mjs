// What the page is tested against: a real network, a real gateway, a resolver that can lie, a browser.
import { spawn } from 'node:child_process'
import { createServer, request } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { schnorr } from '@noble/curves/secp256k1.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

// A busy machine is slow, not broken.
export const PATIENCE_MILLIS = 90_000
const { WSN } = process.env
const running = []

/** Starts a program and waits for a line that matches; gives the match. */
export function start(pattern, command, ...args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const stopped = new Promise(ended => child.once('exit', ended))
  running.push({ child, stopped })
  return new Promise((found, failed) => {
    let output = ''
    const timer = setTimeout(() => failed(new Error(`no line like ${pattern} of ${args[0]}:\n${output}`)), PATIENCE_MILLIS)
    const look = data => {
      output += data
      const match = pattern.exec(output)
      if (match) {
        clearTimeout(timer)
        found(match)
      }
    }
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    child.once('exit', status => failed(new Error(`${args[0]} ended with ${status}:\n${output}`)))
  })
}

export async function stopAll() {
  for (const { child, stopped } of running.reverse()) {
    child.kill('SIGTERM')
    await stopped
  }
}

export const wsn = (pattern, ...args) => start(pattern, WSN, ...args)

/** A key pair for a test. */
export function keys() {
  const secret = schnorr.utils.randomSecretKey()
  return { secret, pubkey: bytesToHex(schnorr.getPublicKey(secret)) }
}

/** A signed address record. */
export function sign({ secret, pubkey }, { endpoints = [['clearnet', '203.0.113.7:4848', 'wsn']], age = 0, life = 3600 } = {}) {
  const created_at = Math.floor(Date.now() / 1000) - age
  const tags = [...endpoints, ['expiration', String(created_at + life)], ['alt', 'network addresses of this key']]
  const id = sha256(utf8ToBytes(JSON.stringify([0, pubkey, created_at, 11111, tags, ''])))
  return { id: bytesToHex(id), pubkey, created_at, kind: 11111, tags, content: '', sig: bytesToHex(schnorr.sign(id, secret)) }
}

export async function publish(resolver, event) {
  const headers = { 'Content-Type': 'application/json' }
  const response = await fetch(`${resolver}/v1/relays/${event.pubkey}`, { method: 'PUT', headers, body: JSON.stringify(event) })
  if (!response.ok) throw new Error(`publishing: ${response.status} ${await response.text()}`)
}

/** Listens on a free port of this machine. */
export function listen(handler) {
  const server = createServer(handler)
  return new Promise(done => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      done({ server, port, url: `http://127.0.0.1:${port}` })
    })
  })
}

/**
 * A resolver that lies: passes everything on, and lets `state.change` alter the answers about keys, or
 * answers nobody while `state.isOff`.
 */
export async function liar(resolver) {
  const state = { isOff: false, change: undefined }
  const target = new URL(resolver)
  const { url, server } = await listen((incoming, outgoing) => {
    if (state.isOff) return incoming.socket.destroy()
    const headers = { ...incoming.headers, host: target.host }
    delete headers['accept-encoding']
    const options = { host: target.hostname, port: target.port, method: incoming.method, path: incoming.url, headers }
    const onward = request(options, answer => {
      const parts = []
      answer.on('data', part => parts.push(part))
      answer.on('end', () => {
        const isAnswer = incoming.url.startsWith('/v1/relays/') && state.change
        let { statusCode: status } = answer
        let body = Buffer.concat(parts)
        if (isAnswer) {
          const changed = state.change(status, JSON.parse(body.toString()))
          status = changed.status ?? 200
          body = Buffer.from(typeof changed.body === 'string' ? changed.body : JSON.stringify(changed.body))
        }
        delete answer.headers['transfer-encoding']
        outgoing.writeHead(status, { ...answer.headers, 'content-length': String(body.length) })
        outgoing.end(body)
      })
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  return { url, state, close: () => server.close() }
}

/** A relay's document with everything that a hostile operator would put into it. */
export const HOSTILE = {
  name: '<img src=x onerror="window.pwned=1">Relay of a stranger',
  description: 'Line one\n<script>window.pwned=1</script> and a very long word: ' + 'x'.repeat(300),
  software: 'javascript:alert(1)',
  version: '1.2.3',
  supported_nips: [1, 11, 42, '<b>'],
  limitation: { max_message_length: 65536, auth_required: false, '<i>odd</i>': { nested: true } },
  self: 'f'.repeat(64),
  contact: 'mailto:nobody@example.com',
}

/** A directory that is gone at the end. */
export async function scratch() {
  const directory = await mkdtemp(join(tmpdir(), 'wsn-page-'))
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) }
}

/** A camera's film with one QR code in the middle, as Chromium plays it in place of a camera. */
export function film(matrix) {
  const width = 640
  const height = 480
  const scale = Math.floor((height - 80) / matrix.length)
  const left = Math.floor((width - scale * matrix.length) / 2)
  const top = Math.floor((height - scale * matrix.length) / 2)
  const luma = Buffer.alloc(width * height, 235)
  matrix.forEach((line, y) => line.forEach((isDark, x) => {
    for (let row = 0; isDark && row < scale; row++) {
      const begin = (top + y * scale + row) * width + left + x * scale
      luma.fill(16, begin, begin + scale)
    }
  }))
  const chroma = Buffer.alloc((width * height) / 2, 128)
  const header = Buffer.from(`YUV4MPEG2 W${width} H${height} F5:1 Ip A1:1 C420jpeg\n`)
  return Buffer.concat([header, ...Array(5).fill([Buffer.from('FRAME\n'), luma, chroma]).flat()])
}

export { bytesToHex, hexToBytes }
