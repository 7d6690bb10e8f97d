/** Placeholder. */
@NullMarked
package dev.wsn.wire;

import org.jspecify.annotations.NullMarked;
