// Signs a record with nostr-tools and publishes it through the resolver URL: under a new key, or
// under the key in the environment variable NSEC (nsec or hex). Then reads it back and verifies it.
import { finalizeEvent, generateSecretKey, getPublicKey, nip19 } from 'nostr-tools'
import { main, resolve } from './resolver.mjs'

const LIFETIME_SECONDS = 2 * 60 * 60

function secretKey() {
  const given = process.env.NSEC
  if (!given) return generateSecretKey()
  if (given.startsWith('nsec1')) return nip19.decode(given).data
  return Uint8Array.from(Buffer.from(given, 'hex'))
}

await main('node publish.mjs URL [IP:PORT ...]', 1, async (url, ...endpoints) => {
  const secret = secretKey()
  const now = Math.floor(Date.now() / 1000)
  const places = endpoints.length > 0 ? endpoints : ['203.0.113.7:4848']
  const event = finalizeEvent(
    {
      kind: 11111,
      created_at: now,
      tags: [
        ...places.map(place => ['clearnet', place, 'wsn']),
        ['expiration', String(now + LIFETIME_SECONDS)],
        ['alt', 'network addresses of this key'],
      ],
      content: '',
    },
    secret,
  )
  const npub = nip19.npubEncode(getPublicKey(secret))
  const response = await fetch(new URL(`/v1/relays/${npub}`, url), {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(event),
  })
  const answer = await response.json()
  if (![200, 201].includes(response.status)) {
    throw new Error(`status ${response.status} ${answer.type}: ${answer.detail}`)
  }
  const resolved = await resolve(url, npub)
  if (resolved.event.id !== event.id) throw new Error('another event came back')
  return `ok: ${npub} published to ${answer.acknowledged} nodes and read back`
})
