package dev.wsn.crypto;

import java.util.Arrays;
import java.util.HexFormat;

/** A BIP-340 signature, 64 bytes. Immutable; says nothing about validity. */
public final class Signature {
  /** Length of the encoding. */
  public static final int BYTES = 64;

  private final byte[] bytes;

  private Signature(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The value with this encoding.
   *
   * @param bytes 64 bytes, copied
   * @throws IllegalArgumentException if the length is not 64
   */
  public static Signature of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a signature is 64 bytes, not " + bytes.length);
    }
    return new Signature(bytes.clone());
  }

  /** The 64 bytes, a fresh copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** 128 lower-case hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Signature signature && Arrays.equals(bytes, signature.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return hex();
  }
}
