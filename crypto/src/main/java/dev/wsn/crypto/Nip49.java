package dev.wsn.crypto;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.modes.XChaCha20Poly1305;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/**
 * Secret keys under a password (NIP-49): {@code 0x02 ‖ log_n ‖ salt 16 ‖ nonce 24 ‖ security ‖ box
 * 48}, where the box is XChaCha20-Poly1305 under scrypt of the password in Unicode form NFKC, and
 * the security byte is its associated data. Stateless and thread-safe.
 */
public final class Nip49 {
  /** Cost of scrypt in new files: 2^16 takes 64 MiB and about a tenth of a second. */
  public static final int LOG_N = 16;

  /**
   * Highest cost that is accepted: 2^20 takes 1 GiB, so that a hostile file cannot ask for more.
   */
  public static final int MAX_LOG_N = 20;

  private static final int VERSION = 2;
  private static final int BLOCK_SIZE = 8;
  private static final int PARALLELISM = 1;
  private static final int SALT_BYTES = 16;
  private static final int NONCE_BYTES = 24;
  private static final int TAG_BYTES = 16;
  private static final int KEY_BYTES = 32;
  private static final int HEADER_BYTES = 2 + SALT_BYTES + NONCE_BYTES + 1;
  private static final int BOX_BYTES = SecretKey.BYTES + TAG_BYTES;
  // "The client does not track" whether the key was ever handled insecurely.
  private static final byte SECURITY_UNKNOWN = 2;

  private Nip49() {}

  /**
   * The {@code ncryptsec} of a key.
   *
   * @param secret what to encrypt
   * @param password of the person; the caller wipes its own array
   * @param logN cost of scrypt, 1 to {@link #MAX_LOG_N}; {@link #LOG_N} is right
   * @param random draws salt and nonce
   */
  public static String encrypt(SecretKey secret, char[] password, int logN, SecureRandom random) {
    if (logN < 1 || logN > MAX_LOG_N) {
      throw new IllegalArgumentException("the cost of scrypt is 1.." + MAX_LOG_N);
    }
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] key = key(password, salt, logN);
    byte[] plaintext = secret.reveal();
    try {
      byte[] box = apply(true, key, nonce, SECURITY_UNKNOWN, plaintext);
      ByteBuffer data = ByteBuffer.allocate(HEADER_BYTES + BOX_BYTES);
      data.put((byte) VERSION).put((byte) logN).put(salt).put(nonce).put(SECURITY_UNKNOWN).put(box);
      return Bech32.encode(Nip19.NCRYPTSEC, data.array());
    } catch (InvalidCipherTextException impossible) {
      throw new IllegalStateException("encryption cannot fail", impossible);
    } finally {
      Arrays.fill(key, (byte) 0);
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  /**
   * The key in an {@code ncryptsec}.
   *
   * @param text white space around it is ignored
   * @param password of the person; the caller wipes its own array
   * @throws WrongPasswordException if the password does not open it
   * @throws MalformedKeyException if it is not an {@code ncryptsec} of version 2, asks for more
   *     than {@link #MAX_LOG_N} or holds no key
   */
  public static SecretKey decrypt(CharSequence text, char[] password) {
    ByteBuffer data = decode(SecretText.strip(text));
    int logN = data.get() & 0xff;
    if (logN < 1 || logN > MAX_LOG_N) {
      throw new MalformedKeyException(
          "the ncryptsec asks for scrypt at cost " + logN + "; at most " + MAX_LOG_N + " is done");
    }
    byte[] salt = new byte[SALT_BYTES];
    byte[] nonce = new byte[NONCE_BYTES];
    data.get(salt).get(nonce);
    byte security = data.get();
    byte[] box = new byte[BOX_BYTES];
    data.get(box);
    byte[] key = key(password, salt, logN);
    byte[] plaintext = {};
    try {
      plaintext = apply(false, key, nonce, security, box);
      return SecretKey.of(plaintext);
    } catch (InvalidCipherTextException wrongTag) {
      throw new WrongPasswordException();
    } finally {
      Arrays.fill(key, (byte) 0);
      Arrays.fill(plaintext, (byte) 0);
    }
  }

  /** The bytes after the version. */
  private static ByteBuffer decode(CharSequence text) {
    if (!Nip19.prefixOf(text).equals(Nip19.NCRYPTSEC)) {
      throw new MalformedKeyException("not an encrypted key; expected ncryptsec1…");
    }
    ByteBuffer data = ByteBuffer.wrap(Bech32.decode(text).data());
    if (data.remaining() == 0 || data.get() != VERSION) {
      throw new MalformedKeyException("the ncryptsec is not of version " + VERSION);
    }
    if (data.capacity() != HEADER_BYTES + BOX_BYTES) {
      throw new MalformedKeyException(
          "an ncryptsec holds " + (HEADER_BYTES + BOX_BYTES) + " bytes, not " + data.capacity());
    }
    return data;
  }

  private static byte[] key(char[] password, byte[] salt, int logN) {
    CharSequence given = CharBuffer.wrap(password);
    // Normalising makes a String, which cannot be wiped, so only where it changes something.
    CharSequence normal =
        Normalizer.isNormalized(given, Normalizer.Form.NFKC)
            ? given
            : Normalizer.normalize(given, Normalizer.Form.NFKC);
    CharsetEncoder encoder =
        StandardCharsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPLACE);
    ByteBuffer utf8 =
        ByteBuffer.allocate((int) Math.ceil(normal.length() * encoder.maxBytesPerChar()));
    encoder.encode(CharBuffer.wrap(normal), utf8, true);
    encoder.flush(utf8);
    byte[] bytes = Arrays.copyOf(utf8.array(), utf8.position());
    try {
      return SCrypt.generate(bytes, salt, 1 << logN, BLOCK_SIZE, PARALLELISM, KEY_BYTES);
    } finally {
      Arrays.fill(bytes, (byte) 0);
      Arrays.fill(utf8.array(), (byte) 0);
    }
  }

  private static byte[] apply(
      boolean isEncryption, byte[] key, byte[] nonce, byte security, byte[] input)
      throws InvalidCipherTextException {
    XChaCha20Poly1305 cipher = new XChaCha20Poly1305();
    byte[] associated = {security};
    var parameters = new AEADParameters(new KeyParameter(key), 8 * TAG_BYTES, nonce, associated);
    cipher.init(isEncryption, parameters);
    byte[] output = new byte[cipher.getOutputSize(input.length)];
    int written = cipher.processBytes(input, 0, input.length, output, 0);
    cipher.doFinal(output, written);
    return output;
  }
}
