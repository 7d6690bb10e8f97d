/** Placeholder. */
@NullMarked
package dev.wsn.kademlia;

import org.jspecify.annotations.NullMarked;
