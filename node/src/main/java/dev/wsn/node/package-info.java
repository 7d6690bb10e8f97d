/** Placeholder. */
@NullMarked
package dev.wsn.node;

import org.jspecify.annotations.NullMarked;
