/**
 * A resolver as a Nostr relay that knows one kind of event: NIP-01 over WebSocket, NIP-11, NIP-40.
 * Everything runs on the server's event loop.
 */
@NullMarked
package dev.wsn.resolver.nostr;

import org.jspecify.annotations.NullMarked;
