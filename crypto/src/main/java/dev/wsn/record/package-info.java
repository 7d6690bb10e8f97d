/**
 * The signed, expiring address record: a NIP-01 event of kind 11111 that says where a key is now.
 * Imports {@code dev.wsn.crypto} only; the time is an argument.
 */
@NullMarked
package dev.wsn.record;

import org.jspecify.annotations.NullMarked;
