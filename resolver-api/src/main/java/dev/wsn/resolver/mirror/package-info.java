/**
 * Ordinary Nostr relays besides the DHT: what is published goes there, too, and what the DHT does
 * not have is asked for there. Their words are worth what the signatures in them are.
 */
@NullMarked
package dev.wsn.resolver.mirror;

import org.jspecify.annotations.NullMarked;
