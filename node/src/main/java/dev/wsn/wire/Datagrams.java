package dev.wsn.wire;

import dev.wsn.crypto.Aead;
import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Protocol;

/**
 * Lengths of sealed datagrams, in bytes (PROTOCOL.md, "Datagrams").
 *
 * <pre>
 * request    0x10 | caller key 32 | nonce 12 | box
 * reply      0x11 | first 8 of the request's nonce | nonce 12 | box
 * challenge  0x12 | first 8 of the request's nonce | cookie 8
 * request    0x13 | caller key 32 | nonce 12 | cookie 8 | box
 * </pre>
 */
public final class Datagrams {
  /** The longest datagram: what fits any IPv6 path without fragments (1280 - 40 - 8). */
  public static final int MAX_BYTES = Protocol.MAX_DATAGRAM_BYTES;

  /** The most contacts of one reply. */
  public static final int MAX_CONTACTS = Protocol.K;

  /** The most announcements of one reply. */
  public static final int MAX_ANNOUNCEMENTS = Protocol.MAX_ANNOUNCEMENTS_IN_REPLY;

  /** First byte of a request, and the direction in its key derivation. */
  static final byte REQUEST = 0x10;

  /** First byte of a reply, and the direction in its key derivation. */
  static final byte REPLY = 0x11;

  /** First byte of a challenge: come again with this cookie. */
  static final byte CHALLENGE = 0x12;

  /** First byte of a request with a cookie; its keys are those of {@link #REQUEST}. */
  static final byte REQUEST_WITH_COOKIE = 0x13;

  /** How much of the request's nonce a reply repeats in the clear. */
  static final int HEAD_BYTES = 8;

  /** Cleartext at the front of a request. */
  static final int REQUEST_HEADER_BYTES = 1 + PublicKey.BYTES + Aead.NONCE_BYTES;

  /** Cleartext at the front of a request with a cookie. */
  static final int COOKIE_HEADER_BYTES = REQUEST_HEADER_BYTES + Long.BYTES;

  /** Length of every challenge: a fifth of the shortest request. */
  static final int CHALLENGE_BYTES = 1 + HEAD_BYTES + Long.BYTES;

  /** Cleartext at the front of a reply. */
  static final int REPLY_HEADER_BYTES = 1 + HEAD_BYTES + Aead.NONCE_BYTES;

  /** How much longer a reply's datagram is than its message. */
  static final int REPLY_OVERHEAD_BYTES = REPLY_HEADER_BYTES + Aead.TAG_BYTES;

  /**
   * The shortest request, and the length of every {@code Ping}; shorter ones are padded. No reply
   * without contacts and record is longer, so {@code Pong}, {@code Stored}, {@code Refused} and
   * {@code Retry} always fit.
   */
  public static final int MIN_REQUEST_BYTES = Protocol.PING_BYTES;

  /** The shortest reply: a message with one byte of answer to an IPv4 caller. */
  static final int MIN_REPLY_BYTES = REPLY_OVERHEAD_BYTES + MessageCodec.MIN_REPLY_BYTES;

  private Datagrams() {}
}
