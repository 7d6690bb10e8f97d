// Makes nostr-tools-nip44.json: node nostr-tools-nip44.mjs, where nostr-tools is installed.
import { v2 } from 'nostr-tools/nip44'
import { getPublicKey } from 'nostr-tools/pure'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
const hex = bytes => Buffer.from(bytes).toString('hex')
const bytes = text => new Uint8Array(createHash('sha256').update(text).digest())
const one = n => Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? n : 0))
const texts = ['a', '🍕🫃', '表ポあA鷗ŒéＢ逍Üßªąñ丂㐀𠀀', 'x'.repeat(32), 'x'.repeat(33), 'é'.repeat(500), 'z'.repeat(65_535)]
const accepted = texts.map((text, i) => {
  // The first is the example that the NIP prints.
  const [own, other, nonce] = i === 0 ? [one(1), one(2), one(1)] : [bytes(`own ${i}`), bytes(`other ${i}`), bytes(`nonce ${i}`)]
  const key = v2.utils.getConversationKey(own, getPublicKey(other))
  const payload = v2.encrypt(text, key, nonce)
  const long = text.length > 1000
  return {
    own: hex(own), other: getPublicKey(other), conversation_key: hex(key), nonce: hex(nonce),
    text: long ? undefined : text, text_of: long ? [text[0], text.length] : undefined,
    payload: long ? undefined : payload, payload_sha256: hex(createHash('sha256').update(payload).digest()),
  }
})
const padding = [1, 16, 32, 33, 37, 49, 64, 65, 100, 111, 200, 250, 320, 383, 384, 400, 500, 512, 515, 700, 800, 900, 1020, 65_535]
const { conversation_key, payload } = accepted[0]
const raw = Buffer.from(payload, 'base64')
const changed = at => { const copy = Buffer.from(raw); copy[at] ^= 1; return copy.toString('base64') }
const refused = { version: changed(0), nonce: changed(5), ciphertext: changed(40), mac: changed(raw.length - 1), short: raw.subarray(0, 98).toString('base64'), 'not base64': '#' + payload.slice(1), empty: '' }
for (const [why, bad] of Object.entries(refused)) {
  let did = true
  try { v2.decrypt(bad, Buffer.from(conversation_key, 'hex')) } catch { did = false }
  if (did) throw new Error(why)
}
const version = JSON.parse(readFileSync('node_modules/nostr-tools/package.json')).version
const json = { source: `nostr-tools ${version}, nip44 v2`, accepted, padding: padding.map(n => [n, v2.utils.calcPaddedLen(n)]), refused }
writeFileSync('nostr-tools-nip44.json', JSON.stringify(json, null, 2) + '\n')
