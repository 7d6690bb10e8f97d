package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.IpPort;

/**
 * Who sent a request and how much it spent on it.
 *
 * @param key the key that sealed the request
 * @param address the source address of the datagram; not proven unless the request has a token
 * @param requestBytes length of the request's datagram
 */
public record Caller(PublicKey key, IpPort address, int requestBytes) {}
