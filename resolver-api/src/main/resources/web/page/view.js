// Shows what is known of a key: the verdict, where it is, for how long, and how sure that is.
import { npubOf } from 'wsn-client'
import { copyButton, count, drawn, duration, element, moment } from './dom.js'
import { drawPath, legend, pathTable } from './path.js'

const MARKS = {
  good: 'M5 12.500l4.500 4.500 9.500-10',
  quiet: 'M6 12h12',
  warn: 'M12 6v7M12 17v.5',
  bad: 'M7 7l10 10M17 7L7 17',
}

/** One sentence about an answer, and its tone. */
export function verdictOf(answer) {
  switch (answer.status) {
    case 'found':
      return { tone: 'good', title: `Found at ${count(answer.record.endpoints.length, 'address', 'addresses')}` }
    case 'withdrawn':
      return { tone: 'quiet', title: 'Withdrawn by its owner', text: 'The owner has signed that this key is nowhere at the moment.' }
    case 'not_found':
      return { tone: 'quiet', title: 'Nobody has a record of this key', text: notFoundText(answer) }
    case 'refused':
      return {
        tone: 'bad',
        title: 'This resolver’s answer is refused',
        text: `Your browser checked it, and it does not hold: ${answer.reason}. Nothing of it is shown. Ask another resolver.`,
      }
    case 'limited':
      return { tone: 'warn', title: 'Too many questions', text: answer.detail }
    case 'expired':
      return { tone: 'warn', title: 'The record has expired', text: 'Its owner has not renewed it while this page was open.' }
    default:
      return { tone: 'warn', title: 'No answer', text: answer.detail }
  }
}

function notFoundText({ evidence, seen }) {
  if (seen) return `But this browser has seen one that was signed at ${moment(seen.created_at)}. Either it expired, or somebody withholds it.`
  if (!evidence || evidence.asked === 0) return 'It may be mistyped, or its server is off.'
  return `Of ${count(evidence.asked, 'node')} asked ${evidence.answered} answered, and none has it. The key may be mistyped, or its server is off.`
}

/** The whole result. */
export function resultOf(pubkey, answer, actions) {
  const { tone, title, text } = verdictOf(answer)
  const npub = npubOf(pubkey)
  return [
    element(
      'div',
      { class: `verdict ${tone}` },
      drawn('svg', { viewBox: '0 0 24 24', width: 28, height: 28, 'aria-hidden': 'true' }, drawn('path', { d: MARKS[tone] })),
      element('div', {}, element('h2', { id: 'verdict' }, title), text && element('p', {}, text)),
    ),
    element('p', { class: 'key' }, element('code', {}, npub), copyButton(npub, 'the key')),
    answer.record && element('div', { class: 'facts' }, places(answer, actions), proofs(answer)),
    answer.record && element('div', { id: 'relay', class: 'relay', hidden: true }),
    element('div', { id: 'path', class: 'route' }),
    answer.record && element(
      'details',
      { class: 'raw' },
      element('summary', {}, 'The signed event'),
      element('pre', { tabindex: 0, 'aria-label': 'The signed event as JSON' }, JSON.stringify(answer.record.event, undefined, 2)),
    ),
  ].filter(Boolean)
}

function places({ record }, actions) {
  if (record.endpoints.length === 0) return element('div', {}, element('h3', {}, 'Addresses'), element('p', { class: 'muted' }, 'None: that is what the owner signed.'))
  const isConnectable = record.endpoints.some(each => each.network === 'clearnet' && each.protocol === 'wsn')
  return element(
    'div',
    {},
    element('h3', {}, 'Addresses'),
    element('ol', { class: 'places' }, record.endpoints.map(each => place(each, record))),
    isConnectable && element(
      'p',
      { class: 'actions' },
      element('button', { type: 'button', id: 'connect', onclick: actions.connect }, 'Connect'),
      element('span', { class: 'muted' }, 'opens the encrypted channel from this browser'),
    ),
  )
}

function place({ network, host, port, protocol }, { npub }) {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const uri = protocol === 'wsn' ? `wsn://${npub}@${authority}` : `${protocol}://${authority}`
  const family = network === 'tor' ? 'Tor' : host.includes(':') ? 'IPv6' : 'IPv4'
  return element(
    'li',
    {},
    element('code', {}, authority),
    element('span', { class: 'tag' }, protocol),
    element('span', { class: 'tag' }, family),
    copyButton(uri, `the URI of ${authority}`),
  )
}

function proofs({ record, isContradicted }) {
  return element(
    'div',
    {},
    element('h3', {}, 'Proof'),
    element(
      'ul',
      { class: 'proofs' },
      proof('good', 'Signature verified in this browser', `by the key itself, at ${moment(record.createdAt)}`),
      proof('good', 'Not older than anything seen here', 'an address that was replaced cannot come back'),
      isContradicted && proof('bad', 'The resolver contradicts the record', 'what it says beside the signed event is something else; only the signed part is shown'),
    ),
    element(
      'div',
      { class: 'life' },
      element('p', {}, element('span', { id: 'left' }, 'Expires'), element('time', { id: 'until', datetime: new Date(record.expiresAt * 1000).toISOString() }, moment(record.expiresAt))),
      element('progress', { id: 'life', max: record.expiresAt - record.createdAt, value: 0, 'aria-label': 'Life that is left' }),
    ),
    element('div', { id: 'evidence' }),
  )
}

function proof(tone, title, text) {
  return element(
    'li',
    { class: tone },
    drawn('svg', { viewBox: '0 0 24 24', width: 20, height: 20, 'aria-hidden': 'true' }, drawn('path', { d: MARKS[tone] })),
    element('div', {}, element('strong', {}, title), element('span', {}, text)),
  )
}

/** Moves the countdown; false once the record has expired. */
export function tick(record, now = Math.floor(Date.now() / 1000)) {
  const left = record.expiresAt - now
  const text = document.getElementById('left')
  const bar = document.getElementById('life')
  if (!text || !bar) return true
  text.textContent = left > 0 ? `Expires in ${duration(left)}` : 'Expired'
  bar.value = Math.max(0, left)
  bar.classList.toggle('short', left < bar.max / 10)
  return left > 0
}

/** How the answer came about, and how many agree. */
export function evidenceView(evidence) {
  if (!evidence) return []
  const { asked, answered, had, agreed, conflicting, hops, elapsed, source, mirror } = evidence
  const from = mirror === undefined ? [] : [element('p', { id: 'mirror', class: 'muted' }, `No node has it. It is from the Nostr relay ${mirror}.`)]
  if (asked === 0) {
    if (from.length > 0) return from
    return [element('p', { class: 'muted' }, source === 'local' ? 'This resolver keeps the record itself.' : 'Nobody else was asked.')]
  }
  const parts = [
    ['agreed', agreed, 'agree'],
    ['conflicting', conflicting, 'have another'],
    ['without', Math.max(0, answered - had), 'have none'],
    ['silent', Math.max(0, asked - answered), 'silent'],
  ].filter(([, number]) => number > 0)
  const when = source === 'cache' || source === 'stale' ? ' Remembered by the resolver.' : ''
  return [
    ...from,
    element('div', { class: 'votes', 'aria-hidden': 'true' }, parts.map(([name, number]) => {
      const bar = element('span', { class: name })
      bar.style.flexGrow = String(number)
      return bar
    })),
    element('p', { class: 'muted' }, `${count(asked, 'node')} asked: ${parts.map(([, number, text]) => `${number} ${text}`).join(', ')}. ${count(hops, 'hop')}, ${elapsed} ms.${when}`),
  ]
}

/** Fills the place of the path; draws again when the width changes. */
export function showPath(holder, evidence, stop) {
  const path = evidence?.path ?? []
  if (path.length === 0) {
    holder.replaceChildren(
      element('h3', {}, 'The path of the lookup'),
      element('p', { class: 'muted' }, evidence ? 'Nobody else was asked: no other node is known, or the answer was at hand.' : 'It is not known.'),
    )
    return
  }
  const canvas = element('div', { class: 'canvas' })
  const text = `Whom this resolver asked, hop by hop. In each column nodes further down are closer to the key; a bar shows how many leading bits of the place they share.`
  holder.replaceChildren(
    element('h3', {}, 'The path of the lookup'),
    element('p', { class: 'muted' }, text),
    canvas,
    legend(path),
    element('details', {}, element('summary', {}, 'As a table'), pathTable(path)),
  )
  let drawnAt = 0
  const draw = () => {
    const width = Math.floor(canvas.clientWidth)
    if (width > 0 && width !== drawnAt) canvas.replaceChildren(drawPath(path, width))
    drawnAt = width
  }
  const observer = new ResizeObserver(draw)
  observer.observe(canvas)
  stop.addEventListener('abort', () => observer.disconnect(), { once: true })
  draw()
}
