/**
 * Counters and histograms that the program keeps about itself. Plain numbers that any thread may
 * read at any time; they know nothing of how they are shown. Imports nothing.
 */
@NullMarked
package dev.wsn.metrics;

import org.jspecify.annotations.NullMarked;
