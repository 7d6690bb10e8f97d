// Asks resolvers over HTTP where a key is, and believes nothing but signed records.
import { parseIp, scopeOf } from './address.js'
import { npubOf, parseKey } from './bytes.js'
import { defaultMemory, RecordRefused, supersedes, verifyRecord } from './record.js'

const MAX_ANSWER_BYTES = 64 * 1024
const MAX_RESOLVERS = 8
const TIMEOUT_MILLIS = 10_000
/** When one resolver has answered, the others have this time to know better. */
const OTHERS_MILLIS = 2_000

/** No resolver gave an answer that can be believed; `problems` says what each of them did. */
export class ResolveError extends Error {
  constructor(message, problems) {
    super(message)
    this.name = 'ResolveError'
    this.problems = problems
  }
}

/**
 * Where a key is now. The result has `status` `found`, `withdrawn` or `not_found`, and for the
 * first two the verified record. Rejects with ResolveError when nobody could be asked.
 */
export async function resolve(key, options = {}) {
  const { resolvers = [], policy = 'fast', memory = defaultMemory, signal, timeout = TIMEOUT_MILLIS } = options
  const pubkey = parseKey(key)
  if (resolvers.length === 0) throw new TypeError('resolve needs { resolvers: ["https://…"] }')
  if (resolvers.length > MAX_RESOLVERS) throw new TypeError('resolve asks at most 8 resolvers')
  const stop = new AbortController()
  const limit = AbortSignal.any([stop.signal, AbortSignal.timeout(timeout), ...(signal ? [signal] : [])])
  const problems = []
  const asked = resolvers.map(async url => {
    const answer = await ask(url, pubkey, { ...options, policy, memory, signal: limit })
    return { ...answer, resolver: String(url) }
  })
  for (const answer of asked) answer.catch(error => problems.push(error))
  try {
    return policy === 'quorum' ? await newestOf(asked) : await firstOf(asked)
  } catch {
    const answers = await Promise.allSettled(asked)
    if (signal?.aborted) throw signal.reason
    if (answers.some(({ status }) => status === 'fulfilled')) {
      return { status: 'not_found', pubkey, npub: npubOf(pubkey), endpoints: [] }
    }
    const said = answers.map(({ reason }, i) => ({ resolver: String(resolvers[i]), message: messageOf(reason) }))
    throw new ResolveError(`no resolver could say where ${npubOf(pubkey)} is`, said)
  } finally {
    stop.abort()
  }
}

function messageOf(reason) {
  return String(reason?.cause?.message ?? reason?.message ?? reason)
}

async function firstOf(asked) {
  return await Promise.any(
    asked.map(async answer => {
      const known = await answer
      if (known.status === 'not_found') throw new Error('not found')
      return known
    }),
  )
}

async function newestOf(asked) {
  let newest
  const answers = asked.map(async answer => {
    const value = await answer
    if (!value.event) throw new Error('not found')
    if (!newest || supersedes(value.event, newest.event)) newest = value
  })
  const all = Promise.allSettled(answers)
  let patience
  try {
    await Promise.any(answers)
    await Promise.race([all, new Promise(over => { patience = setTimeout(over, OTHERS_MILLIS) })])
  } catch {
    await all
  } finally {
    clearTimeout(patience)
  }
  if (!newest) throw new Error('not found')
  return newest
}

async function ask(url, pubkey, { policy, memory, isLocal, signal, fetch = globalThis.fetch }) {
  const address = new URL(`v1/relays/${npubOf(pubkey)}`, withSlash(url))
  if (policy === 'quorum') address.searchParams.set('policy', policy)
  const response = await fetch(address, { signal, headers: { Accept: 'application/json' } })
  if (response.status === 404) {
    await response.body?.cancel()
    return { status: 'not_found' }
  }
  if (response.status !== 200 && response.status !== 410) {
    await response.body?.cancel()
    throw new Error(`the resolver answered with status ${response.status}`)
  }
  const { event } = JSON.parse(await textOf(response))
  const found = verifyRecord(event, { isLocal: isLocal ?? isNear(address) })
  if (found.pubkey !== pubkey) throw new RecordRefused('WRONG_KEY', 'the record is of another key')
  if (!memory.admit(event)) throw new RecordRefused('OLDER_THAN_KNOWN', 'a newer record was seen before')
  return { status: found.isWithdrawal ? 'withdrawn' : 'found', ...found }
}

function withSlash(url) {
  const text = String(url)
  return text.endsWith('/') ? text : `${text}/`
}

/** A resolver on this machine or in this house may know a local network. */
export function isNear({ hostname }) {
  if (hostname === 'localhost') return true
  const bytes = parseIp(hostname.replace(/^\[|\]$/g, ''))
  return bytes !== undefined && scopeOf(bytes) !== 'public'
}

async function textOf(response) {
  const reader = response.body.getReader()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    length += value.length
    if (length > MAX_ANSWER_BYTES) {
      await reader.cancel()
      throw new Error('the answer of the resolver is too long')
    }
    text += decoder.decode(value, { stream: true })
  }
}
