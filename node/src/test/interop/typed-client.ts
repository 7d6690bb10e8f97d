// Uses every part of wsn-client as a strictly typed program does; compiled by ./run, never run.
import { parseKey, RecordMemory, RefusedError, relayUrl, resolve, ResolveError, WsnSocket, wsnFetch } from 'wsn-client'
import type { Endpoint } from 'wsn-client'
import { fileStorage } from 'wsn-client/node'

const resolvers = ['http://127.0.0.1:4880']
const page = new RecordMemory({ storage: localStorage })
const memory = new RecordMemory({ storage: fileStorage('seen.json'), maxKeys: 10 })

export async function where(key: string): Promise<Endpoint[]> {
  try {
    const found = await resolve(parseKey(key), { resolvers, memory, policy: 'quorum', timeout: 1_000 })
    return found.status === 'not_found' ? [] : found.endpoints
  } catch (error) {
    throw error instanceof ResolveError ? new Error(error.problems.map(({ message }) => message).join()) : error
  }
}

export function talk(key: string): WebSocket {
  globalThis.WebSocket = WsnSocket.with({ resolvers, memory: page })
  const socket: WebSocket = new WsnSocket(relayUrl(key), ['nostr'])
  socket.addEventListener('message', ({ data }) => console.log(data))
  socket.onclose = ({ code, reason }) => console.log(code, reason)
  return socket
}

export async function about(key: string): Promise<unknown> {
  const ask = wsnFetch.with({ resolvers, memory, service: 'nostr', maxWaitingBytes: 1_000_000 })
  const answer = await ask(relayUrl(key), { headers: { Accept: 'application/nostr+json' } }).catch((error: unknown) => {
    throw error instanceof RefusedError ? new Error(`refused with ${error.status}`) : error
  })
  return answer.json()
}

// @ts-expect-error: a memory is a RecordMemory
export const wrong = () => resolve('npub1', { memory: localStorage })
