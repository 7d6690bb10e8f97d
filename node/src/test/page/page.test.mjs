// The page of a resolver in a real browser, against a real network and a real gateway.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { createRequire } from 'node:module'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { encodeQR } from 'qr'
import { npubOf } from './npub.mjs'
import { film, HOSTILE, keys, liar, listen, PATIENCE_MILLIS, publish, scratch, sign, start, stopAll, wsn } from './world.mjs'

const { CHROMIUM = '/usr/bin/chromium', SHOTS } = process.env
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const WIDE = { width: 1280, height: 900 }
const PHONE = { width: 360, height: 740 }
const filmed = keys()
let home, network, resolver, relay, backend, lying, browser, context, page, problems, foreign

before(async () => {
  home = await scratch()
  backend = await listen((incoming, outgoing) => {
    outgoing.setHeader('Content-Type', 'application/nostr+json')
    outgoing.end(JSON.stringify(HOSTILE))
  })
  const [, json] = await wsn(/(\{"nodes"[^\n]*\}|\{[^\n]*"resolver"[^\n]*\})\n/, 'demo', '--nodes', '24', '--json')
  network = JSON.parse(json)
  resolver = network.resolver.replace(/\/$/, '')
  await start(/npub1/, process.env.WSN, 'keygen', '--out', join(home.directory, 'relay.key')).catch(() => {})
  const gateway = await wsn(
    /address\S* +wsn:\/\/(npub1[a-z0-9]+)@([0-9.:]+)/, 'relay', '--local', '--key', join(home.directory, 'relay.key'),
    '--backend', `ws://127.0.0.1:${backend.port}`, '--backend', `http://127.0.0.1:${backend.port}`,
    '--listen', '127.0.0.1:0', '--seed', network.seed, '--topic', 'strangers',
  )
  relay = { npub: gateway[1], at: gateway[2] }
  lying = await liar(resolver)
  const camera = join(home.directory, 'camera.y4m')
  await writeFile(camera, film(encodeQR(`nostr:${npubOf(filmed.pubkey)}`, 'raw')))
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    chromiumSandbox: false,
    timeout: PATIENCE_MILLIS,
    args: [
      '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--no-proxy-server', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${camera}`,
    ],
  })
}, { timeout: 2 * PATIENCE_MILLIS })

after(async () => {
  await browser?.close()
  lying?.close()
  backend?.server.close()
  await stopAll()
  await home?.remove()
})

beforeEach(async () => {
  lying.state.isOff = false
  lying.state.change = undefined
  await open(WIDE, 'light')
})

afterEach(async ({ passed }) => {
  if (!passed) await shoot(`failed-${Date.now()}`)
  const seen = problems
  const asked = foreign
  await context.close()
  assert.deepEqual(seen, [], 'nothing fails in the page')
  assert.deepEqual(asked, [], 'nobody else is asked')
})

async function open(viewport, colorScheme, origin = resolver, bypassCSP = false) {
  await context?.close()
  context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce', permissions: ['camera'], bypassCSP })
  context.setDefaultTimeout(PATIENCE_MILLIS)
  page = await context.newPage()
  problems = []
  foreign = []
  page.on('pageerror', error => problems.push(String(error)))
  page.on('console', message => {
    // A status of 4xx is an answer; browsers write it down all the same.
    const isAnswer = /the server responded with a status of 4\d\d|net::ERR_EMPTY_RESPONSE|net::ERR_CONNECTION/.test(message.text())
    if (message.type() === 'error' && !isAnswer) problems.push(message.text())
  })
  page.on('request', request => {
    const { host, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && !host.startsWith('127.0.0.1:')) foreign.push(request.url())
  })
  await page.goto(`${origin}/`)
}

async function lookUp(text) {
  await page.getByLabel('Public key').fill(text)
  await page.getByLabel('Public key').press('Enter')
}

const verdict = text => page.getByRole('heading', { level: 2, name: text }).waitFor()
const isOver = () => page.locator('#result[aria-busy="false"]').waitFor()

async function published(options) {
  const owner = keys()
  await publish(resolver, sign(owner, options))
  return { ...owner, npub: npubOf(owner.pubkey) }
}

async function checkAccess(name) {
  await page.addScriptTag({ path: AXE })
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
  const found = violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(node => node.html).join(' | ')}`)
  assert.deepEqual(found, [])
}

async function shoot(name, options = {}) {
  if (!SHOTS) return
  await mkdir(SHOTS, { recursive: true })
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true, ...options })
}

test('a key is found, verified here, and its path is drawn', async () => {
  const owner = await published({ endpoints: [['clearnet', '203.0.113.7:4848', 'wsn'], ['clearnet', '[2001:db9::7]:443', 'wss']] })
  await lookUp(owner.npub)
  await verdict('Found at 2 addresses')
  await page.getByText('Signature verified in this browser').waitFor()
  assert.deepEqual(await page.locator('.places code').allTextContents(), ['203.0.113.7:4848', '[2001:db9::7]:443'])
  await isOver()
  assert.equal(new URL(page.url()).hash, `#${owner.npub}`)
  assert.match(await page.locator('#evidence').textContent(), /\d+ nodes? asked: \d+ agree/)
  assert.ok((await page.locator('.drawing .node.record').count()) > 0)
  assert.match(await page.locator('.drawing').getAttribute('aria-label'), /nodes asked over \d hops?, \d+ ha(s|ve) the newest/)
  await page.getByText('As a table').click()
  const rows = await page.locator('#path tbody tr').count()
  assert.match(await page.locator('#evidence').textContent(), new RegExp(`^${rows} nodes asked`))
  const left = await page.locator('#left').textContent()
  // A fast machine reads it within the first second.
  assert.match(left, /^Expires in (1 h 00 min 00 s|59 min \d\d s)$/)
  await page.waitForFunction(before => document.getElementById('left').textContent !== before, left)
  assert.match(await page.locator('#announce').textContent(), /^Found at 2 addresses/)
  await page.getByText('As a table').click()
  await page.setViewportSize({ width: 1180, height: 1120 })
  await page.evaluate(() => scrollTo(0, 0))
  await shoot('found', { fullPage: false })
})

test('a withdrawal is told as one', async () => {
  const owner = await published({ endpoints: [] })
  await lookUp(owner.pubkey)
  await verdict('Withdrawn by its owner')
  await page.getByText('Signature verified in this browser').waitFor()
  await isOver()
})

test('a key that nobody published is unknown', async () => {
  await lookUp(npubOf(keys().pubkey))
  await verdict('Nobody has a record of this key')
  await page.locator('.drawing').waitFor()
  assert.equal(await page.locator('.drawing .node.record').count(), 0)
  await isOver()
})

test('what is no key is refused before anything is sent, and a secret key is not repeated', async () => {
  const asked = []
  page.on('request', request => asked.push(request.url()))
  for (const [text, sentence] of [
    ['', /Type or paste a key/],
    ['hello', /no key/],
    ['npub1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq', /no key/],
    ['nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5', /secret key/],
    ['wsn://relay.example', /key/],
  ]) {
    await lookUp(text)
    await page.locator('#mistake').filter({ hasText: sentence }).waitFor()
    assert.equal(await page.getByLabel('Public key').getAttribute('aria-invalid'), 'true')
    assert.equal(new URL(page.url()).hash, '')
  }
  assert.deepEqual(asked.filter(url => url.includes('/v1/relays/')), [])
})

const lies = {
  'a signature that is not of the key': (status, body) => {
    body.event.sig = body.event.sig.replace(/^../, pair => (pair === '00' ? '11' : '00'))
    return { status, body }
  },
  'another address': (status, body) => {
    body.event.tags[0][1] = '198.51.100.66:4848'
    return { status, body }
  },
  'a longer life': (status, body) => {
    body.event.tags.find(tag => tag[0] === 'expiration')[1] = String(body.expires_at + 600)
    return { status, body }
  },
  'the record of another key': () => ({ status: 200, body: { event: sign(keys()), evidence: {} } }),
  'no event at all': () => ({ status: 200, body: { status: 'found', endpoints: [] } }),
  'no JSON': () => ({ status: 200, body: '<h1>welcome</h1>' }),
  'more than a record can be': () => ({ status: 200, body: `{"event":"${'x'.repeat(100_000)}"}` }),
}
for (const [name, change] of Object.entries(lies)) {
  test(`a resolver that answers with ${name} is refused`, async () => {
    const owner = await published()
    await open(WIDE, 'light', lying.url)
    lying.state.change = change
    await lookUp(owner.npub)
    await verdict('This resolver’s answer is refused')
    await isOver()
    const text = await page.locator('main').textContent()
    assert.ok(!text.includes('198.51.100.66') && !text.includes('203.0.113.7:4848') && !text.includes('welcome'))
    assert.match(await page.locator('#announce').textContent(), /refused/)
  })
}

test('an older record than this browser has seen is refused, and one that vanishes is noticed', async () => {
  const owner = keys()
  const older = sign(owner, { age: 300 })
  await publish(resolver, sign(owner, { age: 100, endpoints: [['clearnet', '203.0.113.8:4848', 'wsn']] }))
  await open(WIDE, 'light', lying.url)
  await lookUp(npubOf(owner.pubkey))
  await verdict('Found at 1 address')
  await isOver()
  lying.state.change = () => ({ status: 200, body: { event: older, evidence: {} } })
  await page.reload()
  await verdict('This resolver’s answer is refused')
  await page.locator('.verdict').filter({ hasText: 'this browser has seen a newer record' }).waitFor()
  lying.state.change = () => ({ status: 404, body: { type: '/problems/key-unknown' } })
  await page.reload()
  await page.locator('.verdict').filter({ hasText: 'this browser has seen one that was signed' }).waitFor()
})

test('a page that gives wsn-client no memory remembers over visits and in its other tabs', async () => {
  const owner = keys()
  const older = sign(owner, { age: 300 })
  const newer = sign(owner, { age: 100 })
  await publish(resolver, newer)
  await open(WIDE, 'light', lying.url)
  const other = await context.newPage()
  await other.goto(`${lying.url}/`)
  const resolved = (tab, isForgetful = false) =>
    tab.evaluate(async ([key, isForgetful]) => {
      const { RecordMemory, resolve } = await import('wsn-client')
      const memory = isForgetful ? { memory: new RecordMemory() } : {}
      const uncached = (url, init) => fetch(url, { ...init, cache: 'no-store' })
      try {
        return (await resolve(key, { resolvers: [location.origin], fetch: uncached, ...memory })).event.id
      } catch (error) {
        return error.problems[0].message
      }
    }, [owner.pubkey, isForgetful])
  lying.state.change = () => ({ body: { event: older } })
  assert.equal(await resolved(other), older.id)
  lying.state.change = undefined
  assert.equal(await resolved(page), newer.id)
  lying.state.change = () => ({ body: { event: older } })
  assert.match(await resolved(other), /newer record was seen/)
  await page.reload()
  assert.match(await resolved(page), /newer record was seen/)
  assert.equal(await resolved(page, true), older.id)
})

test('claims beside the signed event are not shown, and the contradiction is', async () => {
  const owner = await published()
  await open(WIDE, 'light', lying.url)
  lying.state.change = (status, body) => {
    body.endpoints[0].host = '198.51.100.66'
    return { status, body }
  }
  await lookUp(owner.npub)
  await page.getByText('The resolver contradicts the record').waitFor()
  assert.deepEqual(await page.locator('.places code').allTextContents(), ['203.0.113.7:4848'])
})

test('a record that a mirror had is shown as such, and the name of the mirror as text', async () => {
  const owner = await published()
  await open(WIDE, 'light', lying.url, true)
  lying.state.change = (status, body) => {
    body.evidence = { ...body.evidence, source: 'mirror', mirror: 'wss://relay.example/<img src=x>', had: 0, agreed: 0 }
    return { status, body }
  }
  await lookUp(owner.npub)
  await verdict('Found at 1 address')
  await isOver()
  assert.equal(await page.locator('#mirror').textContent(), 'No node has it. It is from the Nostr relay wss://relay.example/<img src=x>.')
  await checkAccess('mirror')
  await shoot('mirror')
})

test('a resolver that is gone is told as such', async () => {
  await open(WIDE, 'light', lying.url)
  await page.locator('.health').waitFor()
  lying.state.isOff = true
  await lookUp(npubOf(keys().pubkey))
  await verdict('No answer')
  await page.locator('.verdict').filter({ hasText: 'does not answer' }).waitFor()
})

test('the browser opens the encrypted channel and shows the document of the relay as text', async () => {
  await lookUp(relay.npub)
  await verdict('Found at 1 address')
  await isOver()
  await page.getByRole('button', { name: 'Connect' }).click()
  await page.getByText('Connected.', { exact: true }).waitFor()
  const text = await page.locator('#relay').innerText()
  assert.match(text, /<img src=x onerror="window\.pwned=1">Relay of a stranger/)
  assert.match(text, /1, 11, 42/)
  assert.match(text, /another key: f{64}/)
  assert.equal(await page.evaluate(() => globalThis.pwned), undefined)
  assert.equal(await page.locator('#relay img, #relay script, #relay a').count(), 0)
  await shoot('connected-wide')
})

test('a connection to somebody without the key fails and says so', async () => {
  const owner = await published({ endpoints: [['clearnet', relay.at, 'wsn']] })
  await lookUp(owner.npub)
  await verdict('Found at 1 address')
  await isOver()
  await page.getByRole('button', { name: 'Connect' }).click()
  await page.getByRole('heading', { name: 'No connection' }).waitFor()
})

test('links, history and every form of a key lead to the same place', async () => {
  const owner = await published()
  await page.goto(`${resolver}/#${owner.npub}`)
  await verdict('Found at 1 address')
  await page.goto(`${resolver}/#wsn://${owner.npub}@203.0.113.9:1`)
  await verdict('Found at 1 address')
  await page.getByRole('link', { name: 'start' }).click()
  await page.locator('#result').waitFor({ state: 'hidden' })
  await lookUp(`nostr:${owner.npub}`)
  await verdict('Found at 1 address')
  await page.goBack()
  await page.locator('#result').waitFor({ state: 'hidden' })
  await page.goForward()
  await verdict('Found at 1 address')
  await page.goto(`${resolver}/#nonsense`)
  await page.locator('#mistake').filter({ hasText: /no key/ }).waitFor()
})

test('the camera reads a QR code', async () => {
  await publish(resolver, sign(filmed))
  await page.getByRole('button', { name: 'Scan' }).click()
  await verdict('Found at 1 address')
  assert.equal(new URL(page.url()).hash, `#${npubOf(filmed.pubkey)}`)
  assert.equal(await page.locator('#scanner[open]').count(), 0)
  assert.equal(await page.evaluate(() => document.getElementById('camera').srcObject), null)
})

test('a picture of a QR code is read, and one without is told', async () => {
  const owner = await published()
  await page.evaluate(() => { navigator.mediaDevices.getUserMedia = async () => { throw new Error('no camera') } })
  await page.getByRole('button', { name: 'Scan' }).click()
  const picture = text => ({ name: 'code.gif', mimeType: 'image/gif', buffer: Buffer.from(encodeQR(text, 'gif', { scale: 6 })) })
  await page.getByText('There is no camera').waitFor()
  await page.setInputFiles('#picture', picture('https://example.com'))
  await page.getByText('That code holds no key').waitFor()
  await page.setInputFiles('#picture', { name: 'x.gif', mimeType: 'image/gif', buffer: Buffer.from('GIF89a?') })
  await page.getByText('no picture that this browser can read').waitFor()
  await page.setInputFiles('#picture', picture(owner.npub))
  await verdict('Found at 1 address')
})

test('a long path is drawn hop by hop, whatever a resolver claims', async () => {
  const owner = await published()
  await open(WIDE, 'light', lying.url)
  const said = ['nodes', 'silence', 'record', 'older_record', 'bad_record', 'waiting']
  const names = Array.from({ length: 60 }, (_, i) => (0xa1000000 + i * 7919).toString(16))
  const path = names.map((node, i) => {
    const hop = i < 12 ? 1 : i < 32 ? 2 : i < 55 ? 3 : 4
    const bits = hop * 4 + (i % 3)
    const kind = hop < 3 ? said[i % 5 === 0 ? 1 : 0] : said[[2, 0, 2, 3, 2, 1, 4, 5][i % 8]]
    const named_by = hop === 1 ? undefined : names[{ 2: 1, 3: 13, 4: 34 }[hop] + (i % 4)]
    return { node, subnet: '203.0.113.0/24', hop, shared_bits: bits, named_by, said: kind, round_trip_ms: kind === 'silence' ? undefined : 20 + i }
  })
  path.push({ node: '<b>', hop: 1e9, shared_bits: -1, named_by: 'nobody', said: 'constructor' }, null, 7)
  lying.state.change = (status, body) => {
    body.evidence = { ...body.evidence, asked: 61, answered: 50, had: 20, agreed: 17, conflicting: 3, hops: 4, elapsed_ms: 212, path }
    return { status, body }
  }
  for (const [name, viewport, scheme] of [['wide', WIDE, 'light'], ['phone', PHONE, 'dark']]) {
    await open(viewport, scheme, lying.url)
    await lookUp(owner.npub)
    await page.locator('.drawing').waitFor()
    await isOver()
    assert.deepEqual(await page.locator('.drawing .heading').allTextContents(), [name === 'wide' ? 'resolver' : 'here', 'hop 1', 'hop 2', 'hop 3', 'hop 4', 'hop 32'])
    assert.equal(await page.locator('#path tbody tr').count(), 61)
    assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth))
    await shoot(`path-${name}`)
  }
})

const searched = async topic => {
  await page.getByLabel('Topic').fill(topic)
  await page.getByRole('button', { name: 'Search' }).click()
}

test('the directory is searched, and a relay in it is one click away', async () => {
  const name = '<img src=x onerror="window.pwned=1">Relay of a stranger'
  // An announcement takes a moment to arrive, and the relay another to answer.
  for (const end = Date.now() + PATIENCE_MILLIS; Date.now() < end;) {
    await searched('Strangers')
    await page.locator('#listing').filter({ hasText: /announced under strangers|answer/ }).waitFor()
    if ((await page.locator('.relays li').count()) > 0) break
  }
  await page.getByRole('heading', { name }).waitFor()
  assert.equal(await page.locator('.relays img, .relays script').count(), 0)
  await shoot('directory')
  await page.getByRole('link', { name }).click()
  await verdict('Found at 1 address')
  assert.equal(new URL(page.url()).hash, `#${relay.npub}`)
  await searched('no topic!')
  await page.locator('#listing').filter({ hasText: 'letters, digits and hyphens' }).waitFor()
})

test('what nobody signed is left out of the directory', async () => {
  await page.route('**/v1/directory?**', route => route.fulfill({
    json: { topic: 'x', announced: 2, silent: 0, waiting: 0, relays: [{ event: { ...sign(keys()), content: 'x' }, claims: { name: 'forged' }, live: true }, { event: sign(keys()), claims: { name: 'real' }, live: true }] },
  }))
  await searched('x')
  await page.getByRole('heading', { name: 'real' }).waitFor()
  await page.locator('#listing').filter({ hasText: '1 left out: what was listed is not what they signed' }).waitFor()
  assert.equal(await page.getByText('forged').count(), 0)
})

test('the network is shown with both families', async () => {
  await page.locator('.health.good').waitFor()
  assert.match(await page.locator('#network').innerText(), /≈ \d+ nodes in all/)
  assert.match(await page.locator('#network').innerText(), /23, of which \d+ answer/)
  assert.ok((await page.locator('.bars span').count()) > 0)
})

test('everything is reached with the keyboard', async () => {
  const owner = await published()
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to the lookup')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.activeElement.id === 'query')
  await page.keyboard.type(owner.npub)
  await page.keyboard.press('Enter')
  await verdict('Found at 1 address')
  await page.waitForFunction(() => document.activeElement.id === 'result')
  await isOver()
  for (let i = 0; i < 12; i++) {
    if ((await page.evaluate(() => document.activeElement.id)) === 'connect') return
    await page.keyboard.press('Tab')
  }
  assert.fail('the button to connect is not reached')
})

test('the page of a problem has the same sheet and is accessible', async () => {
  await open(PHONE, 'dark', resolver, true)
  await page.goto(`${resolver}/problems/key-unknown`)
  await page.getByRole('heading', { level: 1, name: 'No live record of this key' }).waitFor()
  await checkAccess('problem')
  assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth))
  await shoot('problem')
  await page.getByRole('link', { name: 'wsn' }).click()
  await page.getByLabel('Public key').waitFor()
})

for (const [name, viewport] of [['wide', WIDE], ['phone', PHONE]]) {
  for (const scheme of ['light', 'dark']) {
    test(`it is accessible and fits: ${name}, ${scheme}`, async () => {
      // The policy of the page would not let the checker in.
      await open(viewport, scheme, lying.url, true)
      await page.locator('.health.good').waitFor()
      const fits = async () => assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth), 'no scrolling sideways')
      await checkAccess('start')
      await fits()
      await shoot(`start-${name}-${scheme}`)
      await lookUp(relay.npub)
      await verdict('Found at 1 address')
      await isOver()
      await page.getByText('As a table').click()
      await page.getByRole('button', { name: 'Connect' }).click()
      await page.getByText('Connected.', { exact: true }).waitFor()
      await checkAccess('found')
      await fits()
      await page.getByText('As a table').click()
      await shoot(`found-${name}-${scheme}`)
      lying.state.change = lies['another address']
      await page.reload()
      await verdict('This resolver’s answer is refused')
      await checkAccess('refused')
      await fits()
      await shoot(`refused-${name}-${scheme}`, { fullPage: false })
      await page.getByRole('button', { name: 'Scan' }).click()
      await checkAccess('scanner')
      await shoot(`scanner-${name}-${scheme}`, { fullPage: false })
    })
  }
}
