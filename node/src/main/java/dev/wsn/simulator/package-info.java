/**
 * A whole DHT in one thread and in virtual time: the nodes of the product, its datagrams, and a
 * network that loses, delays, repeats and cuts. Everything that happens follows from one random
 * source. Nothing is sent anywhere; imports the core only and does no I/O.
 */
@NullMarked
package dev.wsn.simulator;

import org.jspecify.annotations.NullMarked;
