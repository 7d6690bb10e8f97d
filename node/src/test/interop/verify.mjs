// Resolves KEY at the resolver URL and verifies the signed event with nostr-tools.
import { main, resolve } from './resolver.mjs'

await main('node verify.mjs URL KEY', 2, async (url, key) => {
  const answer = await resolve(url, key)
  const places = answer.endpoints.map(endpoint => endpoint.uri).join(' ') || 'nowhere'
  return `ok: ${answer.npub} is ${answer.status}: ${places}`
})
