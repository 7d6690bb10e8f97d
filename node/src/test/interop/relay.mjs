// A Nostr relay that this project did not write: the @nostr-relay engine, its events in memory, behind
// a WebSocket server.
// With --auth NPUB it wants clients to authenticate (NIP-42) for the URL wsn://NPUB.
// Prints "ready PORT".
import { EventRepository, EventUtils } from '@nostr-relay/common'
import { NostrRelay } from '@nostr-relay/core'
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const [flag, npub] = process.argv.slice(2)
const mustAuthenticate = flag === '--auth'

// The engine's own repository is on SQLite, which npm compiles where it is installed.
class Memory extends EventRepository {
  #events = new Map()

  isSearchSupported() {
    return false
  }

  upsert(event) {
    const isDuplicate = this.#events.has(event.id)
    this.#events.set(event.id, event)
    return { isDuplicate }
  }

  find(filter) {
    const matching = [...this.#events.values()].filter(event => EventUtils.isMatchingFilter(event, filter))
    return matching.sort((a, b) => b.created_at - a.created_at).slice(0, filter.limit ?? 100)
  }

  async destroy() {}
}

const relay = new NostrRelay(new Memory(), {
  hostname: mustAuthenticate ? npub : undefined,
  logLevel: 3,
  maxSubscriptionsPerClient: 200,
  filterResultCacheTtl: 0,
})
const http = createServer((request, response) => {
  response.setHeader('Content-Type', 'application/nostr+json')
  response.setHeader('Access-Control-Allow-Origin', '*')
  response.end(JSON.stringify({ name: 'a relay from npm', path: request.url, supported_nips: [1, 11, 42] }))
})
const sockets = new WebSocketServer({ server: http, maxPayload: 4 << 20 })
sockets.on('connection', socket => {
  relay.handleConnection(socket)
  socket.on('message', async data => {
    const message = JSON.parse(data.toString())
    if (mustAuthenticate && message[0] === 'REQ' && !relay.isAuthorized(socket)) {
      socket.send(JSON.stringify(['CLOSED', message[1], 'auth-required: who are you?']))
    } else {
      await relay.handleMessage(socket, message)
    }
  })
  socket.on('close', () => relay.handleDisconnect(socket))
  socket.on('error', () => socket.terminate())
})
http.listen(0, '127.0.0.1', () => console.log(`ready ${http.address().port}`))
