// Prints a record that nostr-tools signs under a new key, for 203.0.113.7:4848.
import { finalizeEvent, generateSecretKey } from 'nostr-tools'

const now = Math.floor(Date.now() / 1000)
const tags = [['clearnet', '203.0.113.7:4848', 'wsn'], ['expiration', String(now + 3600)], ['alt', 'network addresses of this key']]
console.log(JSON.stringify(finalizeEvent({ kind: 11111, created_at: now, tags, content: '' }, generateSecretKey())))
