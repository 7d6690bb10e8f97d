/**
 * What an operator sees of a running server: meters in Prometheus' format, health, and a status
 * page, on a port and threads of its own, so that a blocked event loop is seen and not joined. The
 * only package that knows Micrometer. May import everything but the command line.
 */
@NullMarked
package dev.wsn.monitor;

import org.jspecify.annotations.NullMarked;
