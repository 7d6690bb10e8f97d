// Makes elements; whatever comes from a network goes in as text and never as markup.
const SVG = 'http://www.w3.org/2000/svg'

/** An element with properties and children; strings become text, `undefined` and `false` nothing. */
export function element(name, properties = {}, ...children) {
  return fill(document.createElement(name), properties, children)
}

/** The same of SVG. */
export function drawn(name, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, name), properties, children)
}

function fill(node, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value)
    else node.setAttribute(name, value === true ? '' : value)
  }
  node.append(...children.flat().filter(child => child !== undefined && child !== false))
  return node
}

/** The element with this id. */
export function at(id) {
  return document.getElementById(id)
}

/** Says something to those who do not see the page. */
export function announce(text) {
  at('announce').textContent = text
}

/** A button that copies a text and says so. */
export function copyButton(text, what) {
  const button = element('button', { type: 'button', class: 'copy', 'aria-label': `Copy ${what}` }, 'Copy')
  button.addEventListener('click', async () => {
    button.textContent = (await copied(text)) ? 'Copied' : 'Select it'
    announce(button.textContent === 'Copied' ? `Copied ${what}` : 'Copying is not possible here; select the text')
    setTimeout(() => { button.textContent = 'Copy' }, 2_000)
  })
  return button
}

/** Pages from plain http addresses have no clipboard but the old one. */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = element('textarea', { class: 'unseen', 'aria-hidden': 'true' })
    area.value = text
    document.body.append(area)
    area.select()
    const isCopied = document.execCommand('copy')
    area.remove()
    return isCopied
  }
}

/** `1 node`, `3 nodes`. */
export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`
}

/** `2 h 05 min 07 s`, `3 min 20 s`, `4 s`. */
export function duration(seconds) {
  const two = number => String(number).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  const rest = seconds % 60
  if (hours > 0) return `${hours} h ${two(minutes)} min ${two(rest)} s`
  return minutes > 0 ? `${minutes} min ${two(rest)} s` : `${rest} s`
}

/** `12:04:31 on 21 November 2026` in the reader's time zone. */
export function moment(seconds) {
  const date = new Date(seconds * 1000)
  const time = date.toLocaleTimeString('en-GB')
  return `${time} on ${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })}`
}
