// The page of a resolver: what is typed, pasted, scanned or linked becomes a lookup.
import { npubOf } from 'wsn-client'
import { announce, at, element } from './dom.js'
import { directory } from './directory.js'
import { forget, keyOf, lookUp } from './lookup.js'
import { watchNetwork } from './network.js'
import { connectTo } from './relay.js'
import { scanning } from './scan.js'
import { evidenceView, resultOf, showPath, tick, verdictOf } from './view.js'

const TITLE = document.title
const PLACES = ['directory', 'network', 'about', 'use', 'query', '']
let running = new AbortController()
let countdown

function mistake(text) {
  at('mistake').textContent = text
  if (text) at('query').setAttribute('aria-invalid', 'true')
  else at('query').removeAttribute('aria-invalid')
}

/** Takes a text that should be a key; answers why it is none, or nothing. */
function take(text) {
  try {
    const npub = npubOf(keyOf(text))
    mistake('')
    if (location.hash === `#${npub}`) show(npub)
    else location.hash = npub
    return ''
  } catch (wrong) {
    return sentence(wrong.message)
  }
}

function sentence(text) {
  const upper = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(upper) ? upper : `${upper}.`
}

/** Looks a key of the address bar up and shows what comes. */
async function show(text) {
  running.abort()
  running = new AbortController()
  const stop = running.signal
  let pubkey
  try {
    pubkey = keyOf(text)
  } catch (wrong) {
    at('result').hidden = true
    at('query').value = text.slice(0, 5000)
    mistake(sentence(wrong.message))
    return
  }
  const npub = npubOf(pubkey)
  mistake('')
  at('query').value = npub
  document.title = `${npub.slice(0, 12)}… · ${TITLE}`
  const result = at('result')
  result.hidden = false
  result.setAttribute('aria-busy', 'true')
  result.replaceChildren(
    element('div', { class: 'verdict asking' }, element('span', { class: 'spinner', 'aria-hidden': 'true' }), element('h2', { id: 'verdict' }, 'Asking the network')),
  )
  announce('Asking the network')
  try {
    const answer = await lookUp(pubkey, { signal: stop })
    render(pubkey, answer, stop)
    result.focus({ preventScroll: true })
    result.scrollIntoView({ block: 'nearest', behavior: calm() ? 'auto' : 'smooth' })
    const hasPath = ['found', 'withdrawn', 'not_found'].includes(answer.status)
    if (hasPath) await trace(pubkey, answer, stop)
  } catch (failure) {
    if (!stop.aborted) throw failure
  } finally {
    if (!stop.aborted) result.setAttribute('aria-busy', 'false')
  }
}

function calm() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}

function render(pubkey, answer, stop) {
  const { title, text } = verdictOf(answer)
  at('result').replaceChildren(...resultOf(pubkey, answer, {
    connect: () => connectTo(answer.record, at('relay'), stop),
  }))
  announce(text ? `${title}. ${text}` : title)
  clearInterval(countdown)
  if (!answer.record) return
  at('evidence').replaceChildren(...evidenceView(answer.evidence))
  tick(answer.record)
  countdown = setInterval(() => {
    if (!stop.aborted && tick(answer.record)) return
    clearInterval(countdown)
    if (!stop.aborted) render(pubkey, { status: 'expired' }, stop)
  }, 1_000)
}

/** Asks all of the closest nodes, and draws whom the resolver asked; a newer answer replaces the first. */
async function trace(pubkey, first, stop) {
  const holder = at('path')
  holder.replaceChildren(element('h3', {}, 'The path of the lookup'), element('p', { class: 'muted' }, 'Asking all of the closest nodes…'))
  const answer = await lookUp(pubkey, { isTraced: true, signal: stop })
  if (stop.aborted) return
  const isOther = answer.status !== first.status || answer.record?.event.id !== first.record?.event.id
  const isAnswer = ['found', 'withdrawn', 'not_found', 'refused'].includes(answer.status)
  if (isOther && isAnswer) render(pubkey, answer, stop)
  if (!isAnswer || !at('path')) {
    at('path')?.replaceChildren(element('h3', {}, 'The path of the lookup'), element('p', { class: 'muted' }, answer.detail ?? 'It is not known.'))
    return
  }
  if (at('evidence')) at('evidence').replaceChildren(...evidenceView(answer.evidence))
  if (answer.status === 'refused') at('path').replaceChildren()
  else showPath(at('path'), answer.evidence, stop)
}

function route() {
  const text = decodeURIComponent(location.hash.slice(1))
  if (!PLACES.includes(text)) {
    show(text)
  } else if (text === '') {
    running.abort()
    at('result').hidden = true
    at('query').value = ''
    mistake('')
    document.title = TITLE
  } else {
    at(text).focus({ preventScroll: true })
  }
}

function examples() {
  const { origin } = location
  at('use-curl').textContent = `curl ${origin}/v1/relays/npub1…`
  at('use-connect').textContent = `wsn connect --resolver ${origin}\n# then ws://127.0.0.1:4881/npub1…`
  at('use-script').textContent = `import { resolve } from 'wsn-client'\nawait resolve('npub1…', {\n  resolvers: ['${origin}'],\n})`
}

at('lookup').addEventListener('submit', event => {
  event.preventDefault()
  const wrong = take(at('query').value)
  mistake(wrong)
  if (wrong) at('query').focus()
})
at('query').addEventListener('input', () => mistake(''))
at('forget').addEventListener('click', () => {
  forget()
  announce('Forgotten')
  at('forget').textContent = 'Forgotten'
})
scanning(take)
directory()
examples()
addEventListener('hashchange', route)
route()
watchNetwork()
