// Searches the relays that announced themselves, and checks what they signed before it shows them.
import { RecordRefused, verifyRecord } from 'wsn-client'
import { isNear } from '/wsn/resolve.js'
import { announce, at, count, element } from './dom.js'

const PATIENCE_MILLIS = 40_000
const MAX_TEXT = 300
const TOPIC = /^[a-z0-9]+(-[a-z0-9]+)*$/

let running = new AbortController()

/** Sets the form up. */
export function directory() {
  at('search').addEventListener('submit', async event => {
    event.preventDefault()
    const topic = at('topic').value.trim().toLowerCase().replace(/^#/, '').replaceAll(/\s+/g, '-')
    if (!TOPIC.test(topic) || topic.length > 32) {
      say('A topic has letters, digits and hyphens only, at most 32.')
      at('topic').focus()
      return
    }
    at('topic').value = topic
    await search(topic, at('words').value.trim(), at('family').value)
  })
}

function say(text) {
  at('listing').replaceChildren(element('p', { class: 'muted' }, text))
  announce(text)
}

async function search(topic, words, network) {
  running.abort()
  running = new AbortController()
  const { signal } = running
  say('Asking the network, and then every relay…')
  const query = new URLSearchParams({ topic, network, ...(words ? { q: words } : {}) })
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MILLIS)])
    const response = await fetch(`/v1/directory?${query}`, { signal: limit, headers: { Accept: 'application/json' } })
    const answer = await response.json()
    if (signal.aborted) return
    if (response.ok) show(answer)
    else say(typeof answer.detail === 'string' ? answer.detail : `It answered with status ${response.status}.`)
  } catch {
    if (!signal.aborted) say('The resolver does not answer.')
  }
}

function show({ relays, topic, announced, silent, waiting }) {
  const listed = (Array.isArray(relays) ? relays : []).map(verified)
  const good = listed.filter(each => each !== undefined)
  const refused = listed.length - good.length
  const parts = [
    `${count(good.length, 'relay')} of ${Number(announced)} announced under ${String(topic)}`,
    silent > 0 && `${Number(silent)} ${silent === 1 ? 'does' : 'do'} not answer`,
    waiting > 0 && `${Number(waiting)} still being asked, search again in a moment`,
    refused > 0 && `${refused} left out: what was listed is not what they signed`,
  ].filter(Boolean)
  const summary = `${parts.join('; ')}.`
  announce(summary)
  at('listing').replaceChildren(
    element('p', { class: 'muted' }, summary),
    good.length > 0 && element('ul', { class: 'relays' }, good.map(relayOf)),
  )
  if (good.length === 0) at('listing').lastChild.remove()
}

/** The record of a listed relay with its claims, if its owner signed it, and for this topic. */
function verified(listed) {
  try {
    const record = verifyRecord(listed?.event ?? null, { isLocal: isNear(location) })
    return { record, isLive: listed.live === true, claims: Object(listed.claims) }
  } catch (refused) {
    if (refused instanceof RecordRefused) return undefined
    throw refused
  }
}

const plain = value => (typeof value === 'string' ? value.slice(0, MAX_TEXT) : '')
const list = value => (Array.isArray(value) ? value.slice(0, 40).map(String).join(', ') : '')

function relayOf({ record, isLive, claims }) {
  const short = `${record.npub.slice(0, 16)}…${record.npub.slice(-6)}`
  const facts = [
    ['Software', [plain(claims.software), plain(claims.version)].filter(Boolean).join(' ')],
    ['NIPs', list(claims.supported_nips)],
    ['Languages', list(claims.language_tags)],
    ['Countries', list(claims.relay_countries)],
    ['Needs', [claims.limitation?.auth_required === true && 'authentication', claims.limitation?.payment_required === true && 'payment'].filter(Boolean).join(', ')],
  ].filter(([, text]) => text !== '')
  return element(
    'li',
    {},
    element('h3', {}, element('a', { href: `#${record.npub}` }, plain(claims.name) || short)),
    element('p', { class: 'muted small' }, element('code', {}, short), ' ', element('span', { class: 'tag' }, isLive ? 'answers' : 'not dialled from here')),
    plain(claims.description) && element('p', {}, plain(claims.description)),
    facts.length > 0 && element('dl', { class: 'document' }, facts.flatMap(([term, text]) => [element('dt', {}, term), element('dd', {}, text)])),
  )
}
