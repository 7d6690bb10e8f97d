/**
 * A whole DHT in one thread and in virtual time: the nodes of the product, real datagrams, and a
 * network that loses, delays, repeats and cuts. Everything that happens follows from one seed.
 * Nothing is sent anywhere.
 */
@NullMarked
package dev.wsn.simulator;

import org.jspecify.annotations.NullMarked;
