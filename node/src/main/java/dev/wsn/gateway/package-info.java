/**
 * The gateway in front of a relay, the local proxy of a client, and the publisher that keeps a
 * record fresh. Moves bytes between sockets and {@code dev.wsn.gateway.channel}, which decides the
 * protocol; imports no command line.
 */
@NullMarked
package dev.wsn.gateway;

import org.jspecify.annotations.NullMarked;
