/** Clients of resolvers over HTTP, which believe nothing but signed events. */
@NullMarked
package dev.wsn.resolver.client;

import org.jspecify.annotations.NullMarked;
