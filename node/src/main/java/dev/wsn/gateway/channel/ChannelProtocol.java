package dev.wsn.gateway.channel;

import java.nio.charset.StandardCharsets;

/** Constants of the channel protocol, version 1; {@code docs/PROTOCOL.md} has the text. */
public final class ChannelProtocol {
  /** WebSocket subprotocol, and the first bytes of the prologue. */
  public static final String NAME = "wsn.v1";

  /** Longest Noise message, and so longest message of the outer WebSocket. */
  public static final int MAX_NOISE_MESSAGE_BYTES = 65_535;

  /** Length of the AEAD tag at the end of every transport message. */
  public static final int TAG_BYTES = 16;

  /** Longest plaintext of a transport message: one or more whole frames. */
  public static final int MAX_PLAINTEXT_BYTES = MAX_NOISE_MESSAGE_BYTES - TAG_BYTES;

  /** Longest header of a frame: FIN and opcode, and a length in three bytes. */
  static final int MAX_HEADER_BYTES = 4;

  /** Longest payload of a frame; a longer message continues in the next one. */
  public static final int MAX_PAYLOAD_BYTES = MAX_PLAINTEXT_BYTES - MAX_HEADER_BYTES;

  /**
   * Plaintext that frames which come together are collected in: with the tag 16 KiB, as a record of
   * TLS. A longer one is sealed no faster and held longer.
   */
  static final int BATCH_BYTES = (16 << 10) - TAG_BYTES;

  /** Payload of the frames that a longer message is split into: one of them fills a batch. */
  public static final int PIECE_BYTES = BATCH_BYTES - MAX_HEADER_BYTES;

  /**
   * Each direction changes its key after this many transport messages (Noise 11.3), far below what
   * AES-GCM allows one key: 65,536 messages of 65,535 bytes are 2^28 blocks.
   */
  public static final int MESSAGES_PER_KEY = 65_536;

  /** First byte of a hello: the client is anonymous. */
  static final byte NK = 0x01;

  /** First byte of a hello: the client names its key. */
  static final byte IK = 0x02;

  private static final String ROLES = "initiator=client responder=gateway";

  private ChannelProtocol() {}

  /** The prologue: name, pattern byte, and both roles, in ASCII. */
  static byte[] prologue(byte pattern) {
    byte[] name = NAME.getBytes(StandardCharsets.US_ASCII);
    byte[] roles = ROLES.getBytes(StandardCharsets.US_ASCII);
    byte[] prologue = new byte[name.length + 1 + roles.length];
    System.arraycopy(name, 0, prologue, 0, name.length);
    prologue[name.length] = pattern;
    System.arraycopy(roles, 0, prologue, name.length + 1, roles.length);
    return prologue;
  }
}
