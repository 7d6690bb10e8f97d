// blossom-client-sdk, unmodified, reaches a Blossom server by its key: through a port that the local proxy
// forwards, because the SDK puts its paths at the root. MEGABYTES is the length of the large blob.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { Actions, createDeleteAuth, createUploadAuth, encodeAuthorizationHeader } from 'blossom-client-sdk'
import { finalizeEvent, generateSecretKey } from 'nostr-tools'

const { deleteBlob, downloadBlob, mirrorBlob, uploadBlob } = Actions
const { ELSEWHERE, FORWARD, PROXY, RELAY, MEGABYTES = '64' } = process.env
const secret = generateSecretKey()
const signer = async draft => finalizeEvent(draft, secret)
const sha256 = bytes => createHash('sha256').update(bytes).digest('hex')
const onAuth = { onAuth: (_, hash) => createUploadAuth(signer, hash) }
const onDelete = { onAuth: (_, hash) => createDeleteAuth(signer, hash) }

test('upload, download, range and delete', async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(60_000))
  const blob = await uploadBlob(FORWARD, new Blob([bytes], { type: 'image/png' }), onAuth)
  assert.equal(blob.sha256, sha256(bytes))
  assert.equal(blob.size, bytes.length)
  const back = await downloadBlob(FORWARD, blob.sha256)
  assert.equal(back.headers.get('content-length'), `${bytes.length}`)
  assert.deepEqual(new Uint8Array(await back.arrayBuffer()), bytes)
  const byPath = `${PROXY.replace('ws:', 'http:')}/${RELAY}/${blob.sha256}`
  const part = await fetch(byPath, { headers: { Range: 'bytes=1000-1999' } })
  assert.equal(part.status, 206)
  assert.equal(part.headers.get('content-range'), `bytes 1000-1999/${bytes.length}`)
  assert.deepEqual(new Uint8Array(await part.arrayBuffer()), bytes.slice(1000, 2000))
  const head = await fetch(byPath, { method: 'HEAD' })
  assert.equal(head.headers.get('content-length'), `${bytes.length}`)
  await deleteBlob(FORWARD, blob.sha256, onDelete)
  assert.equal((await fetch(byPath)).status, 404)
})

test('a blob is mirrored from another server, and from here to it (BUD-04)', async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(60_000))
  const there = await uploadBlob(ELSEWHERE, new Blob([bytes], { type: 'image/png' }), onAuth)
  const here = await mirrorBlob(FORWARD, there, onAuth)
  assert.deepEqual([here.sha256, here.size, here.type], [sha256(bytes), bytes.length, 'image/png'])
  await deleteBlob(ELSEWHERE, there.sha256, onDelete)
  assert.equal((await fetch(`${ELSEWHERE}/${there.sha256}`)).status, 404)
  assert.deepEqual(new Uint8Array(await (await downloadBlob(FORWARD, here.sha256)).arrayBuffer()), bytes)
  const byKey = { ...here, url: `${PROXY.replace('ws:', 'http:')}/${RELAY}/${here.sha256}` }
  await mirrorBlob(ELSEWHERE, byKey, onAuth)
  assert.deepEqual(new Uint8Array(await (await downloadBlob(ELSEWHERE, here.sha256)).arrayBuffer()), bytes)
  const nowhere = { ...here, url: `${ELSEWHERE}/${'0'.repeat(64)}` }
  await assert.rejects(mirrorBlob(FORWARD, nowhere, onAuth), /the other server does not have it/)
  for (const server of [FORWARD, ELSEWHERE]) await deleteBlob(server, here.sha256, onDelete)
})

test('an upload is asked for before it is sent (BUD-06)', async () => {
  const hash = sha256('mine')
  const authorization = encodeAuthorizationHeader(await createUploadAuth(signer, hash))
  const asked = async more => {
    const headers = { authorization, 'X-SHA-256': hash, 'X-Content-Length': '4', 'X-Content-Type': 'text/plain', ...more }
    const { status, headers: said } = await fetch(`${FORWARD}upload`, { method: 'HEAD', headers })
    return [status, said.get('x-reason')]
  }
  assert.deepEqual(await asked({}), [200, null])
  assert.deepEqual(await asked({ authorization: '' }), [401, 'who are you?'])
  assert.deepEqual(await asked({ 'X-SHA-256': 'x' }), [400, 'X-SHA-256 is no hash'])
  assert.deepEqual(await asked({ 'X-Content-Length': '' }), [411, 'X-Content-Length is no length'])
  assert.deepEqual(await asked({ 'X-Content-Length': `${2 ** 40}` }), [413, 'too large'])
  assert.deepEqual(await asked({ 'X-Content-Type': 'application/x-forbidden' }), [415, 'not this type'])
  const forbidden = new Blob(['mine'], { type: 'application/x-forbidden' })
  await assert.rejects(uploadBlob(FORWARD, forbidden, { ...onAuth, auth: true }), /not this type/)
})

test('what the server refuses is refused', async () => {
  const blob = new Blob(['mine'])
  const wrong = { onAuth: () => createUploadAuth(signer, '0'.repeat(64)) }
  await assert.rejects(uploadBlob(FORWARD, blob, wrong))
  await assert.rejects(uploadBlob(FORWARD, blob, { auth: false }))
})

test(`a blob of ${MEGABYTES} MB up and down, streamed`, { timeout: 3_600_000 }, async () => {
  const piece = crypto.getRandomValues(new Uint8Array(65_536))
  const pieces = Number(MEGABYTES) * 16
  const hash = createHash('sha256')
  for (let i = 0; i < pieces; i++) hash.update(piece)
  const expected = hash.digest('hex')
  let sent = 0
  const body = new ReadableStream({
    pull(controller) {
      if (sent++ < pieces) controller.enqueue(piece)
      else controller.close()
    },
  })
  const authorization = encodeAuthorizationHeader(await createUploadAuth(signer, expected))
  const answer = await fetch(`${FORWARD}upload`, { method: 'PUT', body, duplex: 'half', headers: { authorization } })
  assert.equal((await answer.json()).sha256, expected)
  const back = await downloadBlob(FORWARD, expected)
  const received = createHash('sha256')
  for await (const bytes of back.body) received.update(bytes)
  assert.equal(received.digest('hex'), expected)
  await deleteBlob(FORWARD, expected, onDelete)
})
