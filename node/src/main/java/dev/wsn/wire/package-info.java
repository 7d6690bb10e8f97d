/**
 * Datagrams of the DHT: messages to bytes and back, and the sealing of each with the keys of the
 * two nodes (PROTOCOL.md, "Datagrams"). Imports {@code dev.wsn.kademlia}, {@code dev.wsn.record}
 * and {@code dev.wsn.crypto} only: no socket, thread, clock, logger or metric.
 */
@NullMarked
package dev.wsn.wire;

import org.jspecify.annotations.NullMarked;
