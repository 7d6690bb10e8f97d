/** Placeholder. */
@NullMarked
package dev.wsn.store;

import org.jspecify.annotations.NullMarked;
