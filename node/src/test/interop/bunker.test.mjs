// `wsn publish --bunker` has its records signed by a remote signer, the backend of NDK, and
// `wsn publish --record` gives away what was signed in advance.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { nip19, verifyEvent } from 'nostr-tools'
import { resolve } from 'wsn-client'

const { WSN, RESOLVER, BUNKER, BUNKER_NPUB } = process.env
const directory = mkdtempSync(join(tmpdir(), 'bunker-'))
const file = join(directory, 'bunker')
writeFileSync(file, `${BUNKER}\n`)
chmodSync(file, 0o600)

function wsn(...args) {
  return new Promise(done => {
    const child = spawn(WSN, args)
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', bytes => { text += bytes })
    child.on('close', code => done({ code, text }))
  })
}
const publish = (...args) => wsn('publish', ...args)
const at = async () => (await resolve(BUNKER_NPUB, { resolvers: [RESOLVER], policy: 'quorum' })).endpoints.map(({ host, port }) => `${host}:${port}`)

test('a signer elsewhere signs; the person is sent to its page; the secret is used once and never shown', async () => {
  const first = await publish('--bunker', file, '--endpoint', '203.0.113.7:4848', '--resolver', RESOLVER)
  assert.equal(first.code, 0, first.text)
  assert.match(first.text, /allow this; open https:\/\/signer\.example\/allow\?id=7/)
  assert.ok(!first.text.includes('once-and-never-again') && !first.text.includes('nsec1'))
  assert.equal(statSync(`${file}.client`).mode & 0o777, 0o600)
  assert.deepEqual(await at(), ['203.0.113.7:4848'])
  const second = await publish('--bunker', file, '--endpoint', '203.0.113.8:4848', '--resolver', RESOLVER)
  assert.equal(second.code, 0, second.text)
  assert.deepEqual(await at(), ['203.0.113.8:4848'])
})

test('what the signer refuses is said', async () => {
  const refused = await publish('--bunker', file, '--endpoint', '203.0.113.66:4848', '--resolver', RESOLVER)
  assert.equal(refused.code, 5, refused.text)
  assert.match(refused.text, /the signer refused: not this address/)
})

test('a secret that was spent lets nobody else in', async () => {
  const other = join(directory, 'other')
  writeFileSync(other, BUNKER)
  chmodSync(other, 0o600)
  const refused = await publish('--bunker', other, '--endpoint', '203.0.113.7:4848', '--resolver', RESOLVER)
  assert.equal(refused.code, 5, refused.text)
  assert.ok(!existsSync(`${other}.client`))
})

test('records of two days are signed at once, and announced without any key', async () => {
  const records = join(directory, 'records')
  const signed = await publish('--bunker', file, '--endpoint', '203.0.113.9:4848', '--ttl', '24h', '--for', '48h', '--out', records)
  assert.equal(signed.code, 0, signed.text)
  const events = readFileSync(records, 'utf8').trim().split('\n').map(line => JSON.parse(line))
  assert.equal(events.length, 4)
  assert.ok(events.every(event => verifyEvent(event) && nip19.npubEncode(event.pubkey) === BUNKER_NPUB))
  const announced = await publish('--record', records, '--resolver', RESOLVER)
  assert.equal(announced.code, 0, announced.text)
  assert.deepEqual(await at(), ['203.0.113.9:4848'])
})

test('a kept record is signed elsewhere each time it is renewed, and withdrawn by a stop', async () => {
  const child = spawn(WSN, ['publish', '--keep', '--withdraw', '--bunker', file, '--ttl', '9s',
    '--endpoint', '203.0.113.10:4848', '--resolver', RESOLVER])
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', bytes => { text += bytes })
  const closed = new Promise(done => child.on('close', done))
  const time = () => Number(existsSync(`${file}.published`) ? readFileSync(`${file}.published`, 'utf8').split(' ')[1] : 0)
  const until = async isSo => {
    const end = Date.now() + 60_000
    while (!isSo()) {
      assert.ok(Date.now() < end && child.exitCode === null, text)
      await new Promise(done => setTimeout(done, 100))
    }
  }
  await until(() => text.includes('address wsn://'))
  assert.deepEqual(await at(), ['203.0.113.10:4848'])
  const first = time()
  await until(() => time() > first + 9)
  assert.deepEqual(await at(), ['203.0.113.10:4848'])
  child.kill('SIGTERM')
  assert.equal(await closed, 0, text)
  assert.equal((await resolve(BUNKER_NPUB, { resolvers: [RESOLVER] })).status, 'withdrawn')
})

test('a withdrawal is signed elsewhere, too', async () => {
  const gone = await wsn('withdraw', '--bunker', file, '--resolver', RESOLVER)
  assert.equal(gone.code, 0, gone.text)
  assert.equal((await resolve(BUNKER_NPUB, { resolvers: [RESOLVER] })).status, 'withdrawn')
})
