package dev.wsn.crypto;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.signers.BIP340Signer;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * Keys in PEM, as OpenSSL reads and writes them: {@code EC PRIVATE KEY} (SEC 1, RFC 5915), {@code
 * PRIVATE KEY} (PKCS #8, RFC 5208) and {@code PUBLIC KEY} (RFC 5480), always on secp256k1.
 * Stateless and thread-safe.
 *
 * <p>PEM holds whole points and Nostr only their x. So reading a public key drops the parity of its
 * y, and writing one gives the point with even y, the one that signatures are verified with. A
 * secret key is written as it is, with the point that belongs to it, of either parity.
 */
public final class Pem {
  private static final String SEC1 = "EC PRIVATE KEY";
  private static final String PKCS8 = "PRIVATE KEY";
  private static final String PUBLIC = "PUBLIC KEY";
  private static final int LINE_CHARS = 64;

  private static final byte[] ID_EC_PUBLIC_KEY = HexFormat.of().parseHex("2a8648ce3d0201");
  private static final byte[] ID_SECP256K1 = HexFormat.of().parseHex("2b8104000a");
  private static final ECDomainParameters DOMAIN = BIP340Signer.getDomain();

  private Pem() {}

  /** Whether this looks like PEM. */
  public static boolean isPem(CharSequence text) {
    return find(text, "-----BEGIN ", 0) >= 0;
  }

  /**
   * The secret key as {@code EC PRIVATE KEY}, as {@code openssl ec} writes it; ASCII bytes for the
   * caller to wipe.
   */
  public static byte[] sec1(SecretKey secret) {
    byte[] scalar = secret.reveal();
    byte[] der = ecPrivateKey(scalar, true);
    Arrays.fill(scalar, (byte) 0);
    return armour(SEC1, der);
  }

  /**
   * The secret key as {@code PRIVATE KEY}, as {@code openssl pkey} writes it; ASCII bytes for the
   * caller to wipe.
   */
  public static byte[] pkcs8(SecretKey secret) {
    byte[] scalar = secret.reveal();
    byte[] inner = ecPrivateKey(scalar, false);
    Arrays.fill(scalar, (byte) 0);
    byte[] der =
        Der.element(
            Der.SEQUENCE,
            Der.element(Der.INTEGER, new byte[] {0}),
            algorithm(),
            Der.element(Der.OCTET_STRING, inner));
    Arrays.fill(inner, (byte) 0);
    return armour(PKCS8, der);
  }

  /**
   * The public key as {@code PUBLIC KEY}: the point with even y, uncompressed.
   *
   * @throws MalformedKeyException if the key is not a point of the curve
   */
  public static String publicKey(PublicKey key) {
    byte[] compressed = new byte[1 + PublicKey.BYTES];
    compressed[0] = 2;
    System.arraycopy(key.bytes(), 0, compressed, 1, PublicKey.BYTES);
    byte[] point = decodePoint(compressed).getEncoded(false);
    byte[] der =
        Der.element(Der.SEQUENCE, algorithm(), Der.element(Der.BIT_STRING, new byte[] {0}, point));
    return new String(armour(PUBLIC, der), StandardCharsets.US_ASCII);
  }

  /**
   * The secret key in an {@code EC PRIVATE KEY} or {@code PRIVATE KEY} block; other blocks, such as
   * {@code EC PARAMETERS}, may stand before it.
   *
   * @throws MalformedKeyException if there is none, it is encrypted, on another curve, or its
   *     public part belongs to another key
   */
  public static SecretKey readSecretKey(CharSequence text) {
    Optional<byte[]> sec1 = block(text, SEC1);
    Optional<byte[]> found = sec1.isPresent() ? sec1 : block(text, PKCS8);
    if (found.isEmpty()) {
      throw new MalformedKeyException(
          find(text, "ENCRYPTED", 0) >= 0
              ? "the PEM key is encrypted; decrypt it with \"openssl pkey\", or use an ncryptsec"
              : "the PEM text has no EC PRIVATE KEY and no PRIVATE KEY");
    }
    byte[] der = found.get();
    byte[] scalar = {};
    try {
      Der key = new Der(der).enter(Der.SEQUENCE);
      scalar = sec1.isPresent() ? readEcPrivateKey(key, true) : readPkcs8(key);
      return SecretKey.of(scalar);
    } finally {
      Arrays.fill(der, (byte) 0);
      Arrays.fill(scalar, (byte) 0);
    }
  }

  /**
   * The public key in a {@code PUBLIC KEY} block, without the parity of its y.
   *
   * @throws MalformedKeyException if there is none or it is not a point of secp256k1
   */
  public static PublicKey readPublicKey(CharSequence text) {
    byte[] der =
        block(text, PUBLIC)
            .orElseThrow(() -> new MalformedKeyException("the PEM text has no PUBLIC KEY"));
    Der key = new Der(der).enter(Der.SEQUENCE);
    readAlgorithm(key);
    return x(decodePoint(key.readBits()));
  }

  private static byte[] readPkcs8(Der key) {
    if (key.read(Der.INTEGER).length != 1) {
      throw new MalformedKeyException("the PEM block is not the DER of a key");
    }
    readAlgorithm(key);
    return readEcPrivateKey(key.enter(Der.OCTET_STRING).enter(Der.SEQUENCE), false);
  }

  /** RFC 5915, section 3; the curve is named here or, in PKCS #8, outside. */
  private static byte[] readEcPrivateKey(Der key, boolean isCurveRequired) {
    if (!Arrays.equals(key.read(Der.INTEGER), new byte[] {1})) {
      throw new MalformedKeyException("the EC private key is not of version 1");
    }
    byte[] octets = key.read(Der.OCTET_STRING);
    if (octets.length > SecretKey.BYTES) {
      throw new MalformedKeyException("the EC private key is not of secp256k1");
    }
    byte[] scalar = new byte[SecretKey.BYTES];
    System.arraycopy(octets, 0, scalar, scalar.length - octets.length, octets.length);
    Arrays.fill(octets, (byte) 0);
    if (key.isNext(Der.CONTEXT_0)) {
      checkCurve(key.enter(Der.CONTEXT_0));
    } else if (isCurveRequired) {
      throw new MalformedKeyException("the EC private key does not name its curve");
    }
    if (key.isNext(Der.CONTEXT_1)) {
      PublicKey stated = x(decodePoint(key.enter(Der.CONTEXT_1).readBits()));
      try (SecretKey secret = SecretKey.of(scalar)) {
        if (!stated.equals(Secp256k1.portable().publicKey(secret))) {
          throw new MalformedKeyException("the public part of the PEM key is of another key");
        }
      }
    }
    return scalar;
  }

  private static void readAlgorithm(Der key) {
    Der algorithm = key.enter(Der.SEQUENCE);
    if (!Arrays.equals(algorithm.read(Der.OBJECT_IDENTIFIER), ID_EC_PUBLIC_KEY)) {
      throw new MalformedKeyException("the PEM key is not an elliptic curve key");
    }
    checkCurve(algorithm);
  }

  private static void checkCurve(Der parameters) {
    if (!parameters.isNext(Der.OBJECT_IDENTIFIER)
        || !Arrays.equals(parameters.read(Der.OBJECT_IDENTIFIER), ID_SECP256K1)) {
      throw new MalformedKeyException("the PEM key is on another curve than secp256k1");
    }
  }

  private static byte[] ecPrivateKey(byte[] scalar, boolean isCurveNamed) {
    ECPoint point =
        new FixedPointCombMultiplier().multiply(DOMAIN.getG(), new BigInteger(1, scalar));
    byte[] curve =
        isCurveNamed
            ? Der.element(Der.CONTEXT_0, Der.element(Der.OBJECT_IDENTIFIER, ID_SECP256K1))
            : new byte[0];
    byte[] bits = Der.element(Der.BIT_STRING, new byte[] {0}, point.getEncoded(false));
    return Der.element(
        Der.SEQUENCE,
        Der.element(Der.INTEGER, new byte[] {1}),
        Der.element(Der.OCTET_STRING, scalar),
        curve,
        Der.element(Der.CONTEXT_1, bits));
  }

  private static byte[] algorithm() {
    return Der.element(
        Der.SEQUENCE,
        Der.element(Der.OBJECT_IDENTIFIER, ID_EC_PUBLIC_KEY),
        Der.element(Der.OBJECT_IDENTIFIER, ID_SECP256K1));
  }

  private static ECPoint decodePoint(byte[] encoded) {
    try {
      ECPoint point = DOMAIN.getCurve().decodePoint(encoded);
      if (!point.isInfinity()) {
        return point.normalize();
      }
    } catch (RuntimeException notAPoint) {
      // Falls through: Bouncy Castle throws several kinds, and none says more than this one.
    }
    throw new MalformedKeyException("the public key is not a point of the curve");
  }

  private static PublicKey x(ECPoint point) {
    return PublicKey.of(point.getAffineXCoord().getEncoded());
  }

  /** The base64 content of the first block of this type. */
  private static Optional<byte[]> block(CharSequence text, String type) {
    String begin = "-----BEGIN " + type + "-----";
    int start = find(text, begin, 0);
    if (start < 0) {
      return Optional.empty();
    }
    start += begin.length();
    int end = find(text, "-----END " + type + "-----", start);
    if (end < 0) {
      throw new MalformedKeyException("the PEM text ends inside its " + type);
    }
    byte[] base64 = new byte[end - start];
    int count = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c == ':') {
        throw new MalformedKeyException(
            "the PEM key is encrypted; decrypt it with \"openssl pkey\", or use an ncryptsec");
      }
      if (!Character.isWhitespace(c)) {
        base64[count++] = (byte) c;
      }
    }
    byte[] trimmed = Arrays.copyOf(base64, count);
    Arrays.fill(base64, (byte) 0);
    try {
      return Optional.of(Base64.getDecoder().decode(trimmed));
    } catch (IllegalArgumentException notBase64) {
      throw new MalformedKeyException("the PEM block is not base64");
    } finally {
      Arrays.fill(trimmed, (byte) 0);
    }
  }

  /** Where the words stand in the text from this place on, or -1; makes no copy of the text. */
  private static int find(CharSequence text, String words, int from) {
    for (int i = from; i <= text.length() - words.length(); i++) {
      int matched = 0;
      while (matched < words.length() && text.charAt(i + matched) == words.charAt(matched)) {
        matched++;
      }
      if (matched == words.length()) {
        return i;
      }
    }
    return -1;
  }

  /** The DER between its lines; the DER is wiped. */
  private static byte[] armour(String type, byte[] der) {
    byte[] body = Base64.getMimeEncoder(LINE_CHARS, new byte[] {'\n'}).encode(der);
    Arrays.fill(der, (byte) 0);
    byte[] begin = ("-----BEGIN " + type + "-----\n").getBytes(StandardCharsets.US_ASCII);
    byte[] end = ("\n-----END " + type + "-----\n").getBytes(StandardCharsets.US_ASCII);
    byte[] pem = Arrays.copyOf(begin, begin.length + body.length + end.length);
    System.arraycopy(body, 0, pem, begin.length, body.length);
    System.arraycopy(end, 0, pem, begin.length + body.length, end.length);
    Arrays.fill(body, (byte) 0);
    return pem;
  }
}
