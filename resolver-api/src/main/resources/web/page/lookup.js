// Asks the resolver that served this page, and believes nothing but what it can verify.
import { npubOf, parseKey, parseUri, RecordMemory, RecordRefused, verifyRecord } from 'wsn-client'
import { isNear } from '/wsn/resolve.js'

const MAX_ANSWER_BYTES = 64 * 1024
const PATIENCE_MILLIS = 30_000

function storage() {
  try {
    return localStorage
  } catch {
    return undefined
  }
}

/** Newest record of every key that was looked up here. */
export let memory = new RecordMemory({ storage: storage() })

/** Forgets all of them. */
export function forget() {
  storage()?.removeItem('wsn.records')
  memory = new RecordMemory({ storage: storage() })
}

/** The hex of what somebody typed, pasted or scanned; throws a TypeError with a sentence. */
export function keyOf(text) {
  const trimmed = text.trim()
  if (trimmed === '') throw new TypeError('Type or paste a key first.')
  return /^wsn:/i.test(trimmed) ? parseUri(trimmed).pubkey : parseKey(trimmed)
}

/**
 * What is known of a key. `status` is `found` or `withdrawn` with the verified `record`, `not_found`,
 * `refused` with a `reason`, `limited`, or `unreachable`; `evidence` is what the resolver claims.
 *
 * @param isTraced whether the network is asked now, and tells whom it asked
 */
export async function lookUp(pubkey, { isTraced = false, signal } = {}) {
  const query = isTraced ? '?policy=quorum&trace=true' : ''
  const limit = AbortSignal.any([AbortSignal.timeout(PATIENCE_MILLIS), ...(signal ? [signal] : [])])
  let response
  let body
  try {
    const init = { signal: limit, headers: { Accept: 'application/json' }, cache: 'no-store' }
    response = await fetch(`/v1/relays/${npubOf(pubkey)}${query}`, init)
    body = await textOf(response)
  } catch (failure) {
    signal?.throwIfAborted()
    if (failure instanceof RangeError) return { status: 'refused', reason: failure.message }
    return { status: 'unreachable', detail: 'The resolver that served this page does not answer.' }
  }
  return judge(pubkey, response.status, body)
}

function judge(pubkey, status, body) {
  let answer
  try {
    answer = JSON.parse(body)
  } catch {
    answer = undefined
  }
  if (status === 200 || status === 410) {
    try {
      return believe(pubkey, answer)
    } catch (refused) {
      if (!(refused instanceof RecordRefused)) throw refused
      return { status: 'refused', reason: refused.message, rule: refused.reason }
    }
  }
  const detail = typeof answer?.detail === 'string' ? answer.detail : `It answered with status ${status}.`
  if (status === 404) return { status: 'not_found', evidence: evidenceOf(answer), seen: memory.newest(pubkey) }
  return { status: status === 429 ? 'limited' : 'unreachable', detail }
}

function believe(pubkey, answer) {
  const record = verifyRecord(answer?.event ?? null, { isLocal: isNear(location) })
  if (record.pubkey !== pubkey) throw new RecordRefused('WRONG_KEY', 'the record is of another key')
  const newest = memory.newest(pubkey)
  if (!memory.admit(record.event)) {
    throw new RecordRefused('OLDER_THAN_KNOWN', 'this browser has seen a newer record of this key')
  }
  return {
    status: record.isWithdrawal ? 'withdrawn' : 'found',
    record,
    evidence: evidenceOf(answer),
    isContradicted: contradicts(answer, record),
    isChanged: newest !== undefined && newest.id !== record.event.id,
  }
}

/** Whether the unsigned part of an answer says something else than the signed one. */
function contradicts(answer, record) {
  const told = (answer.endpoints ?? []).map(each => `${each?.network} ${each?.host} ${each?.port} ${each?.protocol}`)
  const signed = record.endpoints.map(each => `${each.network} ${each.host} ${each.port} ${each.protocol}`)
  return (
    answer.expires_at !== record.expiresAt || answer.created_at !== record.createdAt ||
    answer.pubkey !== record.pubkey || told.join() !== signed.join()
  )
}

/** The claims of a resolver, made safe to show. */
function evidenceOf(answer) {
  const claimed = answer?.evidence
  if (claimed === null || typeof claimed !== 'object') return undefined
  const number = value => (Number.isSafeInteger(value) && value >= 0 ? value : 0)
  const path = Array.isArray(claimed.path) ? claimed.path.slice(0, 128) : []
  return {
    source: String(claimed.source ?? ''),
    mirror: claimed.mirror === undefined ? undefined : String(claimed.mirror).slice(0, 200),
    asked: number(claimed.asked),
    answered: number(claimed.answered),
    had: number(claimed.had),
    agreed: number(claimed.agreed),
    conflicting: number(claimed.conflicting),
    hops: number(claimed.hops),
    elapsed: number(claimed.elapsed_ms),
    path: path.filter(each => each !== null && typeof each === 'object').map(each => ({
      node: String(each.node ?? '').slice(0, 8),
      subnet: String(each.subnet ?? '').slice(0, 60),
      hop: Math.max(1, Math.min(number(each.hop), 32)),
      bits: Math.min(256, number(each.shared_bits)),
      namedBy: each.named_by === undefined ? undefined : String(each.named_by).slice(0, 8),
      said: String(each.said ?? '').slice(0, 20),
      millis: each.round_trip_ms === undefined ? undefined : number(each.round_trip_ms),
    })),
  }
}

async function textOf(response) {
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    length += value.length
    if (length > MAX_ANSWER_BYTES) {
      await reader.cancel()
      throw new RangeError('the answer is longer than any record')
    }
    text += decoder.decode(value, { stream: true })
  }
}
