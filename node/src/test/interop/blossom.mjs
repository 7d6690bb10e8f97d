// A Blossom server (BUD-01, 02, 04, 06, 11) that knows nothing of wsn: routes of Node's own HTTP server over
// the storage of blossom-server-sdk, as npm has no whole server; authorizations are checked with nostr-tools.
// Prints "ready PORT".
import { LocalStorage } from 'blossom-server-sdk/storage/local'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { verifyEvent } from 'nostr-tools'

const MAX_BYTES = 2 * 1024 ** 3
const MAX_JSON_BYTES = 4_096
const FORBIDDEN = 'application/x-forbidden'

const directory = mkdtempSync(join(tmpdir(), 'blossom-'))
const storage = new LocalStorage(directory)
await storage.setup()
process.on('SIGTERM', () => rm(directory, { recursive: true }).then(() => process.exit(0)))

function isAuthorized(request, verb, sha256) {
  const [, encoded] = /^Nostr (.+)$/.exec(request.headers.authorization ?? '') ?? []
  if (!encoded) return false
  const event = JSON.parse(Buffer.from(encoded, 'base64').toString())
  const values = name => event.tags.filter(tag => tag[0] === name).map(tag => tag[1])
  const isAlive = Number(values('expiration')[0]) > Date.now() / 1000
  return event.kind === 24242 && verifyEvent(event) && isAlive && values('t').includes(verb) && (!sha256 || values('x').includes(sha256))
}

function end(response, status, body = '') {
  const reason = status >= 400 ? { 'X-Reason': body } : {}
  response.writeHead(status, { 'Content-Type': typeof body === 'string' ? 'text/plain' : 'application/json', ...reason })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

/** BUD-06: whether an upload would be taken, before a byte of it is sent. */
function requirements({ headers }, response) {
  const { 'x-sha-256': sha256, 'x-content-length': length, 'x-content-type': type } = headers
  if (!/^[0-9a-f]{64}$/.test(sha256 ?? '')) return end(response, 400, 'X-SHA-256 is no hash')
  if (!/^[0-9]+$/.test(length ?? '')) return end(response, 411, 'X-Content-Length is no length')
  if (Number(length) > MAX_BYTES) return end(response, 413, 'too large')
  end(response, type === FORBIDDEN ? 415 : 200, type === FORBIDDEN ? 'not this type' : '')
}

/** Keeps a blob that has one of the hashes that were signed. */
async function keep(request, response, bytes, type) {
  const hash = createHash('sha256')
  const draft = join(directory, `draft-${process.hrtime.bigint()}`)
  let size = 0
  const measure = new Transform({
    transform(part, _, done) {
      hash.update(part)
      size += part.length
      done(null, part)
    },
  })
  await pipeline(bytes, measure, createWriteStream(draft))
  const sha256 = hash.digest('hex')
  if (!isAuthorized(request, 'upload', sha256)) return end(response, 403, 'not for this blob')
  await storage.writeBlob(sha256, createReadStream(draft), type)
  await rm(draft)
  const url = `http://${request.headers.host}/${sha256}`
  end(response, 200, { url, sha256, size, type, uploaded: Math.floor(Date.now() / 1000) })
}

async function upload(request, response) {
  if (!isAuthorized(request, 'upload')) return end(response, 401, 'who are you?')
  if (request.method === 'HEAD') return requirements(request, response)
  const type = request.headers['content-type'] ?? 'application/octet-stream'
  if (type === FORBIDDEN) return end(response, 415, 'not this type')
  await keep(request, response, request, type)
}

/** BUD-04: takes a blob from another server. */
async function mirror(request, response) {
  if (!isAuthorized(request, 'upload')) return end(response, 401, 'who are you?')
  let json = ''
  for await (const part of request) {
    json += part
    if (json.length > MAX_JSON_BYTES) return end(response, 413, 'too large')
  }
  const source = await fetch(JSON.parse(json).url).catch(() => undefined)
  if (source?.status !== 200) return end(response, 502, 'the other server does not have it')
  await keep(request, response, Readable.fromWeb(source.body), source.headers.get('content-type'))
}

async function download(request, response, sha256) {
  const size = await storage.getBlobSize(sha256)
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  const first = from ? Number(from) : 0
  const last = to ? Number(to) : size - 1
  response.writeHead(from ? 206 : 200, {
    'Content-Type': (await storage.getBlobType(sha256)) ?? 'application/octet-stream',
    'Content-Length': last - first + 1,
    'Accept-Ranges': 'bytes',
    ...(from ? { 'Content-Range': `bytes ${first}-${last}/${size}` } : {}),
  })
  if (request.method === 'HEAD') return response.end()
  let at = 0
  const cut = new Transform({
    transform(bytes, _, done) {
      const part = bytes.subarray(Math.max(0, first - at), Math.max(0, last + 1 - at))
      at += bytes.length
      done(null, part)
    },
  })
  await pipeline(await storage.readBlob(sha256), cut, response)
}

async function serve(request, response) {
  const [, sha256] = /^\/([0-9a-f]{64})(?:\.\w+)?$/.exec(request.url) ?? []
  if (request.url === '/upload') return upload(request, response)
  if (request.url === '/mirror') return mirror(request, response)
  if (!sha256 || !(await storage.hasBlob(sha256))) return end(response, 404, 'no such blob')
  if (request.method !== 'DELETE') return download(request, response, sha256)
  if (!isAuthorized(request, 'delete', sha256)) return end(response, 401, 'who are you?')
  await storage.removeBlob(sha256)
  end(response, 204)
}

const server = createServer((request, response) => serve(request, response).catch(() => response.destroy()))
server.requestTimeout = 0
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
