/** Who asks, and how much they may ask for. */
@NullMarked
package dev.wsn.resolver.quota;

import org.jspecify.annotations.NullMarked;
