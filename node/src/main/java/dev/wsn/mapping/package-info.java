/**
 * Asks the router of a home network to forward ports: NAT-PMP (RFC 6886) and UPnP (Internet Gateway
 * Device 1 and 2). Imports {@code dev.wsn.record} only; whatever a router says is hostile.
 */
@NullMarked
package dev.wsn.mapping;

import org.jspecify.annotations.NullMarked;
