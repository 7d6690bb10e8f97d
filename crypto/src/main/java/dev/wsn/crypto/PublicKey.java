package dev.wsn.crypto;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A Nostr public key: the x coordinate of a secp256k1 point, 32 bytes big-endian (BIP-340).
 * Immutable. Whether the x is on the curve is found out when the key is used: verification answers
 * false and {@link Secp256k1#ecdh} throws.
 */
public final class PublicKey implements Comparable<PublicKey> {
  /** Length of the encoding. */
  public static final int BYTES = 32;

  private final byte[] x;

  private PublicKey(byte[] x) {
    this.x = x;
  }

  /**
   * The key with this encoding.
   *
   * @param bytes 32 bytes, copied
   * @throws MalformedKeyException if the length is not 32
   */
  public static PublicKey of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new MalformedKeyException("a public key is 32 bytes, not " + bytes.length);
    }
    return new PublicKey(bytes.clone());
  }

  /**
   * The key with this encoding in hex.
   *
   * @param hex 64 hexadecimal digits, of either case
   * @throws MalformedKeyException if it is anything else
   */
  public static PublicKey fromHex(String hex) {
    if (hex.length() != 2 * BYTES) {
      throw new MalformedKeyException("a public key in hex is 64 characters, not " + hex.length());
    }
    try {
      return new PublicKey(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException notHex) {
      throw new MalformedKeyException("a public key in hex has only the digits 0-9 and a-f");
    }
  }

  /** The 32 bytes, a fresh copy. */
  public byte[] bytes() {
    return x.clone();
  }

  /** Puts the 32 bytes at the buffer's position. */
  public void putTo(ByteBuffer target) {
    target.put(x);
  }

  /** 64 lower-case hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(x);
  }

  /** Unsigned lexicographic order of the encodings. */
  @Override
  public int compareTo(PublicKey other) {
    return Arrays.compareUnsigned(x, other.x);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PublicKey key && Arrays.equals(x, key.x);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(x);
  }

  /** The hex form: a public key is no secret. */
  @Override
  public String toString() {
    return hex();
  }
}
