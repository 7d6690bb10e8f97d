/** Tests of the client package over real sockets on loopback. */
@NullMarked
package dev.wsn.resolver.client;

import org.jspecify.annotations.NullMarked;
