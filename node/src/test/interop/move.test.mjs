// A relay is killed and comes back at another address while clients are connected; resolvers and
// endpoints fail, several at a time. `run` says where the network, the backend and the proxy are.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import WebSocket from 'ws'
import { RecordMemory, resolve, WsnSocket } from 'wsn-client'

const { WSN, RESOLVER, SEED, RELAY_URL, PROXY, RELAY, GATEWAY, WORK } = process.env
const NOWHERE = ['[2001:db8::dead]:4848', '192.0.2.1:4848']
const RETRY_MILLIS = 250
const DEAD = 'http://127.0.0.1:9'
const children = []
const silent = createServer(() => {})
await new Promise(listening => silent.listen(0, '127.0.0.1', listening))
const SILENT = `http://127.0.0.1:${silent.address().port}`
after(() => {
  for (const child of children) child.kill('SIGKILL')
  silent.close()
})

function freePort(host) {
  return new Promise(done => {
    const server = createServer().listen(0, host, () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}

/** Runs a gateway at an address; resolves when it is up and its record is in the network. */
async function gateway(key, host, others = []) {
  const at = `${host}:${await freePort(host)}`
  const advertised = [...others, at].flatMap(each => ['--advertise', each])
  const child = spawn(WSN, ['relay', '--local', '--key', key, '--backend', RELAY_URL, '--listen', at, ...advertised, '--seed', SEED])
  children.push(child)
  let text = ''
  await new Promise((up, failed) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', bytes => {
        text += bytes
        if (/^address /m.test(text)) up()
      })
    }
    child.on('close', () => failed(new Error(text)))
  })
  return child
}

/** A client as apps are: it asks, and when the connection ends it tries again until it is back. */
class App {
  #open
  answered = 0
  /** When each attempt began. */
  attempts = []
  ended = false

  constructor(open) {
    this.#open = open
    this.connect()
  }

  connect() {
    if (this.ended) return
    this.attempts.push(Date.now())
    const socket = this.#open()
    this.socket = socket
    socket.onopen = () => socket.send('["REQ","a",{"kinds":[1],"limit":1}]')
    socket.onmessage = ({ data }) => {
      if (String(data).startsWith('["EOSE"')) this.answered++
    }
    socket.onerror = () => {}
    socket.onclose = () => setTimeout(() => this.connect(), RETRY_MILLIS)
  }

  async hears(count) {
    const limit = Date.now() + 60_000
    while (this.answered < count) {
      assert.ok(Date.now() < limit, 'no answer within a minute')
      await pause(5)
    }
    return Date.now()
  }

  end() {
    this.ended = true
    this.socket.close()
  }
}

test('clients of a relay that moved are there soon after it is back', { timeout: 180_000 }, async () => {
  const key = join(WORK, 'moving.key')
  const made = spawnSync(WSN, ['keygen', '--out', key, '--json'], { encoding: 'utf8' })
  const { npub } = JSON.parse(made.stdout)
  const first = await gateway(key, '127.0.0.2')
  const Socket = WsnSocket.with({ resolvers: [RESOLVER], memory: new RecordMemory() })
  const apps = {
    'wsn-client': new App(() => new Socket(`wsn://${npub}`)),
    'the local proxy': new App(() => new WebSocket(`${PROXY}/${npub}`)),
  }
  for (const app of Object.values(apps)) await app.hears(1)

  first.kill('SIGKILL')
  await pause(1_000)
  await gateway(key, '127.0.0.3', NOWHERE)
  const back = Date.now()

  for (const [name, app] of Object.entries(apps)) {
    const there = await app.hears(2)
    const late = app.attempts.filter(began => began > back)
    console.log(`through ${name}: at the new address ${there - back} ms after the relay is back, ` +
      `in attempt ${app.attempts.length}, ${late.length} of them begun since`)
    // Not the time, which is the machine's: what began before may still fail, and the next one asks again.
    assert.ok(late.length <= 2, `${name} needed ${late.length} attempts after the relay was back`)
    app.end()
  }
  const { endpoints } = await resolve(npub, { resolvers: [RESOLVER], policy: 'quorum' })
  assert.deepEqual(endpoints.slice(0, 2).map(({ host }) => host), ['2001:db8::dead', '192.0.2.1'])
})

const ways = [
  { name: 'one resolver is down', resolvers: [DEAD, RESOLVER] },
  { name: 'one resolver is silent', resolvers: [SILENT, RESOLVER] },
  { name: 'all are down, and the record was seen', resolvers: [DEAD], isKnown: true },
  { name: 'all are silent, and the record was seen', resolvers: [SILENT, SILENT], isKnown: true },
  { name: 'all are down, and the hint is right', resolvers: [DEAD], hint: GATEWAY },
  { name: 'all are silent, and the hint is right', resolvers: [SILENT], hint: GATEWAY },
  { name: 'the hint leads nowhere', resolvers: [SILENT, RESOLVER], hint: '192.0.2.1:4848' },
  { name: 'the hint leads nowhere over IPv6', resolvers: [DEAD, RESOLVER], hint: NOWHERE[0] },
]

function opened(Socket, hint) {
  return new Promise((done, failed) => {
    const socket = new Socket(`wsn://${RELAY}${hint ? `@${hint}` : ''}`)
    socket.onopen = () => done(socket)
    socket.onerror = event => failed(event.error)
  })
}

for (const { name, resolvers, hint, isKnown } of ways) {
  test(`there is a way: ${name}`, async () => {
    const memory = new RecordMemory()
    if (isKnown) await resolve(RELAY, { resolvers: [RESOLVER], memory })
    const socket = await opened(WsnSocket.with({ resolvers, memory }), hint)
    socket.close()
  })
}

test('there is no way, and each attempt is named', async () => {
  const Socket = WsnSocket.with({ resolvers: [DEAD, DEAD], memory: new RecordMemory() })
  await assert.rejects(opened(Socket, '127.0.0.1:9'), error => {
    assert.deepEqual(new Set(error.tried.map(({ at }) => at)), new Set(['127.0.0.1:9', 'resolver']))
    assert.match(error.message, /127\.0\.0\.1:9: /)
    return true
  })
})
