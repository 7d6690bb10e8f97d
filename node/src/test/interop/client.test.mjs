// Clients that this project did not write reach a relay that it did not write, by its key: through
// wsn-client, and unmodified through the local proxy. `run` starts everything and says where it is.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, test } from 'node:test'
import { finalizeEvent, generateSecretKey, getPublicKey, nip19 } from 'nostr-tools'
import { Relay, useWebSocketImplementation } from 'nostr-tools/relay'
import { SimplePool } from 'nostr-tools/pool'
import WebSocket from 'ws'
import { RecordMemory, relayUrl, resolve, ResolveError, WsnSocket } from 'wsn-client'

const { RESOLVER, RELAY, AUTH_RELAY, PROXY, GATEWAY, NGINX, NGINX_TLS } = process.env
const Socket = WsnSocket.with({ resolvers: [RESOLVER] })
const ways = {
  'wsn-client': { socket: Socket, url: npub => `wsn://${npub}` },
  'wsn-client with a hint': { socket: Socket, url: npub => `wsn://${npub}@${GATEWAY}` },
  'nginx in front of the gateway': { socket: WsnSocket, url: npub => `wsn://${npub}@${NGINX}` },
  'TLS and a path prefix': { socket: WsnSocket, url: npub => `wsn://${npub}@${NGINX_TLS}` },
  'the local proxy': { socket: WebSocket, url: npub => `${PROXY}/${npub}` },
}
const secret = generateSecretKey()
const closing = []
after(() => closing.forEach(close => close()))

const note = (content, tags = []) =>
  finalizeEvent({ kind: 1, created_at: Math.floor(Date.now() / 1000), tags, content }, secret)

async function open(way, npub = RELAY) {
  const relay = new Relay(way.url(npub), { websocketImplementation: way.socket })
  // A busy machine is slow, not broken.
  Object.assign(relay, { connectionTimeout: 60_000, publishTimeout: 60_000, baseEoseTimeout: 60_000 })
  await relay.connect()
  closing.push(() => relay.close())
  return relay
}

function query(relay, filter) {
  return new Promise((done, failed) => {
    const events = []
    const subscription = relay.subscribe([filter], {
      onevent: event => events.push(event),
      oneose: () => {
        done(events)
        subscription.close()
      },
      onclose: reason => failed(new Error(reason)),
    })
  })
}

function socketTo(url, Class = Socket, protocols = []) {
  return new Promise((opened, failed) => {
    const socket = new Class(url, protocols)
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => opened(socket)
    socket.onerror = event => failed(event.error ?? new Error(event.message))
  })
}

for (const [name, way] of Object.entries(ways)) {
  test(`nostr-tools publishes and reads through ${name}`, async () => {
    const relay = await open(way)
    const event = note(`hello through ${name}`)
    await relay.publish(event)
    assert.deepEqual((await query(relay, { ids: [event.id] })).map(({ id }) => id), [event.id])
  })

  test(`an event of 1 MB through ${name}`, async () => {
    const relay = await open(way)
    const event = note('é'.repeat(490_000), [['t', name]])
    await relay.publish(event)
    const [back] = await query(relay, { ids: [event.id] })
    assert.equal(back.content, event.content)
  })

  test(`100 subscriptions at one time through ${name}`, async () => {
    const relay = await open(way)
    const author = getPublicKey(secret)
    const stream = Array.from({ length: 100 }, (_, i) => {
      const tag = `${name} ${i}`
      return new Promise(done => {
        relay.subscribe([{ authors: [author], '#t': [tag] }], { onevent: event => done([tag, event.content]) })
      })
    })
    await Promise.all(Array.from({ length: 100 }, (_, i) => relay.publish(note(`${i}`, [['t', `${name} ${i}`]]))))
    const received = await Promise.all(stream)
    assert.deepEqual(received.map(([, content]) => content), received.map((_, i) => `${i}`))
  })
}

test('a client authenticates for the key, without an address (NIP-42)', async () => {
  const relay = await open(ways['wsn-client'], AUTH_RELAY)
  await assert.rejects(query(relay, { kinds: [1] }), /auth-required/)
  await relay.auth(template => finalizeEvent(template, secret))
  assert.deepEqual(await query(relay, { kinds: [1] }), [])
})

test('SimplePool with useWebSocketImplementation', async () => {
  useWebSocketImplementation(Socket)
  const pool = new SimplePool({ websocketImplementation: Socket })
  const url = `wsn://${RELAY}`
  const event = note('through a pool')
  await Promise.all(pool.publish([url], event))
  assert.equal((await pool.get([url], { ids: [event.id] }))?.id, event.id)
  pool.close([url])
})

test('NDK with globalThis.WebSocket', async () => {
  const before = globalThis.WebSocket
  globalThis.WebSocket = Socket
  try {
    const { default: NDK, NDKEvent, NDKPrivateKeySigner } = await import('@nostr-dev-kit/ndk')
    // NDK takes a URL with /npub1 for a view of another relay, and leaves it alone.
    const url = `wsn://${nip19.decode(RELAY).data}`
    const ndk = new NDK({ explicitRelayUrls: [url], enableOutboxModel: false, signer: NDKPrivateKeySigner.generate() })
    await ndk.connect(10_000)
    const event = new NDKEvent(ndk, { kind: 1, content: 'through NDK' })
    await event.publish()
    const [back] = await ndk.fetchEvents({ ids: [event.id] })
    assert.equal(back.content, 'through NDK')
    for (const relay of ndk.pool.relays.values()) relay.disconnect()
  } finally {
    globalThis.WebSocket = before
  }
})

test('resolve finds the verified record', async () => {
  const found = await resolve(RELAY, { resolvers: [RESOLVER], policy: 'quorum' })
  assert.equal(found.status, 'found')
  assert.deepEqual(found.endpoints.map(({ host, port, protocol }) => `${protocol} ${host}:${port}`), [`wsn ${GATEWAY}`])
  const nobody = nip19.npubEncode(getPublicKey(generateSecretKey()))
  assert.equal((await resolve(nobody, { resolvers: [RESOLVER] })).status, 'not_found')
})

test('a resolver that lies is not believed, and the next one is asked', async () => {
  const honest = await resolve(RELAY, { resolvers: [RESOLVER] })
  const now = Math.floor(Date.now() / 1000)
  const sign = (key, created_at) =>
    finalizeEvent(
      { kind: 11111, created_at, content: '', tags: [['clearnet', '203.0.113.7:4848', 'wsn'], ['expiration', `${now + 600}`]] },
      key,
    )
  const key = generateSecretKey()
  const [older, newer] = [sign(key, now - 10), sign(key, now)]
  const npub = nip19.npubEncode(getPublicKey(key))
  let lie = sign(generateSecretKey(), now)
  const server = createServer((_, response) => response.end(JSON.stringify({ event: lie })))
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  try {
    const liar = `http://127.0.0.1:${server.address().port}`
    await assert.rejects(resolve(RELAY, { resolvers: [liar] }), ResolveError)
    lie = { ...honest.event, tags: [['clearnet', '203.0.113.9:1', 'wsn'], ...honest.event.tags.slice(1)] }
    await assert.rejects(resolve(RELAY, { resolvers: [liar] }), error => /id is not/.test(error.problems[0].message))
    assert.equal((await resolve(RELAY, { resolvers: [liar, RESOLVER] })).event.id, honest.event.id)
    const memory = new RecordMemory()
    lie = newer
    assert.equal((await resolve(npub, { resolvers: [liar], memory })).event.id, newer.id)
    lie = older
    await assert.rejects(resolve(npub, { resolvers: [liar], memory }), error => /newer record/.test(error.problems[0].message))
  } finally {
    server.close()
  }
})

test('a hint that leads nowhere is only a hint', async () => {
  const socket = await socketTo(`wsn://${RELAY}@127.0.0.1:9`)
  socket.close()
})

test('a hint to the gateway of another key is refused, and the key says what was tried', async () => {
  const stranger = nip19.npubEncode(getPublicKey(generateSecretKey()))
  await assert.rejects(socketTo(`wsn://${stranger}@${GATEWAY}`), error => {
    assert.deepEqual(error.tried.map(({ at }) => at).filter(at => at !== 'resolver'), [GATEWAY])
    return true
  })
})

test('without any resolver the last record that was seen is used', async () => {
  const memory = new RecordMemory()
  await resolve(RELAY, { resolvers: [RESOLVER], memory })
  const socket = await socketTo(`wsn://${RELAY}`, WsnSocket.with({ memory, resolvers: ['http://127.0.0.1:9'] }))
  socket.close()
})

test('the rules of a WebSocket hold', async () => {
  assert.throws(() => new Socket('wsn://not-a-key'), { name: 'SyntaxError' })
  assert.throws(() => new Socket(`wsn://${RELAY}`, ['a', 'a']), { name: 'SyntaxError' })
  const early = new Socket(`wsn://${RELAY}`)
  assert.throws(() => early.send('x'), { name: 'InvalidStateError' })
  const whenEarlyClosed = new Promise(done => { early.onclose = done })
  early.close()
  assert.equal((await whenEarlyClosed).code, 1006)
  const socket = await socketTo(`wsn://${RELAY}`)
  assert.equal(socket.readyState, WsnSocket.OPEN)
  assert.throws(() => socket.close(1001), { name: 'InvalidAccessError' })
  assert.throws(() => socket.close(1000, 'x'.repeat(124)), { name: 'SyntaxError' })
  const closed = new Promise(done => { socket.onclose = done })
  socket.close(1000, 'done')
  assert.equal(socket.readyState, WsnSocket.CLOSING)
  const { code, wasClean } = await closed
  assert.deepEqual([code, wasClean, socket.readyState], [1000, true, WsnSocket.CLOSED])
  assert.equal(relayUrl(`wsn://${RELAY}@${GATEWAY}`), `wsn://${RELAY}`)
})

test('any other URL opens the ordinary WebSocket', async () => {
  const socket = await socketTo(`${PROXY}/${RELAY}`)
  assert.ok(!(socket instanceof WsnSocket))
  socket.close()
})
