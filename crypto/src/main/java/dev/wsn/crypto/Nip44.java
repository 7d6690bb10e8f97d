package dev.wsn.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypted texts between two Nostr keys: NIP-44, version 2. It has no forward secrecy; wsn uses it
 * only to talk to a remote signer, as NIP-46 demands. Stateless and thread-safe.
 */
public final class Nip44 {
  /** Of a conversation key and of a nonce. */
  public static final int KEY_BYTES = 32;

  /** Longest text in UTF-8; longer ones have a form of their own, which nothing here needs. */
  public static final int MAX_TEXT_BYTES = 65_535;

  private static final byte VERSION = 2;
  private static final int MAC_BYTES = 32;
  private static final int CIPHER_NONCE_BYTES = 12;
  private static final int LENGTH_BYTES = 2;
  private static final int SMALLEST_CHUNK = 32;
  private static final int FEW_CHUNKS = 256;
  private static final int CHUNKS = 8;
  private static final int SHORTEST = 1 + KEY_BYTES + LENGTH_BYTES + SMALLEST_CHUNK + MAC_BYTES;
  private static final int LONGEST = SHORTEST - SMALLEST_CHUNK + (MAX_TEXT_BYTES + 1);
  private static final int BASE64_IN = 3;
  private static final int BASE64_OUT = 4;
  private static final byte[] SALT = "nip44-v2".getBytes(StandardCharsets.US_ASCII);

  @SuppressWarnings("ArrayRecordComponent") // never compared, lives for one call
  private record MessageKeys(byte[] cipherKey, byte[] cipherNonce, byte[] macKey) {}

  private Nip44() {}

  /**
   * The key of all texts between two people, the same from both sides.
   *
   * @return {@value #KEY_BYTES} secret bytes
   * @throws MalformedKeyException if the other key is no point of the curve
   */
  public static byte[] conversationKey(Secp256k1 curve, SecretKey own, PublicKey other) {
    return Hkdf.extract(SALT, curve.ecdh(own, other));
  }

  /**
   * Encrypts.
   *
   * @param nonce {@value #KEY_BYTES} fresh random bytes
   * @param text 1 to {@value #MAX_TEXT_BYTES} bytes in UTF-8
   * @return base64
   * @throws IllegalArgumentException if a length is wrong
   */
  public static String encrypt(byte[] conversationKey, byte[] nonce, String text) {
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    if (plain.length == 0 || plain.length > MAX_TEXT_BYTES || nonce.length != KEY_BYTES) {
      throw new IllegalArgumentException("a text has 1 to 65535 bytes, a nonce 32");
    }
    byte[] padded = new byte[LENGTH_BYTES + paddedLength(plain.length)];
    ByteBuffer unusedPadded = ByteBuffer.wrap(padded).putShort((short) plain.length).put(plain);
    MessageKeys keys = messageKeys(conversationKey, nonce);
    byte[] sealed = cipher(Cipher.ENCRYPT_MODE, keys, padded);
    ByteBuffer payload = ByteBuffer.allocate(1 + KEY_BYTES + sealed.length + MAC_BYTES);
    ByteBuffer unused = payload.put(VERSION).put(nonce).put(sealed).put(mac(keys, nonce, sealed));
    return Base64.getEncoder().encodeToString(payload.array());
  }

  /**
   * Decrypts a stranger's payload.
   *
   * @return empty if it was not made with this key, or is malformed
   */
  public static Optional<String> decrypt(byte[] conversationKey, String payload) {
    if (payload.length() > (LONGEST + BASE64_IN - 1) / BASE64_IN * BASE64_OUT) {
      return Optional.empty();
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(payload);
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
    if (bytes.length < SHORTEST || bytes.length > LONGEST || bytes[0] != VERSION) {
      return Optional.empty();
    }
    byte[] nonce = Arrays.copyOfRange(bytes, 1, 1 + KEY_BYTES);
    byte[] sealed = Arrays.copyOfRange(bytes, 1 + KEY_BYTES, bytes.length - MAC_BYTES);
    byte[] mac = Arrays.copyOfRange(bytes, bytes.length - MAC_BYTES, bytes.length);
    MessageKeys keys = messageKeys(conversationKey, nonce);
    if (!MessageDigest.isEqual(mac, mac(keys, nonce, sealed))) {
      return Optional.empty();
    }
    return unpad(cipher(Cipher.DECRYPT_MODE, keys, sealed));
  }

  /** How many bytes a text of so many bytes is padded to. */
  static int paddedLength(int length) {
    if (length <= SMALLEST_CHUNK) {
      return SMALLEST_CHUNK;
    }
    int nextPower = Integer.highestOneBit(length - 1) << 1;
    int chunk = nextPower <= FEW_CHUNKS ? SMALLEST_CHUNK : nextPower / CHUNKS;
    return ((length - 1) / chunk + 1) * chunk;
  }

  private static Optional<String> unpad(byte[] padded) {
    int length = Short.toUnsignedInt(ByteBuffer.wrap(padded).getShort());
    if (length == 0 || padded.length != LENGTH_BYTES + paddedLength(length)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(padded, LENGTH_BYTES, length))
              .toString());
    } catch (CharacterCodingException notText) {
      return Optional.empty();
    }
  }

  private static MessageKeys messageKeys(byte[] conversationKey, byte[] nonce) {
    int cipherBytes = KEY_BYTES + CIPHER_NONCE_BYTES;
    byte[] keys = Hkdf.expand(conversationKey, nonce, cipherBytes + MAC_BYTES);
    return new MessageKeys(
        Arrays.copyOf(keys, KEY_BYTES),
        Arrays.copyOfRange(keys, KEY_BYTES, cipherBytes),
        Arrays.copyOfRange(keys, cipherBytes, keys.length));
  }

  private static byte[] cipher(int mode, MessageKeys keys, byte[] input) {
    try {
      Cipher chacha = Cipher.getInstance("ChaCha20");
      chacha.init(
          mode,
          new SecretKeySpec(keys.cipherKey, "ChaCha20"),
          new ChaCha20ParameterSpec(keys.cipherNonce, 0));
      return chacha.doFinal(input);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("every Java has ChaCha20", missing);
    }
  }

  private static byte[] mac(MessageKeys keys, byte[] nonce, byte[] sealed) {
    byte[] message = Arrays.copyOf(nonce, nonce.length + sealed.length);
    System.arraycopy(sealed, 0, message, nonce.length, sealed.length);
    return Hkdf.hmac(keys.macKey, message);
  }
}
