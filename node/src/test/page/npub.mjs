// Bech32 (BIP 173) of a public key, for tests that must not trust the code that they test.
const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3]

function checksum(values) {
  let check = 1
  for (const value of values) {
    const top = check >>> 25
    check = ((check & 0x1ffffff) << 5) ^ value
    GENERATOR.forEach((generator, i) => { if ((top >>> i) & 1) check ^= generator })
  }
  return check
}

/** The npub of 64 hexadecimal digits. */
export function npubOf(hex) {
  const prefix = [...'npub'].map(letter => letter.charCodeAt(0))
  const words = []
  let bits = 0
  let value = 0
  for (const byte of Buffer.from(hex, 'hex')) {
    value = (value << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) words.push((value >>> (bits - 5)) & 31)
    value &= 0xff
  }
  if (bits > 0) words.push((value << (5 - bits)) & 31)
  const start = [...prefix.map(code => code >> 5), 0, ...prefix.map(code => code & 31)]
  const check = checksum([...start, ...words, 0, 0, 0, 0, 0, 0]) ^ 1
  for (let i = 0; i < 6; i++) words.push((check >>> (5 * (5 - i))) & 31)
  return `npub1${words.map(word => ALPHABET[word]).join('')}`
}
