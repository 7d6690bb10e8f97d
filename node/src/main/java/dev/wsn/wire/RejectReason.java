package dev.wsn.wire;

import java.util.Locale;

/**
 * Why a datagram was dropped, or could not be made. One name per cause: the test, the metric label
 * and the name in {@code docs/vectors/datagram.json} are the same. Nothing is answered to a
 * rejected datagram; a request over a rate may get a challenge instead of a rejection.
 */
public enum RejectReason {
  /** Shorter than the shortest datagram of its direction. */
  TOO_SHORT,
  /** Longer than {@link Datagrams#MAX_BYTES}. */
  TOO_LONG,
  /** The first byte is neither a request nor a reply of this version. */
  UNKNOWN_VERSION,
  /** A request from this node's own key, or to it: somebody reflects, or a table is poisoned. */
  OWN_KEY,
  /** Too many requests of this source address; see {@link Rates}. */
  ADDRESS_RATE,
  /** Too many requests of the source's /24 or /48. */
  SUBNET_RATE,
  /** Too many requests of all sources together. */
  TOTAL_RATE,
  /** Too many requests of callers whose keys would have to be agreed on. */
  AGREEMENT_RATE,
  /** The nonce of a request that was opened not long ago. */
  REPLAYED,
  /** A reply to no request that is waiting for one. */
  UNEXPECTED_REPLY,
  /** The other key is not the x coordinate of a point of the curve. */
  KEY_NOT_ON_CURVE,
  /** The box was not sealed with the keys of this pair, network, direction and request. */
  NOT_AUTHENTIC,
  /** The pair's key has sealed as many datagrams as random nonces allow. */
  KEY_EXHAUSTED,
  /** Not even the shortest reply is as short as the caller may get. */
  NO_ROOM,
  /** The message ends before its fields do. */
  CUT_SHORT,
  /** No request or reply of that number. */
  UNKNOWN_KIND,
  /** A flag that this version does not have. */
  UNKNOWN_FLAG,
  /** The flag says that there is an address token, and it is zero. */
  ZERO_TOKEN,
  /** An address that is neither 4 nor 6. */
  UNKNOWN_FAMILY,
  /** An IPv4 address written as an IPv6 one. */
  MAPPED_ADDRESS,
  /** A port of zero. */
  ZERO_PORT,
  /** A list longer than {@link Datagrams#MAX_CONTACTS}. */
  TOO_MANY_CONTACTS,

  /** A reply with more than 8 announcements. */
  TOO_MANY_ANNOUNCEMENTS,
  /** The record is not in its compact form. */
  MALFORMED_RECORD,
  /** No refusal of that number. */
  UNKNOWN_REFUSAL,
  /** A byte that is not zero after the message. */
  PADDING_NOT_ZERO;

  /** The name in lower case: the metric label. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
