/** Tells who wants to know when the record of a key changes. */
@NullMarked
package dev.wsn.resolver.watch;

import org.jspecify.annotations.NullMarked;
