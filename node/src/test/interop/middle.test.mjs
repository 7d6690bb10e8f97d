// Somebody sits on the line between wsn-client and a gateway, and changes what passes, frame by frame. The client may
// lose the connection, and must be told so; it must never take anything for the relay's that the relay did not say.
import assert from 'node:assert/strict'
import { connect, createServer } from 'node:net'
import { after, test } from 'node:test'
import { WsnSocket } from 'wsn-client'

const { RELAY, AUTH_RELAY, GATEWAY } = process.env
const [host, port] = GATEWAY.split(':')
const QUESTIONS = ['a', 'b', 'c', 'd', 'e']
/** Asks for nothing, nor for what the tests beside this one publish. */
const NOTHING = { ids: ['0'.repeat(64)], limit: 1 }
/** After this long a question is taken for lost, and the next one asked. */
const PATIENCE_MILLIS = 2000
const servers = []
/** Told of every frame that came from the gateway, before anything is done to it. */
let heardFromGateway = () => {}
after(() => servers.forEach(server => server.close()))

/** The next frame of a WebSocket in these bytes, unmasked; or nothing yet. */
function takeFrame(bytes) {
  if (bytes.length < 2) return undefined
  const short = bytes[1] & 0x7f
  const isMasked = (bytes[1] & 0x80) !== 0
  const at = (short < 126 ? 2 : short === 126 ? 4 : 10) + (isMasked ? 4 : 0)
  if (bytes.length < at) return undefined
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (bytes.length < at + length) return undefined
  const payload = Buffer.from(bytes.subarray(at, at + length))
  if (isMasked) for (let i = 0; i < length; i++) payload[i] ^= bytes[at - 4 + (i % 4)]
  return { first: bytes[0], payload, rest: bytes.subarray(at + length) }
}

function frameBytes({ first, payload }, isMasked) {
  const length = payload.length < 126 ? Buffer.of(payload.length) : Buffer.of(126, payload.length >> 8, payload.length)
  if (isMasked) length[0] |= 0x80
  return Buffer.concat([Buffer.of(first), length, Buffer.alloc(isMasked ? 4 : 0), payload])
}

/**
 * A line to the gateway. `tamper` gets each frame with its direction and number (0 is the handshake, 1 the head) and
 * gives the frames that go on in its place; `upgrade` gets the gateway's answer to the upgrade.
 */
async function line({ tamper = ({ frame }) => [frame], upgrade = head => head }) {
  const server = createServer(near => {
    const far = connect(Number(port), host)
    const cut = () => [near, far].forEach(socket => socket.destroy())
    const join = (from, to, direction) => {
      let input = Buffer.alloc(0)
      let number = -1
      from.on('error', cut).on('close', () => to.end())
      from.on('data', bytes => {
        input = Buffer.concat([input, bytes])
        if (number < 0) {
          const end = input.indexOf('\r\n\r\n')
          if (end < 0) return
          const head = input.subarray(0, end + 4).toString('latin1')
          to.write(direction === 'down' ? upgrade(head) : head)
          input = input.subarray(end + 4)
          number = 0
        }
        for (let frame = takeFrame(input); frame; frame = takeFrame(input)) {
          input = frame.rest
          if (direction === 'down') heardFromGateway()
          for (const next of tamper({ direction, number, frame, cut })) to.write(frameBytes(next, direction === 'up'))
          number++
        }
      })
    }
    join(near, far, 'up')
    join(far, near, 'down')
  })
  servers.push(server)
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  return `127.0.0.1:${server.address().port}`
}

const honest = QUESTIONS.map(id => JSON.stringify(['EOSE', id]))

/**
 * Asks five questions through the line; what was answered, and how it ended. Each waits for the answer to the one before to
 * be on the line, for what is sent together would be one message.
 */
function talk(at, key = RELAY) {
  return new Promise(done => {
    const answers = []
    let error
    const socket = new WsnSocket(`wsn://${key}@${at}`)
    let wasOpen = false
    let lost
    socket.onopen = () => {
      wasOpen = true
      const questions = QUESTIONS.values()
      const ask = () => {
        const { value: id, done: wasLast } = questions.next()
        if (!wasLast && socket.readyState === WsnSocket.OPEN) socket.send(JSON.stringify(['REQ', id, NOTHING]))
      }
      heardFromGateway = ask
      lost = setInterval(ask, PATIENCE_MILLIS)
      ask()
    }
    socket.onmessage = ({ data }) => {
      answers.push(data)
      if (answers.length === honest.length) socket.close(1000)
    }
    socket.onerror = event => { error = event.error }
    socket.onclose = ({ code, wasClean }) => {
      clearInterval(lost)
      heardFromGateway = () => {}
      done({ answers, code, wasClean, error, wasOpen })
    }
  })
}

function assertDenied({ answers, code, wasClean, wasOpen }) {
  assert.ok(wasOpen)
  assert.deepEqual(answers, honest.slice(0, answers.length))
  assert.ok(answers.length < honest.length, 'everything came through')
  assert.deepEqual([code, wasClean], [1006, false])
}

test('a line that changes nothing', async () => {
  const { answers, code, wasClean } = await talk(await line({}))
  assert.deepEqual([answers, code, wasClean], [honest, 1000, true])
})

test('what one turn sends is one message, and a close is the last of its frames', async () => {
  const sent = []
  const at = await line({
    tamper: ({ direction, frame }) => {
      if (direction === 'up' && frame.first === 0x82) sent.push(frame.payload.length)
      return [frame]
    },
  })
  const ids = Array.from({ length: 60 }, (_, i) => `question ${i}`)
  const questions = ids.map(id => JSON.stringify(['REQ', id, NOTHING]))
  const answered = new Set()
  const { code, wasClean } = await new Promise(done => {
    const socket = new WsnSocket(`wsn://${RELAY}@${at}`)
    socket.onopen = () => {
      for (const question of questions) socket.send(question)
      assert.ok(socket.bufferedAmount >= questions.join('').length)
    }
    socket.onmessage = ({ data }) => {
      answered.add(JSON.parse(data)[1])
      if (answered.size < ids.length) return
      socket.send(JSON.stringify(['CLOSE', ids[0]]))
      socket.close(1000)
    }
    socket.onclose = done
  })
  assert.deepEqual([code, wasClean, answered.size], [1000, true, ids.length])
  // The hello, the head, the questions with headers of two bytes and a tag, and the last message with the close.
  const together = questions.reduce((sum, question) => sum + 2 + question.length, 16)
  assert.equal(sent.length, 4)
  assert.equal(sent[2], together)
})

const flip = ({ first, payload }) => {
  payload[payload.length - 1] ^= 1
  return { first, payload }
}

// What may be done to the frame of the third answer or question.
const attacks = {
  'a forged frame': () => ({ frame }) => [flip(frame)],
  'a replayed frame': () => ({ frame }) => [frame, frame],
  'a dropped frame': () => ({ number, frame }) => (number === 4 ? [] : [frame]),
  'two frames in the other order': seen => ({ direction, number, frame }) =>
    number === 4 ? [] : number === 5 ? [frame, seen[direction].at(-2)] : [frame],
  'an older frame in the place of a newer one': seen => ({ direction }) => [seen[direction].at(-2)],
  'a truncated frame': () => ({ frame: { first, payload } }) => [{ first, payload: payload.subarray(0, -1) }],
  'a frame without anything': () => ({ frame: { first } }) => [{ first, payload: Buffer.alloc(0) }],
  'a reflected frame': seen => ({ direction }) => [seen[direction === 'up' ? 'down' : 'up'].at(-1)],
  'a close of the carrier, as if it were over': () => () => [{ first: 0x88, payload: Buffer.of(1000 >> 8, 1000 & 0xff) }],
  'a text frame': () => () => [{ first: 0x81, payload: Buffer.from(honest[2]) }],
  'a cut line': () => ({ cut }) => {
    cut()
    return []
  },
}
for (const [name, attack] of Object.entries(attacks)) {
  for (const direction of ['up', 'down']) {
    test(`${name} ${direction === 'up' ? 'to the gateway' : 'to the client'}`, async () => {
      const seen = { up: [], down: [] }
      const act = attack(seen)
      const at = await line({
        tamper: event => {
          seen[event.direction].push(event.frame)
          return event.direction === direction && (event.number === 4 || event.number === 5) ? act(event) : [event.frame]
        },
      })
      assertDenied(await talk(at))
    })
  }
}

test('an answer to the handshake that belongs to another one', async () => {
  let kept
  const at = await line({
    tamper: ({ direction, number, frame }) => {
      if (direction !== 'down' || number !== 0) return [frame]
      const earlier = kept
      kept = frame
      return [earlier ?? frame]
    },
  })
  assert.deepEqual((await talk(at)).answers, honest)
  const { answers, wasOpen } = await talk(at)
  assert.deepEqual([answers, wasOpen], [[], false])
})

test('everything that a client ever sent, sent again, is answered with nothing', async () => {
  const sent = []
  await talk(await line({
    tamper: ({ direction, frame }) => {
      if (direction === 'up') sent.push(frame)
      return [frame]
    },
  }))
  const replies = await new Promise(done => {
    const frames = []
    const socket = connect(Number(port), host)
    let input = Buffer.alloc(0)
    let isUpgraded = false
    socket.write(
      'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: wsn.v1\r\n\r\n',
    )
    socket.on('data', bytes => {
      input = Buffer.concat([input, bytes])
      if (!isUpgraded) {
        isUpgraded = true
        input = input.subarray(input.indexOf('\r\n\r\n') + 4)
        sent.forEach(frame => socket.write(frameBytes(frame, true)))
      }
      for (let frame = takeFrame(input); frame; frame = takeFrame(input)) {
        input = frame.rest
        frames.push(frame)
      }
    })
    socket.on('error', () => {}).on('close', () => done(frames))
  })
  // The answer to the hello, under a new key, and the carrier's close with 1002.
  assert.deepEqual(replies.map(({ first, payload }) => [first, payload.length]), [[0x82, 48], [0x88, 2]])
  assert.equal(replies[1].payload.readUInt16BE(0), 1002)
})

test('a gateway of another key on the line', async () => {
  const { answers, wasOpen } = await talk(await line({}), AUTH_RELAY)
  assert.deepEqual([answers, wasOpen], [[], false])
})

const downgrades = {
  'no subprotocol': head => head.replace(/sec-websocket-protocol:.*\r\n/i, ''),
  'another subprotocol': head => head.replace(/wsn\.v1/i, 'nostr'),
  'no WebSocket': () => 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  'a redirect': () => `HTTP/1.1 302 Found\r\nLocation: ws://${GATEWAY}/\r\nContent-Length: 0\r\n\r\n`,
}
for (const [name, upgrade] of Object.entries(downgrades)) {
  test(`downgrade to ${name}`, async () => {
    const heard = []
    const at = await line({
      upgrade,
      tamper: ({ direction, frame }) => {
        heard.push(`${direction} ${frame.first}`)
        return [frame]
      },
    })
    const { answers, wasOpen } = await talk(at)
    assert.deepEqual([answers, wasOpen], [[], false])
    assert.ok(!heard.includes('up 129'), 'a question went over the line unsealed')
  })
}

test('a plain WebSocket server that claims to be a gateway learns nothing', async () => {
  const heard = []
  const at = await line({
    tamper: ({ direction, number, frame }) => {
      heard.push(direction === 'up' ? frame.payload.toString('latin1') : '')
      return direction === 'down' && number === 0 ? [{ first: 0x81, payload: Buffer.from(honest[0]) }] : [frame]
    },
  })
  const { answers, wasOpen } = await talk(at)
  assert.deepEqual([answers, wasOpen], [[], false])
  assert.ok(!heard.some(text => text.includes('REQ')))
})
