// Reach a server by its key: resolve it, and open an encrypted channel that only it can answer.
export { npubOf, parseKey } from './bytes.js'
export { parseUri, relayUrl } from './address.js'
export { RecordMemory, RecordRefused, verifyRecord } from './record.js'
export { resolve, ResolveError } from './resolve.js'
export { ConnectError } from './connect.js'
export { RefusedError } from './channel.js'
export { WsnSocket } from './socket.js'
export { wsnFetch } from './fetch.js'
