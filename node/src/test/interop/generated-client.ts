// Uses the client that openapi-typescript and openapi-fetch make of /openapi.json, as its users would: strictly typed,
// every operation once. ./run generates schema.d.ts, compiles this, and runs it with a URL and the record of a new key.
import createClient from 'openapi-fetch'
import type { components, paths } from './schema.js'

declare const process: { argv: string[]; exit(code: number): never }

const [, , url = '', event = ''] = process.argv
const other = '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798' // of the secret 1, which nobody uses
const client = createClient<paths>({ baseUrl: url })

function demand(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what)
}

const record = JSON.parse(event) as components['schemas']['Event']
const key = record.pubkey
const params = { path: { key } }

const published = await client.PUT('/v1/relays/{key}', { params, body: record })
demand(published.data?.status === 'accepted', `published: ${JSON.stringify(published.error)}`)
demand(published.data.acknowledged >= published.data.required, 'fewer nodes than required took it')

const found = await client.GET('/v1/relays/{key}', { params: { ...params, query: { policy: 'quorum' } } })
demand(found.data?.status === 'found', `resolved: ${JSON.stringify(found.error)}`)
demand(found.data.event?.id === record.id, 'another event came back')
const port: number | undefined = found.data.endpoints?.[0]?.port
demand(port === 4848 && found.data.evidence!.answered > 0, 'endpoints or evidence are wrong')
const etag = found.response.headers.get('ETag') ?? ''
const again = await client.GET('/v1/relays/{key}', { params, headers: { 'If-None-Match': etag }, parseAs: 'text' })
demand(again.response.status === 304, `with the ETag: ${again.response.status}`)
const head = await client.HEAD('/v1/relays/{key}', { params })
demand(head.response.status === 200, `HEAD: ${head.response.status}`)

const unknown = await client.GET('/v1/relays/{key}', { params: { path: { key: other } } })
demand(unknown.data === undefined && unknown.error.status === 404, 'an unknown key is no 404')
demand(unknown.error.type.endsWith('/problems/key-unknown'), `type ${unknown.error.type}`)
const malformed = await client.GET('/v1/relays/{key}', { params: { path: { key: 'npub1x' } } })
demand(malformed.error?.status === 400, 'a malformed key is no 400')

const batch = await client.POST('/v1/resolve', { body: { keys: [key, other] }, parseAs: 'text' })
const lines = (batch.data ?? '').trim().split('\n').map(line => JSON.parse(line) as components['schemas']['BatchLine'])
demand(lines.length === 2 && lines.some(line => line.index === 0 && line.status === 'found'), 'the batch is wrong')

const changes = await client.GET('/v1/relays/{key}/changes', { params, parseAs: 'stream' })
const reader = changes.data!.pipeThrough(new TextDecoderStream()).getReader()
let told = ''
while (!told.includes(`id: ${record.id}`)) {
  const { value, done } = await reader.read()
  demand(!done, `the changes ended with ${told}`)
  told += value
}
await reader.cancel()

const network = await client.GET('/v1/network')
demand(network.data!.nodes > 0, 'the node knows nobody')
const directory = await client.GET('/v1/directory', { params: { query: { topic: 'nothing' } } })
demand(directory.data?.relays.length === 0, `directory: ${JSON.stringify(directory.error)}`)
demand((await client.GET('/health/live')).data?.status === 'live', 'it does not live')
demand((await client.GET('/health/ready')).data?.status === 'ready', 'it is not ready')
console.log('ok: the generated client understands every operation')
process.exit(0)
