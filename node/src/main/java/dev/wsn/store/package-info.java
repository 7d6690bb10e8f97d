/**
 * What a node keeps on disk: one SQLite file that only grows by what was admitted, written by one
 * thread. Imports {@code dev.wsn.crypto}, {@code dev.wsn.record} and {@code dev.wsn.kademlia}; no
 * Vert.x, no Netty, no clock.
 */
@NullMarked
package dev.wsn.store;

import org.jspecify.annotations.NullMarked;
