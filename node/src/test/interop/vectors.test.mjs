// Checks wsn-client against the vectors that the Java side is checked against, and its own bounds.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { finalizeEvent, generateSecretKey } from 'nostr-tools'
import { bytesToHex, hexToBytes } from './node_modules/wsn-client/bytes.js'
import { encodeClose, encodeFrame, fragments, FrameReader, OP } from './node_modules/wsn-client/frames.js'
import { ChannelError, ClientHandshake, MESSAGES_PER_KEY } from './node_modules/wsn-client/noise.js'
import { supersedes } from './node_modules/wsn-client/record.js'
import { parseKey, parseUri, RecordMemory, relayUrl, verifyRecord } from 'wsn-client'
import { fileStorage } from 'wsn-client/node'

const read = name => JSON.parse(readFileSync(new URL(`${name}.json`, `file://${process.env.VECTORS}/`)))
const records = read('record')
const channels = read('channel')
const LIFETIME = 86_400
const MINE = generateSecretKey()
const HEAD = Uint8Array.of(0x83, 2, 0x7b, 0x7d)

function handshake(vector) {
  const client = new ClientHandshake({
    gateway: hexToBytes(vector.gateway_public),
    secretKey: vector.client_secret && hexToBytes(vector.client_secret),
    ephemeral: hexToBytes(vector.client_ephemeral_secret),
  })
  assert.equal(bytesToHex(client.hello()), vector.hello)
  return client
}

for (const vector of channels.channels) {
  test(`channel ${vector.pattern}`, () => {
    const session = handshake(vector).finish(hexToBytes(vector.answer))
    assert.equal(bytesToHex(session.binding), vector.handshake_hash)
    const reader = new FrameReader(1 << 20)
    for (const { from, frames, message } of vector.messages) {
      if (from === 'client') {
        assert.equal(bytesToHex(session.send.encrypt(hexToBytes(frames.join('')))), message)
      } else {
        const bytes = session.receive.decrypt(hexToBytes(message))
        assert.equal(bytesToHex(bytes), frames.join(''))
        const read = [...reader.read(bytes)].map(({ opcode, isFinal, payload }) => encodeFrame(opcode, payload, isFinal))
        assert.deepEqual(read.map(bytesToHex), frames)
      }
    }
  })

  test(`channel ${vector.pattern}: every changed byte of the answer is refused`, () => {
    for (let at = 0; at < vector.answer.length / 2; at += 7) {
      const changed = hexToBytes(vector.answer)
      changed[at] ^= 1
      assert.throws(() => handshake(vector).finish(changed), ChannelError)
    }
    assert.throws(() => handshake(vector).finish(hexToBytes(vector.answer).slice(1)), ChannelError)
  })

  test(`channel ${vector.pattern}: replayed, reordered, reflected and short messages are refused`, () => {
    const fromGateway = vector.messages.filter(({ from }) => from === 'gateway')
    const open = message => session.receive.decrypt(hexToBytes(message))
    let session = handshake(vector).finish(hexToBytes(vector.answer))
    assert.throws(() => open(fromGateway[1].message), ChannelError)
    open(fromGateway[0].message)
    assert.throws(() => open(fromGateway[0].message), ChannelError)
    session = handshake(vector).finish(hexToBytes(vector.answer))
    const own = bytesToHex(session.send.encrypt(hexToBytes(vector.messages[0].frames[0])))
    assert.throws(() => open(own), ChannelError)
    assert.throws(() => open('00'.repeat(15)), ChannelError)
  })
}

test('rekey', () => {
  const { send } = handshake(channels.channels[0]).finish(hexToBytes(channels.channels[0].answer))
  send.encrypt(hexToBytes('830c7b2270617468223a222f227d'))
  const empty = Uint8Array.of(0x81, 0)
  for (let sent = 1; sent < MESSAGES_PER_KEY - 1; sent++) send.encrypt(empty)
  assert.equal(bytesToHex(send.encrypt(empty)), channels.rekey.message_65536)
  assert.equal(bytesToHex(send.encrypt(empty)), channels.rekey.message_65537)
})

for (const { why, end, plaintexts } of channels.refused_plaintexts) {
  test(`refused plaintext: ${why}`, () => {
    const reader = new FrameReader(1 << 20)
    for (const good of plaintexts.slice(0, -1)) assert.ok([...reader.read(hexToBytes(good))].length > 0)
    assert.throws(() => [...reader.read(hexToBytes(plaintexts.at(-1)))], error => error.end === end)
  })
}

test('arbitrary plaintexts give frames, or the error that says which rule was broken', () => {
  let [whole, together] = [0, 0]
  for (let i = 0; i < 20_000; i++) {
    const reader = new FrameReader(1 << 20)
    ;[...reader.read(HEAD)]
    const frames = Array.from({ length: 1 + (i % 5) }, (_, at) =>
      encodeFrame(at % 3 === 2 ? OP.PING : OP.TEXT, crypto.getRandomValues(new Uint8Array((i * 7 + at) % 140)).subarray(15)),
    )
    const bytes = Buffer.concat(frames)
    const changed = i % 3 === 0 ? bytes.subarray(0, bytes.length - (i % 7)) : bytes
    if (i % 3 === 1) changed[i % changed.length] ^= 1 + (i % 255)
    try {
      const read = [...reader.read(new Uint8Array(changed))]
      const again = read.map(({ opcode, isFinal, payload }) => encodeFrame(opcode, payload, isFinal))
      assert.equal(Buffer.concat(again).toString('hex'), changed.toString('hex'))
      whole++
      together += read.length > 1 ? 1 : 0
    } catch (broken) {
      assert.equal(broken.name, 'FrameError')
      assert.notEqual(i % 3, 2, 'frames that nobody changed are read')
    }
  }
  assert.ok(whole > 6000 && together > 4000)
})

test('messages of any length come back whole', () => {
  for (const length of [0, 1, 125, 126, 65_514, 65_515, 65_516, 1_000_003]) {
    const reader = new FrameReader(length)
    ;[...reader.read(HEAD)]
    const frames = [...fragments(OP.BINARY, new Uint8Array(length).fill(7))].flatMap(frame => [...reader.read(frame)])
    assert.equal(frames.reduce((sum, { payload }) => sum + payload.length, 0), length)
    assert.deepEqual(frames.map(({ isFinal }) => isFinal).lastIndexOf(true), frames.length - 1)
    assert.equal(frames.filter(({ isFinal }) => isFinal).length, 1)
  }
})

test('a message over the bound is refused', () => {
  const reader = new FrameReader(10)
  ;[...reader.read(HEAD)]
  assert.throws(() => [...fragments(OP.TEXT, new Uint8Array(11))].flatMap(frame => [...reader.read(frame)]), {
    end: 'too_large',
    code: 1009,
  })
})

test('close frames', () => {
  assert.equal(bytesToHex(encodeClose(1000, 'ok')), '880403e86f6b')
  assert.equal(bytesToHex(encodeClose()), '8800')
})

for (const { name, event, expires_at, endpoints, is_withdrawal } of records.accepted) {
  test(`accepted record: ${name}`, () => {
    const record = verifyRecord(event, { now: records.now })
    assert.equal(record.expiresAt, expires_at)
    assert.equal(record.isWithdrawal, is_withdrawal)
    const wanted = endpoints.map(({ network, host, port, protocol }) => ({ network, host, port, protocol }))
    assert.deepEqual(record.endpoints, wanted)
  })
}

for (const { name, reason, event } of records.refused) {
  test(`refused record: ${name}`, () => {
    assert.throws(() => verifyRecord(event, { now: records.now }), { reason })
  })
}

test('what is no event is refused, not a crash', () => {
  for (const garbage of [null, 1, 'x', [], {}, { tags: {} }, { ...records.accepted[0].event, tags: [[1]] }]) {
    assert.throws(() => verifyRecord(garbage, { now: records.now }), { reason: 'MALFORMED' })
  }
})

test('order of versions', () => {
  for (const [i, older] of records.oldest_first.entries()) {
    for (const newer of records.oldest_first.slice(i + 1)) {
      assert.ok(supersedes(newer, older) && !supersedes(older, newer))
    }
  }
})

for (const { text, canonical, pubkey, path, host, port } of records.uris) {
  test(`URI ${text.slice(0, 20)}…${text.slice(-24)}`, () => {
    const uri = parseUri(text)
    assert.deepEqual([uri.canonical, uri.pubkey, uri.path], [canonical, pubkey, path])
    assert.deepEqual([uri.hint?.host, uri.hint?.port], [host, port])
    assert.equal(relayUrl(text), `wsn://${records.key.npub}`)
  })
}

for (const text of records.refused_uris) {
  test(`refused URI ${text}`, () => assert.throws(() => parseUri(text), TypeError))
}

test('keys as people type them', () => {
  for (const text of [records.key.npub, ` ${records.key.npub.toUpperCase()} `, `nostr:${records.key.npub}`]) {
    assert.equal(parseKey(text), records.key.pubkey)
  }
  const bad = [`${records.key.npub.slice(0, -1)}q`, '', 'npub1', '0'.repeat(63), 'x'.repeat(10_000)]
  for (const text of bad) assert.throws(() => parseKey(text), TypeError)
  assert.throws(() => parseKey('nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5'), /secret/)
})

test('a remembered record is never followed by an older one, in another page neither', () => {
  const [older, newer] = ['shortest lifetime', '60 s ahead'].map(
    wanted => records.accepted.find(({ name }) => name === wanted).event,
  )
  const saved = new Map()
  const storage = { getItem: key => saved.get(key) ?? null, setItem: (key, value) => saved.set(key, value) }
  const memory = new RecordMemory({ storage })
  assert.ok(memory.admit(older, records.now))
  assert.ok(memory.admit(newer, records.now))
  assert.ok(!memory.admit(older, records.now))
  const afterwards = new RecordMemory({ storage })
  assert.ok(!afterwards.admit(older, records.now))
  assert.ok(afterwards.admit(newer, records.now))
  assert.ok(afterwards.admit(older, newer.created_at + LIFETIME + 60))
})

test('programs that share a file learn from each other, and the next one from them', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wsn-memory-'))
  try {
    const path = join(directory, 'state', 'seen.json')
    const memory = () => new RecordMemory({ storage: fileStorage(path) })
    const [one, other] = [memory(), memory()]
    const at = Math.floor(Date.now() / 1000)
    const [older, newer] = [at - 60, at].map(created_at =>
      finalizeEvent({ kind: 11111, created_at, content: '', tags: [['expiration', `${at + 600}`]] }, MINE),
    )
    const strange = finalizeEvent(
      { kind: 11111, created_at: at, content: '', tags: [['expiration', `${at + 600}`]] }, generateSecretKey(),
    )
    assert.ok(one.admit(older))
    assert.ok(other.admit(newer))
    assert.ok(!one.admit(older), 'what the other program wrote counts here, too')
    assert.ok(one.admit(strange))
    assert.equal(other.newest(strange.pubkey).id, strange.id)
    assert.ok(!memory().admit(older))
    assert.ok(memory().admit(newer))
    assert.equal(statSync(path).mode & 0o777, 0o600)
    const kept = JSON.parse(readFileSync(path, 'utf8'))
    const damaged = JSON.stringify([null, { pubkey: newer.pubkey }, ...JSON.parse(kept['wsn.records'])])
    writeFileSync(path, JSON.stringify({ 'wsn.records': damaged }))
    assert.ok(!memory().admit(older), 'one entry that does not hold says nothing about the others')
    writeFileSync(path, '{"wsn.rec')
    assert.ok(memory().admit(older), 'a file that was cut is an empty one')
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('a damaged storage is an empty one', () => {
  const broken = { getItem: () => '[{"pubkey":1}]', setItem: () => { throw new Error('full') } }
  const memory = new RecordMemory({ storage: broken })
  assert.ok(memory.admit(records.accepted[0].event, records.now))
})

test('a memory is bounded', () => {
  const memory = new RecordMemory({ maxKeys: 2 })
  for (let i = 0; i < 4; i++) memory.admit({ pubkey: `${i}`, id: '0', created_at: records.now + i }, records.now)
  assert.equal(memory.newest('1', records.now), undefined)
  assert.ok(memory.newest('2', records.now) && memory.newest('3', records.now))
})
