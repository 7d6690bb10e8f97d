// A remote signer (NIP-46) that this project did not write: the backend of NDK. Listens at the relay
// RELAY_URL, lets one client in with its secret, and sends it to a URL before its first signature.
// Prints "ready ADDRESS NPUB".
import NDK, { NDKNip46Backend, NDKPrivateKeySigner } from '@nostr-dev-kit/ndk'
import WebSocket from 'ws'

globalThis.WebSocket ??= WebSocket
const { RELAY_URL } = process.env
const secret = 'once-and-never-again'
const signer = NDKPrivateKeySigner.generate()
const { npub, pubkey } = await signer.user()
const ndk = new NDK({ explicitRelayUrls: [RELAY_URL], enableOutboxModel: false })
await ndk.connect(10_000)

const clients = new Set()
let isSpent = false
const mayAsk = async ({ method, pubkey: client }) => method === 'connect' || clients.has(client)
class Bunker extends NDKNip46Backend {
  async applyToken(client, token) {
    if (token !== secret || isSpent) throw new Error('this secret is not valid')
    isSpent = true
    clients.add(client)
  }
}

const bunker = new Bunker(ndk, signer, mayAsk, [RELAY_URL])
const sign = bunker.handlers.sign_event
let wasAllowed = false
bunker.setStrategy('sign_event', {
  async handle(backend, id, client, params) {
    if (!wasAllowed) await backend.rpc.sendResponse(id, client, 'auth_url', 24133, 'https://signer.example/allow?id=7')
    wasAllowed = true
    if (JSON.parse(params[0]).tags.some(tag => tag[1] === '203.0.113.66:4848')) throw new Error('not this address')
    return sign.handle(backend, id, client, params)
  },
})
await bunker.start()
console.log(`ready bunker://${pubkey}?relay=${encodeURIComponent(RELAY_URL)}&secret=${secret} ${npub}`)
