// HTTP to a relay and a Blossom server by key, through the fetch of wsn-client.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { createDeleteAuth, createUploadAuth, encodeAuthorizationHeader } from 'blossom-client-sdk'
import { finalizeEvent, generateSecretKey, getPublicKey, nip19 } from 'nostr-tools'
import { ConnectError, RefusedError, wsnFetch } from 'wsn-client'

const { ELSEWHERE, RESOLVER, RELAY, GATEWAY, NGINX, NGINX_TLS, MEGABYTES = '64' } = process.env
const ask = wsnFetch.with({ resolvers: [RESOLVER] })
const secret = generateSecretKey()
const signer = async draft => finalizeEvent(draft, secret)
const sha256 = bytes => createHash('sha256').update(bytes).digest('hex')
const uploadAuth = async hash => encodeAuthorizationHeader(await createUploadAuth(signer, hash))
const deleteAuth = async hash => encodeAuthorizationHeader(await createDeleteAuth(signer, hash))
const url = path => `wsn://${RELAY}/${path}`

const places = {
  'by key': `wsn://${RELAY}`,
  'with a hint': `wsn://${RELAY}@${GATEWAY}`,
  'through nginx': `wsn://${RELAY}@${NGINX}`,
  'through TLS and a path prefix': `wsn://${RELAY}@${NGINX_TLS}`,
}
for (const [name, root] of Object.entries(places)) {
  test(`the relay's NIP-11 document, ${name}`, async () => {
    const answer = await ask(root, { headers: { Accept: 'application/nostr+json' } })
    assert.deepEqual([answer.status, answer.ok, answer.url], [200, true, root])
    assert.equal(answer.headers.get('content-type'), 'application/nostr+json')
    assert.equal((await answer.json()).name, 'a relay from npm')
  })
}

test('the path and the query reach the relay', async () => {
  const answer = await ask(url('a/b?c=d'), { headers: { Accept: 'application/nostr+json' } })
  assert.equal((await answer.json()).path, '/a/b?c=d')
})

test('upload, download, range, HEAD and delete at a Blossom server', async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(60_000))
  const hash = sha256(bytes)
  const body = new Blob([bytes], { type: 'image/png' })
  const stored = await ask(url('upload'), { method: 'PUT', body, headers: { authorization: await uploadAuth(hash) } })
  assert.deepEqual(({ sha256: hash, size: bytes.length, type: 'image/png' }), (({ sha256, size, type }) => ({ sha256, size, type }))(await stored.json()))
  const back = await ask(url(hash))
  assert.equal(back.headers.get('content-length'), `${bytes.length}`)
  assert.deepEqual(new Uint8Array(await back.arrayBuffer()), bytes)
  const part = await ask(url(hash), { headers: { Range: 'bytes=1000-1999' } })
  assert.equal(part.status, 206)
  assert.deepEqual(new Uint8Array(await part.arrayBuffer()), bytes.slice(1000, 2000))
  const head = await ask(url(hash), { method: 'HEAD' })
  assert.deepEqual([head.status, head.body, head.headers.get('content-length')], [200, null, `${bytes.length}`])
  const gone = await ask(url(hash), { method: 'DELETE', headers: { authorization: await deleteAuth(hash) } })
  assert.deepEqual([gone.status, gone.body], [204, null])
  assert.equal((await ask(url(hash))).status, 404)
})

test('a mirror (BUD-04), and an upload that is asked for (BUD-06)', async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(60_000))
  const hash = sha256(bytes)
  const authorization = await uploadAuth(hash)
  const asking = { authorization, 'X-SHA-256': hash, 'X-Content-Length': `${bytes.length}` }
  const mayI = await ask(url('upload'), { method: 'HEAD', headers: asking })
  assert.deepEqual([mayI.status, mayI.body], [200, null])
  const tooLong = await ask(url('upload'), { method: 'HEAD', headers: { ...asking, 'X-Content-Length': `${2 ** 40}` } })
  assert.deepEqual([tooLong.status, tooLong.headers.get('x-reason')], [413, 'too large'])
  assert.equal((await fetch(`${ELSEWHERE}/upload`, { method: 'PUT', body: bytes, headers: { authorization } })).status, 200)
  const body = JSON.stringify({ url: `${ELSEWHERE}/${hash}` })
  const mirrored = await ask(url('mirror'), { method: 'PUT', body, headers: { authorization, 'Content-Type': 'application/json' } })
  assert.equal((await mirrored.json()).sha256, hash)
  assert.deepEqual(new Uint8Array(await (await ask(url(hash))).arrayBuffer()), bytes)
  await ask(url(hash), { method: 'DELETE', headers: { authorization: await deleteAuth(hash) } })
})

test('an upload that the server refuses before it has ended', async () => {
  const endless = new ReadableStream({ pull: controller => controller.enqueue(new Uint8Array(65_536)) })
  const answer = await ask(url('upload'), { method: 'PUT', body: endless })
  assert.equal(answer.status, 401)
})

test(`${MEGABYTES} MB up and down, streamed`, { timeout: 3_600_000 }, async () => {
  const piece = crypto.getRandomValues(new Uint8Array(65_536))
  const pieces = Number(MEGABYTES) * 16
  const hash = createHash('sha256')
  for (let i = 0; i < pieces; i++) hash.update(piece)
  const expected = hash.digest('hex')
  let sent = 0
  const body = new ReadableStream({
    pull: controller => (sent++ < pieces ? controller.enqueue(piece) : controller.close()),
  })
  const stored = await ask(url('upload'), { method: 'PUT', body, headers: { authorization: await uploadAuth(expected) } })
  assert.equal((await stored.json()).sha256, expected)
  const received = createHash('sha256')
  for await (const bytes of (await ask(url(expected))).body) received.update(bytes)
  assert.equal(received.digest('hex'), expected)
  await ask(url(expected), { method: 'DELETE', headers: { authorization: await deleteAuth(expected) } })
})

test('what cannot be reached, is not there, or was given up', async () => {
  const stranger = nip19.npubEncode(getPublicKey(generateSecretKey()))
  await assert.rejects(ask(`wsn://${stranger}@${GATEWAY}`), ConnectError)
  const mail = wsnFetch.with({ resolvers: [RESOLVER], service: 'mail' })
  await assert.rejects(mail(url('')), error => error instanceof RefusedError && error.status === 404)
  await assert.rejects(ask(url(''), { signal: AbortSignal.abort() }), { name: 'AbortError' })
  await assert.rejects(ask(url(''), { method: 'CONNECT' }), TypeError)
  await assert.rejects(ask(url(''), { body: 'x' }), TypeError)
  await assert.rejects(ask('wsn://nobody'), TypeError)
  await assert.rejects(ask(url(''), { headers: { x: 'x'.repeat(20_000) } }), TypeError)
})

test('an answer that nobody reads is ended when too much of it waits', async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(65_536))
  const all = new Uint8Array(32 * 1024 * 1024)
  for (let at = 0; at < all.length; at += bytes.length) all.set(bytes, at)
  const hash = sha256(all)
  await ask(url('upload'), { method: 'PUT', body: all, headers: { authorization: await uploadAuth(hash) } })
  const impatient = wsnFetch.with({ resolvers: [RESOLVER], maxWaitingBytes: 4 * 1024 * 1024 })
  const answer = await impatient(url(hash))
  await assert.rejects(answer.body.getReader().closed, { message: 'the answer is not read' })
  const unread = await ask(url(hash))
  await new Promise(waited => setTimeout(waited, 1_000))
  assert.equal((await unread.arrayBuffer()).byteLength, all.length)
  await ask(url(hash), { method: 'DELETE', headers: { authorization: await deleteAuth(hash) } })
})

test('an abort ends the answer that is read', async () => {
  const bytes = new Uint8Array(8_000_000)
  const hash = sha256(bytes)
  await ask(url('upload'), { method: 'PUT', body: bytes, headers: { authorization: await uploadAuth(hash) } })
  const given = new AbortController()
  const answer = await ask(url(hash), { signal: given.signal })
  given.abort()
  await assert.rejects(answer.arrayBuffer(), { name: 'AbortError' })
})

test('any other URL goes to the ordinary fetch', async () => {
  assert.equal((await ask(`${RESOLVER}/health/live`)).status, 200)
})
