/**
 * Kademlia as a step machine (Maymounkov and Mazières 2002): requests, replies, the time and
 * commands in, effects out. Imports {@code dev.wsn.record} and {@code dev.wsn.crypto} only: no
 * socket, thread, clock, logger or metric.
 */
@NullMarked
package dev.wsn.kademlia;

import org.jspecify.annotations.NullMarked;
