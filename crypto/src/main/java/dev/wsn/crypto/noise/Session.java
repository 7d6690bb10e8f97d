package dev.wsn.crypto.noise;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * The transport phase of a Noise protocol: one key and one counting nonce for each direction, so
 * messages must arrive all, once and in order. Not thread-safe; one owner.
 *
 * <p>The JDK's cipher keeps copies of the keys, which cannot be wiped; they live until the session
 * is collected.
 */
public final class Session {
  /** Longest message, tag included (Noise section 3). */
  public static final int MAX_MESSAGE_BYTES = 65_535;

  /** How much longer a message is than its plaintext. */
  public static final int TAG_BYTES = CipherFunctions.TAG_BYTES;

  /** Longest plaintext of one message. */
  public static final int MAX_PLAINTEXT_BYTES = MAX_MESSAGE_BYTES - TAG_BYTES;

  private static final byte[] NOTHING = {};

  private final CipherState send;
  private final CipherState receive;
  private final byte[] handshakeHash;

  Session(CipherState send, CipherState receive, byte[] handshakeHash) {
    this.send = send;
    this.receive = receive;
    this.handshakeHash = handshakeHash;
  }

  /**
   * The next message of this side, {@link #TAG_BYTES} longer than the plaintext.
   *
   * @param plaintext at most {@link #MAX_PLAINTEXT_BYTES}; may be empty
   * @throws IllegalArgumentException if the plaintext is too long
   * @throws IllegalStateException after 2^64-1 messages
   */
  public byte[] encrypt(byte[] plaintext) {
    requirePlaintext(plaintext.length);
    byte[] message = new byte[plaintext.length + TAG_BYTES];
    encrypt(plaintext, 0, plaintext.length, message, 0);
    return message;
  }

  /**
   * As {@link #encrypt(byte[])}, from and into the caller's arrays, which may be the same array and
   * may overlap.
   *
   * @return bytes written: {@code length + TAG_BYTES}
   */
  public int encrypt(byte[] plaintext, int offset, int length, byte[] message, int messageOffset) {
    requirePlaintext(length);
    return send.encryptWithAd(NOTHING, plaintext, offset, length, message, messageOffset);
  }

  /**
   * The plaintext of the next message of the other side.
   *
   * @param message as it arrived
   * @throws AuthenticationException if it is not the next message of the other side, whatever the
   *     cause; the session is as before
   * @throws IllegalStateException after 2^64-1 messages
   */
  public byte[] decrypt(byte[] message) {
    byte[] plaintext = new byte[Math.max(0, message.length - TAG_BYTES)];
    decrypt(message, 0, message.length, plaintext, 0);
    return plaintext;
  }

  /**
   * As {@link #decrypt(byte[])}, from and into the caller's arrays, which may be the same array and
   * may overlap. Nothing is written unless the message is authentic.
   *
   * @return bytes written: {@code length - TAG_BYTES}
   */
  public int decrypt(byte[] message, int offset, int length, byte[] plaintext, int plainOffset) {
    Objects.checkFromIndexSize(offset, length, message.length);
    if (length > MAX_MESSAGE_BYTES) {
      throw new AuthenticationException();
    }
    OptionalInt written =
        receive.decryptWithAd(NOTHING, message, offset, length, plaintext, plainOffset);
    return written.orElseThrow(AuthenticationException::new);
  }

  /**
   * A hash of the whole handshake, 32 bytes, the same on both sides and unique to this session:
   * what to sign to bind something to the channel (Noise section 11.2).
   */
  public byte[] handshakeHash() {
    return handshakeHash.clone();
  }

  /** How many messages this side sent, unsigned. */
  public long sent() {
    return send.nonce();
  }

  /** How many messages of the other side were authentic, unsigned. */
  public long received() {
    return receive.nonce();
  }

  /**
   * Replaces the sending key by a one-way function of it (Noise section 11.3); the other side calls
   * {@link #rekeyReceive} at the same message.
   */
  public void rekeySend() {
    send.rekey();
  }

  /** Replaces the receiving key, as the other side did with {@link #rekeySend}. */
  public void rekeyReceive() {
    receive.rekey();
  }

  private static void requirePlaintext(int length) {
    if (length > MAX_PLAINTEXT_BYTES) {
      throw new IllegalArgumentException("a Noise message has at most 65535 bytes");
    }
  }

  @Override
  public String toString() {
    return "Session(_)";
  }
}
