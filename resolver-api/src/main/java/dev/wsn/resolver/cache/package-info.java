/**
 * A bounded memory of answers in front of a {@link dev.wsn.resolver.Resolver}: one lookup per
 * question in flight, fresh for a minute, never an older record than one that was seen.
 */
@NullMarked
package dev.wsn.resolver.cache;

import org.jspecify.annotations.NullMarked;
