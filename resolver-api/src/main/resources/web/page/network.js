// Shows what the node behind this resolver knows of its network.
import { at, copyButton, count, element } from './dom.js'

const REFRESH_MILLIS = 15_000
const MAX_BARS = 32

/** Fills the section now, and again as long as somebody looks at the page. */
export async function watchNetwork() {
  const refresh = async () => {
    if (document.visibilityState === 'visible') show(await ask())
  }
  setInterval(refresh, REFRESH_MILLIS)
  document.addEventListener('visibilitychange', refresh)
  await refresh()
}

async function ask() {
  try {
    const response = await fetch('/v1/network', { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(REFRESH_MILLIS) })
    return response.ok ? await response.json() : undefined
  } catch {
    return undefined
  }
}

let shown = ''

function show(network) {
  const text = JSON.stringify(network) ?? ''
  if (text === shown && text !== '') return
  shown = text
  const isOpen = at('network-body').querySelector('details')?.open === true
  at('network-body').replaceChildren(...(network ? viewOf(network, isOpen) : [
    element('p', { class: 'health warn' }, element('strong', {}, 'No answer'), ' This resolver does not say how its network is.'),
  ]))
}

function viewOf(network, isOpen) {
  return [
    element(
      'p',
      { class: `health ${network.reachable ? 'good' : 'warn'}` },
      element('strong', {}, network.reachable ? 'Healthy' : 'Cut off'),
      ` ${String(network.detail)}`,
    ),
    element('p', { class: 'figure' }, element('span', {}, `≈ ${Number(network.estimated_nodes).toLocaleString('en')}`), ` ${Number(network.estimated_nodes) === 1 ? 'node' : 'nodes'} in all`),
    element('div', { class: 'columns' }, familyOf('IPv4', network.ipv4), familyOf('IPv6', network.ipv6)),
    element('p', { class: 'seed' }, element('span', {}, 'Join through it:'), element('code', {}, String(network.seed)), copyButton(String(network.seed), 'the seed')),
    network.seeds?.length > 0 && element(
      'details',
      { open: isOpen },
      element('summary', {}, `${count(network.seeds.length, 'seed')} that it was given`),
      element('ul', { class: 'seeds' }, network.seeds.map(seed => element('li', {}, element('code', {}, String(seed))))),
    ),
  ].filter(Boolean)
}

function familyOf(name, family) {
  const bars = (family?.by_shared_bits ?? []).slice(0, MAX_BARS)
  const highest = Math.max(1, ...bars)
  const facts = family.contacts === 0
    ? [['Contacts', 'none']]
    : [
        ['Contacts', `${family.contacts}, of which ${family.answering} answer`],
        ['Estimated', family.estimated_nodes === undefined ? 'not measured yet' : count(family.estimated_nodes, 'node')],
        ['Seen by others at', family.external ?? 'they do not agree yet'],
        ['Reached unasked', family.reachable_unasked ? 'yes, as far as it can tell' : 'no: it goes on as a client'],
      ]
  return element(
    'div',
    {},
    element('h3', {}, name),
    bars.length > 0 && element(
      'div',
      { class: 'bars', role: 'img', 'aria-label': `Contacts by leading bits shared with this node: ${bars.join(', ')}` },
      bars.map(number => {
        const bar = element('span', { title: count(number, 'contact') })
        bar.style.height = `${Math.max(3, (100 * number) / highest)}%`
        return bar
      }),
    ),
    bars.length > 0 && element('p', { class: 'muted small' }, 'Contacts by distance: far on the left, near on the right.'),
    element('dl', { class: 'document' }, facts.flatMap(([term, text]) => [element('dt', {}, term), element('dd', {}, text)])),
  )
}
