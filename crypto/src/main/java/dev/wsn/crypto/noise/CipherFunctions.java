package dev.wsn.crypto.noise;

import java.util.OptionalInt;

/** The cipher functions of the Noise specification (section 4.2). Stateless. */
interface CipherFunctions {
  /** Length of a key. */
  int KEY_BYTES = 32;

  /** How much longer a ciphertext is than its plaintext. */
  int TAG_BYTES = 16;

  /** The name in the protocol name, such as {@code AESGCM}. */
  String name();

  /** ENCRYPT and DECRYPT under this key, which is copied. */
  Keyed keyed(byte[] key);

  /** A cipher under one key. Not thread-safe; one owner. Arrays may be the same and overlap. */
  interface Keyed {
    /** Writes ciphertext and tag; returns how many bytes. */
    int encrypt(
        long nonce,
        byte[] associatedData,
        byte[] plaintext,
        int offset,
        int length,
        byte[] ciphertext,
        int ciphertextOffset);

    /** Writes the plaintext and returns how many bytes, or writes nothing if the tag is wrong. */
    OptionalInt decrypt(
        long nonce,
        byte[] associatedData,
        byte[] ciphertext,
        int offset,
        int length,
        byte[] plaintext,
        int plaintextOffset);
  }
}
