/** Placeholder. */
@NullMarked
package dev.wsn.crypto;

import org.jspecify.annotations.NullMarked;
