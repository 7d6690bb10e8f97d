// Draws whom a lookup asked: a column for each hop, the nodes in it from far to near the key.
import { count, drawn, element } from './dom.js'

const MAX_ROWS = 12
const ROW = 30
const TOP = 34
/** Bits of a full bar: as close as the closest of a million nodes. */
const FULL_BITS = 20
const SAID = {
  record: 'has the newest record',
  older_record: 'has an older record',
  bad_record: 'sent something that is no valid record',
  nodes: 'knows closer nodes only',
  silence: 'did not answer',
  waiting: 'was still awaited',
}
const RANK = { record: 0, bad_record: 0, older_record: 0, nodes: 2, silence: 3, waiting: 4 }

/** What a node said, in words. */
export function saidOf(asked) {
  return SAID[asked.said] ?? asked.said
}

function kindOf({ said }) {
  return Object.hasOwn(SAID, said) ? said : 'waiting'
}

/** The drawing; redraw it when the width changes. */
export function drawPath(path, width) {
  const columns = columnsOf(path)
  const rows = Math.max(...columns.map(column => column.shown.length + (column.hidden > 0 ? 1 : 0)))
  const height = TOP + rows * ROW + 8
  const left = width < 520 ? 40 : 84
  const step = (width - left) / columns.length
  const places = new Map()
  columns.forEach((column, i) => {
    column.shown.forEach((asked, row) => {
      const x = left + i * step + 12
      places.set(asked.node, { x, y: TOP + row * ROW + ROW / 2, end: x + endOf(wordsOf(asked, step)) })
    })
  })
  const from = { x: 14, y: TOP + (rows * ROW) / 2, end: 14 }
  const shown = columns.flatMap(column => column.shown)
  const edges = [...shown].sort((one, other) => RANK[kindOf(other)] - RANK[kindOf(one)])
  return drawn(
    'svg',
    { class: 'path drawing', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': summary(path, columns) },
    edges.map(asked => edge(asked, places, from)),
    drawn('circle', { class: 'here', cx: from.x, cy: from.y, r: 9 }),
    drawn('text', { class: 'heading', x: 0, y: 16 }, width < 520 ? 'here' : 'resolver'),
    columns.map((column, i) =>
      drawn('text', { class: 'heading', x: left + i * step + 4, y: 16 }, `hop ${column.hop}`)),
    shown.map(asked => node(asked, places.get(asked.node), step)),
    columns.map((column, i) => column.hidden > 0 && drawn(
      'text',
      { class: 'label', x: left + i * step + 4, y: TOP + column.shown.length * ROW + ROW / 2 + 4 },
      step < 110 ? `+${column.hidden}` : `and ${column.hidden} more`,
    )),
  )
}

function columnsOf(path) {
  const referrers = new Set(path.map(asked => asked.namedBy))
  // Holders and those who led to them come first, then who is closest.
  const rank = asked => (referrers.has(asked.node) && RANK[kindOf(asked)] > 1 ? 1 : RANK[kindOf(asked)])
  const hops = [...new Set(path.map(asked => asked.hop))].sort((one, other) => one - other)
  return hops.map(hop => {
    const all = path.filter(asked => asked.hop === hop)
    const chosen = [...all].sort((one, other) => rank(one) - rank(other) || other.bits - one.bits).slice(0, MAX_ROWS)
    return { hop, shown: all.filter(asked => chosen.includes(asked)), hidden: all.length - chosen.length }
  })
}

function edge(asked, places, from) {
  const to = places.get(asked.node)
  const start = places.get(asked.namedBy) ?? from
  // From behind the words, so that no line runs through them.
  const bend = (to.x - start.end) / 2
  const curve = `M${start.end} ${start.y}C${start.end + bend} ${start.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`
  return drawn('path', { class: `edge ${kindOf(asked)}`, d: curve })
}

function node(asked, { x, y }, step) {
  const words = wordsOf(asked, step)
  const room = step - endOf(words) - 36
  const title = `${asked.node}, ${count(asked.bits, 'bit')} shared with the key: ${saidOf(asked)}`
  return drawn(
    'g',
    { class: `node ${kindOf(asked)}` },
    drawn('title', {}, title),
    shape(kindOf(asked), x, y),
    drawn('text', { class: 'label', x: x + 14, y: y + 4 }, words),
    room >= 60 && closeness(asked.bits, x + step - room - 22, y, room),
  )
}

/** What stands beside a node: as much as there is room for. */
function wordsOf({ node: name, millis }, step) {
  if (step < 84) return ''
  const time = step >= 190 && millis !== undefined ? ` · ${millis} ms` : ''
  return name.slice(0, step < 120 ? 4 : 8) + time
}

function endOf(words) {
  return words === '' ? 0 : 18 + 7.2 * words.length
}

/** A bar for the bits that a node shares with the key; each bit halves what is left of the way. */
function closeness(bits, x, y, room) {
  const length = room - 26
  return [
    drawn('rect', { class: 'track', x, y: y - 2, width: length, height: 4, rx: 2 }),
    drawn('rect', { class: 'near', x, y: y - 2, width: Math.max(3, length * Math.min(1, bits / FULL_BITS)), height: 4, rx: 2 }),
    drawn('text', { class: 'bits', x: x + length + 8, y: y + 4 }, String(bits)),
  ]
}

/** Told apart by their form as well as by their colour. */
function shape(said, x, y) {
  if (said === 'older_record') return drawn('path', { class: 'dot', d: `M${x} ${y - 8}L${x + 8} ${y}L${x} ${y + 8}L${x - 8} ${y}Z` })
  if (said === 'bad_record') return drawn('rect', { class: 'dot', x: x - 6, y: y - 6, width: 12, height: 12 })
  if (said !== 'record') return drawn('circle', { class: 'dot', cx: x, cy: y, r: said === 'waiting' ? 3.5 : 6 })
  return drawn('g', {}, drawn('circle', { class: 'dot', cx: x, cy: y, r: 8 }), drawn('path', { class: 'tick', d: `M${x - 3.5} ${y}l2.500 2.800 4.500-5` }))
}

function summary(path, columns) {
  const said = name => path.filter(asked => asked.said === name).length
  const parts = [
    `${count(path.length, 'node')} asked over ${count(columns.length, 'hop')}`,
    `${count(said('record'), 'has', 'have')} the newest record`,
  ]
  for (const name of ['older_record', 'bad_record', 'silence']) {
    if (said(name) > 0) parts.push(`${said(name)} ${SAID[name]}`)
  }
  return `The path of the lookup: ${parts.join(', ')}. The table below has every node.`
}

/** What the forms mean. */
export function legend(path) {
  const kinds = Object.keys(SAID).filter(said => path.some(asked => asked.said === said))
  return element('ul', { class: 'legend' }, kinds.map(said => element(
    'li',
    {},
    drawn('svg', { width: 18, height: 18, viewBox: '0 0 18 18', 'aria-hidden': 'true', class: `path node ${said}` }, shape(said, 9, 9)),
    SAID[said],
  )))
}

/** The same as a table, for all nodes. */
export function pathTable(path) {
  const columns = ['Hop', 'Node', 'Subnet', 'Bits shared', 'Named by', 'Said', 'Time']
  const row = asked => [
    asked.hop, asked.node, asked.subnet, asked.bits, asked.namedBy ?? 'known before', saidOf(asked),
    asked.millis === undefined ? 'none' : `${asked.millis} ms`,
  ]
  return element(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Nodes that were asked' },
    element(
      'table',
      {},
      element('caption', { class: 'unseen' }, 'Nodes that were asked'),
      element('thead', {}, element('tr', {}, columns.map(name => element('th', { scope: 'col' }, name)))),
      element('tbody', {}, path.map(asked => element('tr', {}, row(asked).map(cell => element('td', {}, String(cell)))))),
    ),
  )
}
