/**
 * The {@code wsn} command: the composition root, the one place that creates clocks and random
 * sources, reads files and ends the process. May import everything; nothing imports it.
 */
@NullMarked
package dev.wsn.cli;

import org.jspecify.annotations.NullMarked;
