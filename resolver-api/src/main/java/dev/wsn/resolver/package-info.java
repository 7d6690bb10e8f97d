/** Placeholder. */
@NullMarked
package dev.wsn.resolver;

import org.jspecify.annotations.NullMarked;
