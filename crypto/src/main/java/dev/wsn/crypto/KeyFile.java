package dev.wsn.crypto;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Function;

/**
 * What stands in a secret key file: an {@code ncryptsec} (NIP-49, needs a password), or in plain an
 * {@code nsec}, 64 hexadecimal digits or a PEM private key. Converts between the content and the
 * key; reading and writing the file, and refusing one that others can read, is the caller's part.
 * Stateless and thread-safe.
 *
 * <p>Contents and passwords are arrays so that the caller can wipe them; what this class copies it
 * wipes, except inside scrypt and inside the normalisation of a password that is not in Unicode
 * form NFKC already.
 */
public final class KeyFile {
  /** Longest content that is read; a PEM key is far shorter. */
  public static final int MAX_BYTES = 16_384;

  private KeyFile() {}

  /**
   * Whether {@link #decrypt} and not {@link #read} reads this content.
   *
   * @param content what the file holds
   */
  public static boolean isEncrypted(byte[] content) {
    return withText(content, text -> Nip19.prefixOf(text).equals(Nip19.NCRYPTSEC));
  }

  /**
   * The key in a plain file: {@code nsec}, hex or PEM (see {@link Pem#readSecretKey}).
   *
   * @param content what the file holds; white space around the key is ignored
   * @throws MalformedKeyException if it is anything else, an {@code ncryptsec} included; the
   *     message never repeats the content
   */
  public static SecretKey read(byte[] content) {
    return withText(
        content,
        text -> {
          if (Nip19.prefixOf(text).equals(Nip19.NCRYPTSEC)) {
            throw new MalformedKeyException(
                "the key is encrypted (ncryptsec) and needs its password");
          }
          return Pem.isPem(text) ? Pem.readSecretKey(text) : SecretText.parse(text);
        });
  }

  /**
   * The key in an encrypted file. Takes as long and as much memory as the file asks for, at most
   * what {@link Nip49#MAX_LOG_N} allows.
   *
   * @param content an {@code ncryptsec}; white space around it is ignored
   * @param password of the person; the caller wipes its own array
   * @throws WrongPasswordException if the password does not open it
   * @throws MalformedKeyException if it is not an {@code ncryptsec}
   */
  public static SecretKey decrypt(byte[] content, char[] password) {
    return withText(content, text -> Nip49.decrypt(text, password));
  }

  /**
   * The content of an encrypted file: an {@code ncryptsec} and a line feed.
   *
   * @param secret what to encrypt
   * @param password of the person; the caller wipes its own array
   * @param random draws salt and nonce
   */
  public static byte[] encrypt(SecretKey secret, char[] password, SecureRandom random) {
    return line(Nip49.encrypt(secret, password, Nip49.LOG_N, random).toCharArray());
  }

  /** The content of a plain file: the {@code nsec} and a line feed. */
  public static byte[] nsec(SecretKey secret) {
    byte[] bytes = secret.reveal();
    try {
      return line(Bech32.encodeToChars(Nip19.NSEC, bytes));
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** The content of a plain file: 64 lower-case hexadecimal digits and a line feed. */
  public static byte[] hex(SecretKey secret) {
    byte[] bytes = secret.reveal();
    char[] digits = new char[2 * bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      digits[2 * i] = Character.forDigit((bytes[i] & 0xf0) >>> 4, 16);
      digits[2 * i + 1] = Character.forDigit(bytes[i] & 0x0f, 16);
    }
    Arrays.fill(bytes, (byte) 0);
    return line(digits);
  }

  /** ASCII text and a line feed as bytes; the text is wiped. */
  private static byte[] line(char[] text) {
    byte[] content = new byte[text.length + 1];
    for (int i = 0; i < text.length; i++) {
      content[i] = (byte) text[i];
    }
    content[text.length] = '\n';
    Arrays.fill(text, '\0');
    return content;
  }

  /** Hands over the content as characters, without the white space around, and wipes them. */
  private static <T> T withText(byte[] content, Function<CharSequence, T> use) {
    if (content.length > MAX_BYTES) {
      throw new MalformedKeyException("a key file has at most " + MAX_BYTES + " bytes");
    }
    CharBuffer text = StandardCharsets.ISO_8859_1.decode(ByteBuffer.wrap(content));
    try {
      return use.apply(SecretText.strip(text));
    } finally {
      Arrays.fill(text.array(), '\0');
    }
  }
}
