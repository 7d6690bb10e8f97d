/**
 * The encrypted channel as state machines: WebSocket framing, the Noise handshake of both sides,
 * and the frames inside. Bytes in, frames and bytes out; no class here reads a socket or a clock.
 * Imports {@code dev.wsn.crypto} and a JSON parser, no Vert.x, no Netty, no logger.
 */
@NullMarked
package dev.wsn.gateway.channel;

import org.jspecify.annotations.NullMarked;
