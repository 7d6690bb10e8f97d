package dev.wsn.resolver.quota;

import java.util.Locale;

/**
 * A bound of the resolver at which somebody is refused something. The name in lower case is the
 * metric label.
 */
public enum Limit {
  /** {@link Quotas#requests} of one client. */
  REQUESTS,
  /** {@link Quotas#lookups} of one client. */
  LOOKUPS,
  /** {@link Quotas#publications} of one client. */
  PUBLICATIONS,
  /** TCP connections to the HTTP port, in total. */
  CONNECTIONS,
  /** TCP connections to the HTTP port, of one client. */
  CONNECTIONS_OF_CLIENT,
  /** Time until the head of a request is complete, the first or the next one of a connection. */
  IDLE_CONNECTIONS,
  /** Open streams of changes, in total. */
  STREAMS,
  /** Open streams of changes, of one client. */
  STREAMS_OF_CLIENT,
  /** Whoever is told of changes, on whatever face, and the keys that are watched for them. */
  WATCHERS,
  /** Lookups under way at one time. */
  LOOKUPS_AT_ONCE,
  /** Listings of a directory that are being made at one time. */
  LISTINGS_AT_ONCE,
  /** WebSockets of Nostr clients, in total. */
  SOCKETS,
  /** WebSockets of one Nostr client. */
  SOCKETS_OF_CLIENT,
  /** Subscriptions of one WebSocket. */
  SUBSCRIPTIONS,
  /** Records of one WebSocket that are being published. */
  PUBLICATIONS_AT_ONCE,
  /** Refusals after which a WebSocket is closed. */
  REFUSALS,
  /** Bytes that wait for a client that does not read: a WebSocket, or DNS over TCP. */
  UNREAD,
  /** Answers of the DNS server over UDP to one network. */
  DNS_ANSWERS,
  /** Lookups for questions over UDP of one network. */
  DNS_LOOKUPS_OF_CLIENT,
  /** Lookups for questions over UDP, in total. */
  DNS_LOOKUPS,
  /** TCP connections to the DNS port, in total. */
  DNS_CONNECTIONS,
  /** TCP connections to the DNS port, of one client. */
  DNS_CONNECTIONS_OF_CLIENT;

  /** The name in lower case, for metrics and header fields. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
