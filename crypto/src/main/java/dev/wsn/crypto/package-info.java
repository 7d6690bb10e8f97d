/**
 * Keys, signatures and the ciphers built on them. Imports no I/O, clock, thread, logger or JSON
 * binding; randomness is an argument.
 */
@NullMarked
package dev.wsn.crypto;

import org.jspecify.annotations.NullMarked;
