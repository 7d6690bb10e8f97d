// The resolver as a relay: nostr-tools and NDK, unmodified, publish a record and resolve it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import WebSocket from 'ws'
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools'
import { SimplePool, useWebSocketImplementation } from 'nostr-tools/pool'

globalThis.WebSocket ??= WebSocket
useWebSocketImplementation(WebSocket)
const one = process.env.ONE.replace(/^http/, 'ws')
const two = process.env.TWO.replace(/^http/, 'ws')

function unsigned(endpoint) {
  const now = Math.floor(Date.now() / 1000)
  const tags = [['clearnet', endpoint, 'wsn'], ['expiration', String(now + 3600)]]
  return { kind: 11111, created_at: now, tags, content: '' }
}

test('nostr-tools publishes through one resolver and resolves through the other', async () => {
  const pool = new SimplePool()
  const secret = generateSecretKey()
  const event = finalizeEvent(unsigned('203.0.113.7:4848'), secret)
  await Promise.all(pool.publish([one], event))
  const found = await pool.get([two], { kinds: [11111], authors: [getPublicKey(secret)] })
  assert.equal(found.id, event.id)
  pool.close([one, two])
})

test('NDK publishes through one resolver and resolves through the other', async () => {
  const { default: NDK, NDKEvent, NDKPrivateKeySigner } = await import('@nostr-dev-kit/ndk')
  const signer = NDKPrivateKeySigner.generate()
  const owner = new NDK({ explicitRelayUrls: [one], signer })
  await owner.connect(5000)
  const event = new NDKEvent(owner, unsigned('203.0.113.8:4848'))
  await event.sign()
  const relays = await event.publish(undefined, 20000, 1)
  assert.equal(relays.size, 1)
  const asker = new NDK({ explicitRelayUrls: [two] })
  await asker.connect(5000)
  const author = (await signer.user()).pubkey
  const found = await asker.fetchEvent({ kinds: [11111], authors: [author] })
  assert.equal(found.id, event.id)
})
