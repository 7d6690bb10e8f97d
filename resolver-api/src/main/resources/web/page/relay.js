// Opens the encrypted channel to a key from this browser, and shows the relay's document (NIP-11).
import { wsnFetch } from 'wsn-client'
import { announce, element } from './dom.js'
import { memory } from './lookup.js'

const PATIENCE_MILLIS = 20_000
const MAX_DOCUMENT_BYTES = 256 * 1024
const MAX_TEXT = 600

/** Connects and fills the holder; never rejects. */
export async function connectTo(record, holder, stop) {
  holder.hidden = false
  holder.replaceChildren(element('h3', {}, 'Connecting'), element('p', { class: 'muted' }, 'Dialling, and asking for a proof of the key…'))
  const begin = performance.now()
  try {
    const { host, port } = record.endpoints.find(each => each.network === 'clearnet' && each.protocol === 'wsn')
    const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
    const signal = AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MILLIS)])
    const ask = wsnFetch.with({ resolvers: [location.origin], memory })
    const response = await ask(`wsn://${record.npub}@${authority}/`, { headers: { Accept: 'application/nostr+json' }, signal })
    const millis = Math.round(performance.now() - begin)
    const document = await documentOf(response)
    if (stop.aborted) return
    holder.replaceChildren(...connected(record, response.status, document, millis))
    announce('Connected. The other side has proved that it holds this key.')
  } catch (failure) {
    if (stop.aborted) return
    holder.replaceChildren(...failed(failure))
    announce('No connection.')
  }
}

async function documentOf(response) {
  const parts = []
  let length = 0
  const reader = response.body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader.read()) {
    length += part.value.length
    if (length > MAX_DOCUMENT_BYTES) {
      await reader.cancel()
      return undefined
    }
    parts.push(part.value)
  }
  try {
    const document = JSON.parse(await new Blob(parts).text())
    return document !== null && typeof document === 'object' && !Array.isArray(document) ? document : undefined
  } catch {
    return undefined
  }
}

function connected(record, status, document, millis) {
  const proof = element(
    'p',
    { class: 'proved' },
    element('strong', {}, 'Connected.'),
    ` The other side proved that it holds this key, ${millis} ms after you pressed the button.`,
  )
  if (!document) {
    return [element('h3', {}, 'Encrypted channel'), proof, element('p', { class: 'muted' }, `It answered with status ${status} and no document of a relay; it may be a file server.`)]
  }
  return [
    element('h3', {}, textOf(document.name) || 'Encrypted channel'),
    proof,
    textOf(document.description) && element('p', { class: 'said' }, textOf(document.description)),
    element('dl', { class: 'document' }, rows(record, document).flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])),
    element('details', { class: 'raw' }, element('summary', {}, 'The whole document'), element('pre', { tabindex: 0, 'aria-label': 'The document as JSON' }, JSON.stringify(document, undefined, 2))),
  ].filter(Boolean)
}

function rows(record, document) {
  const numbers = Array.isArray(document.supported_nips) ? document.supported_nips.filter(Number.isInteger).slice(0, 100) : []
  const limits = Object.entries(Object(document.limitation)).filter(([, value]) => textOf(value) !== '').slice(0, 24)
  const found = [
    ['Software', [textOf(document.software), textOf(document.version)].filter(Boolean).join(' ')],
    ['NIPs', numbers.join(', ')],
    ['Contact', textOf(document.contact)],
    ['Payments', textOf(document.payments_url)],
    ['Countries', Array.isArray(document.relay_countries) ? document.relay_countries.map(textOf).join(', ') : ''],
    ['Limits', limits.map(([name, value]) => `${name.replaceAll('_', ' ')}: ${textOf(value)}`).join(' · ')],
  ]
  if (document.self !== undefined) {
    found.push(['Says it is', document.self === record.pubkey ? 'this key' : `another key: ${textOf(document.self)}`])
  }
  return found.filter(([, value]) => value !== '')
}

function textOf(value) {
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value)
  return isPlain ? String(value).slice(0, MAX_TEXT) : ''
}

function failed(failure) {
  const isSecure = location.protocol === 'https:'
  const tried = (failure.tried ?? []).map(({ at, reason }) => `${at}: ${reason}`)
  return [
    element('h3', {}, 'No connection'),
    element('p', {}, isSecure
      ? 'A page that came over https may not open a connection to a bare address; browsers stop it. Use wsn connect, or this page over http on your own machine.'
      : 'Nobody with this key answers there now. Its server may be off, or this network does not let the connection out.'),
    tried.length > 0 && element('ul', { class: 'tried' }, tried.map(each => element('li', {}, each))),
    tried.length === 0 && element('p', { class: 'muted' }, String(failure.message)),
  ].filter(Boolean)
}
