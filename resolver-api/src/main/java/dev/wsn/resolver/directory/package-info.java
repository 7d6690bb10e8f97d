/** Which relays have announced themselves under a topic, and what they say of themselves. */
@NullMarked
package dev.wsn.resolver.directory;

import org.jspecify.annotations.NullMarked;
