// What both checks share: keys as people type them, and one resolution checked with nostr-tools.
import { nip19, verifyEvent } from 'nostr-tools'

const KIND = 11111
const MAX_LIFETIME_SECONDS = 24 * 60 * 60
const MAX_AHEAD_SECONDS = 60

export function hexOf(key) {
  if (/^[0-9a-f]{64}$/i.test(key)) return key.toLowerCase()
  const { type, data } = nip19.decode(key)
  if (type === 'npub') return data
  if (type === 'nprofile') return data.pubkey
  throw new Error(`expected npub, nprofile or hex, not ${type}`)
}

function demand(condition, message) {
  if (!condition) throw new Error(message)
}

// Resolves a key and throws unless nostr-tools agrees with everything the resolver says.
export async function resolve(url, key) {
  const pubkey = hexOf(key)
  const response = await fetch(new URL(`/v1/relays/${key}`, url))
  const answer = await response.json()
  demand([200, 410].includes(response.status), `status ${response.status}: ${answer.detail}`)

  const { event } = answer
  demand(verifyEvent(event), 'nostr-tools: id or signature of the event does not verify')
  demand(event.pubkey === pubkey, 'the event is of another key')
  demand(event.kind === KIND, `the kind is ${event.kind}`)
  const expirations = event.tags.filter(tag => tag[0] === 'expiration')
  demand(expirations.length === 1, `the event has ${expirations.length} expiration tags`)
  const expiresAt = Number(expirations[0][1])
  const now = Date.now() / 1000
  demand(expiresAt > now, 'the event has expired')
  demand(expiresAt - event.created_at <= MAX_LIFETIME_SECONDS, 'the event lives too long')
  demand(event.created_at <= now + MAX_AHEAD_SECONDS, 'the event is from the future')

  const endpoints = event.tags.filter(tag => ['clearnet', 'tor'].includes(tag[0]))
  demand(answer.pubkey === pubkey, 'pubkey differs from the event')
  demand(answer.npub === nip19.npubEncode(pubkey), 'npub differs from the event')
  demand(answer.created_at === event.created_at, 'created_at differs from the event')
  demand(answer.expires_at === expiresAt, 'expires_at differs from the event')
  demand(answer.endpoints.length === endpoints.length, 'endpoints differ from the event')
  demand(answer.status === (endpoints.length > 0 ? 'found' : 'withdrawn'), 'status is wrong')
  demand(response.headers.get('etag') === `"${event.id}"`, 'the ETag is not the id')
  return answer
}

// Runs a check: prints what it answers, or why it failed with exit code 1.
export async function main(usage, count, check) {
  const args = process.argv.slice(2)
  if (args.length < count) {
    console.error(`usage: ${usage}`)
    process.exit(2)
  }
  try {
    console.log(await check(...args))
  } catch (error) {
    console.error(`failed: ${error.cause?.message ?? error.message}`)
    process.exit(1)
  }
}
