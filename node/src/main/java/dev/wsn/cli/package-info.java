/** Placeholder. */
@NullMarked
package dev.wsn.cli;

import org.jspecify.annotations.NullMarked;
