/**
 * A resolver for programs that speak only DNS: authoritative answers about npubs over UDP, TCP and
 * HTTP. Packets are read and written by dnsjava; nothing here asks other DNS servers. Everything
 * runs on one event loop.
 */
@NullMarked
package dev.wsn.resolver.dns;

import org.jspecify.annotations.NullMarked;
