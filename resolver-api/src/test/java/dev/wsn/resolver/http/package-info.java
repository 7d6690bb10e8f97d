/** Tests of the http package over real sockets on loopback. */
@NullMarked
package dev.wsn.resolver.http;

import org.jspecify.annotations.NullMarked;
