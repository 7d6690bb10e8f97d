/**
 * A running node: the DHT core on one event loop, its UDP socket and its store, and the resolver
 * that answers from it. Imports everything below {@code dev.wsn.gateway}; only {@code UdpTransport}
 * imports Netty. Clocks and random sources are arguments.
 */
@NullMarked
package dev.wsn.node;

import org.jspecify.annotations.NullMarked;
