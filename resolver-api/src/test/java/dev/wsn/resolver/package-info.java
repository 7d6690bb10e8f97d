/** Tests of the resolver, over real sockets on loopback. */
@NullMarked
package dev.wsn.resolver;

import org.jspecify.annotations.NullMarked;
