/** Placeholder. */
@NullMarked
package dev.wsn.gateway;

import org.jspecify.annotations.NullMarked;
