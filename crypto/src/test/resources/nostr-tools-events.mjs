// Makes nostr-tools-events.json: node nostr-tools-events.mjs, where nostr-tools is installed.
import { finalizeEvent, serializeEvent, verifyEvent } from 'nostr-tools/pure'
import { writeFileSync, readFileSync } from 'node:fs'
const sk = Uint8Array.from({ length: 32 }, (_, i) => i + 1)
const t = 1795225422
const cases = [
  ['one endpoint', [['clearnet', '203.0.113.7:4848', 'wsn'], ['expiration', String(t + 7200)], ['alt', 'network addresses of this key']], 'accepted'],
  ['many endpoints, tags in another order', [
    ['alt', 'relay of the example club'], ['expiration', String(t + 86400)], ['n', 'clearnet'],
    ['clearnet', '[2001:db8::1]:4848', 'wsn'], ['clearnet', '203.0.113.7:4848', 'wsn'],
    ['tor', '2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion:4848', 'wsn'],
    ['i2p', 'example.b32.i2p', 'ws'], ['clearnet', '203.0.113.7:443', 'wss'], ['client', 'example', 'more', '', 'elements']], 'accepted'],
  ['unicode alt', [['clearnet', '198.51.100.20:4848', 'wsn'], ['alt', 'Adreßbuch 🏠 “日本語” \\ " / \u2028 \u00a0 <&>'], ['expiration', String(t + 3600)]], 'accepted'],
  ['url dialect', [['clearnet', 'wss://203.0.113.9/'], ['expiration', String(t + 7200)]], 'accepted'],
  ['withdrawal', [['expiration', String(t + 7200)], ['alt', 'gone']], 'accepted'],
  ['control character', [['clearnet', '203.0.113.7:4848', 'wsn'], ['expiration', String(t + 7200)], ['alt', 'a\u0001b']], 'FORBIDDEN_CHARACTER'],
]
const out = cases.map(([name, tags, expected]) => {
  const event = finalizeEvent({ kind: 11111, created_at: t, tags, content: '' }, sk)
  const plain = JSON.parse(JSON.stringify(event))
  if (!verifyEvent(plain)) throw new Error(name)
  return { name, expected, serialized: serializeEvent(plain), event: plain }
})
const version = JSON.parse(readFileSync('node_modules/nostr-tools/package.json')).version
const json = JSON.stringify({ source: `nostr-tools ${version} finalizeEvent; secret key 0102…1f20`, now: t, events: out }, null, 2)
writeFileSync('nostr-tools-events.json', json + '\n')
