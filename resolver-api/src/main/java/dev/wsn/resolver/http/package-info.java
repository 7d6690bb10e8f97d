/**
 * The HTTP face of a resolver, and what the domain's answers are in HTTP. Everything but {@link
 * dev.wsn.resolver.http.Problems} runs on the server's event loop.
 */
@NullMarked
package dev.wsn.resolver.http;

import org.jspecify.annotations.NullMarked;
