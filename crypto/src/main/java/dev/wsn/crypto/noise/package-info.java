/**
 * The Noise Protocol Framework (revision 34): an engine generic over handshake patterns, DH
 * functions and ciphers, and on it {@code Noise_NK_secp256k1_AESGCM_SHA256} and {@code
 * Noise_IK_secp256k1_AESGCM_SHA256}. Imports {@code dev.wsn.crypto} only: no I/O, clock, thread,
 * logger or JSON binding; randomness is an argument.
 */
@NullMarked
package dev.wsn.crypto.noise;

import org.jspecify.annotations.NullMarked;
