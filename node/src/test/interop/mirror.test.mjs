// A relay from npm as the mirror of a resolver, through TLS: what is published at the resolver goes there, and what is
// only there is found through the resolver. MIRRORED and PLAIN are resolvers with and without it, RELAY_URL is the relay.
import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import { finalizeEvent, generateSecretKey } from 'nostr-tools'
import { SimplePool, useWebSocketImplementation } from 'nostr-tools/pool'
import WebSocket from 'ws'
import { resolve } from './resolver.mjs'

globalThis.WebSocket ??= WebSocket
useWebSocketImplementation(WebSocket)
const { MIRRORED, PLAIN, RELAY_URL, MIRROR } = process.env
const pool = new SimplePool()
after(() => pool.close([RELAY_URL]))

function signed(secret, place) {
  const now = Math.floor(Date.now() / 1000)
  const tags = [['clearnet', place, 'wsn'], ['expiration', String(now + 3600)], ['alt', 'network addresses of this key']]
  return finalizeEvent({ kind: 11111, created_at: now, tags, content: '' }, secret)
}

test('what is published at the resolver is on the mirror soon', { timeout: 90_000 }, async () => {
  const event = signed(generateSecretKey(), '203.0.113.7:4848')
  const response = await fetch(`${MIRRORED}/v1/relays/${event.pubkey}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(event),
  })
  assert.equal(response.status, 201, await response.text())
  let copy
  while (!copy) {
    copy = await pool.get([RELAY_URL], { kinds: [11111], authors: [event.pubkey] })
    await new Promise(done => setTimeout(done, 100))
  }
  assert.equal(copy.id, event.id)
})

test('what only the mirror has is found, and the evidence says where', { timeout: 90_000 }, async () => {
  const event = signed(generateSecretKey(), '203.0.113.9:4848')
  await Promise.all(pool.publish([RELAY_URL], event))
  const plain = await fetch(`${PLAIN}/v1/relays/${event.pubkey}`)
  assert.equal(plain.status, 404)
  await plain.text()
  const first = await resolve(MIRRORED, event.pubkey)
  assert.equal(first.event.id, event.id)
  assert.equal(first.evidence.source, 'mirror')
  assert.equal(first.evidence.mirror, MIRROR)
  const again = await resolve(MIRRORED, event.pubkey)
  assert.equal(again.evidence.source, 'cache')
  assert.equal(again.evidence.mirror, MIRROR)
})
