/**
 * The port through which everything asks "where is this key now?", its HTTP face, and a client that
 * verifies what it gets. Imports {@code dev.wsn.crypto} and {@code dev.wsn.record}, not the DHT.
 */
@NullMarked
package dev.wsn.resolver;

import org.jspecify.annotations.NullMarked;
