package dev.wsn.kademlia;

import dev.wsn.record.IpPort;
import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The proofs that this node gives out: whoever sends one back receives datagrams at the address
 * that it is bound to. Nothing is kept per caller. {@code first 8 bytes of HMAC-SHA-256(secret,
 * kind || address || port || caller key || target)}; the secret is drawn anew every 5 minutes and
 * the one before it still counts, so that a token is good for 5 to 10 minutes.
 */
final class Tokens {
  private static final byte ADDRESS = 1;
  private static final byte STORE = 2;
  private static final int SECRET_BYTES = 32;
  private static final String ALGORITHM = "HmacSHA256";

  private final RandomGenerator random;
  private Mac current;
  private Mac previous;
  private long rotatesAtMillis;
  private boolean isStarted;

  Tokens(RandomGenerator random) {
    this.random = random;
    this.current = fresh();
    this.previous = fresh();
  }

  Token forAddress(long nowMillis, Caller caller) {
    rotate(nowMillis);
    return token(current, ADDRESS, caller, new byte[0]);
  }

  boolean provesAddress(long nowMillis, Caller caller, Token token) {
    return isOurs(nowMillis, ADDRESS, caller, new byte[0], token);
  }

  Token forStore(long nowMillis, Caller caller, NodeId target) {
    rotate(nowMillis);
    return token(current, STORE, caller, target.bytes());
  }

  boolean allowsStore(long nowMillis, Caller caller, NodeId target, Token token) {
    return isOurs(nowMillis, STORE, caller, target.bytes(), token);
  }

  private boolean isOurs(long nowMillis, byte kind, Caller caller, byte[] target, Token token) {
    if (!token.isPresent()) {
      return false;
    }
    rotate(nowMillis);
    return token.equals(token(current, kind, caller, target))
        || token.equals(token(previous, kind, caller, target));
  }

  private void rotate(long nowMillis) {
    if (!isStarted) {
      isStarted = true;
      rotatesAtMillis = nowMillis + Protocol.TOKEN_SECRET_MILLIS;
    }
    if (nowMillis < rotatesAtMillis) {
      return;
    }
    boolean isLongOver = nowMillis >= rotatesAtMillis + Protocol.TOKEN_SECRET_MILLIS;
    previous = isLongOver ? fresh() : current;
    current = fresh();
    rotatesAtMillis =
        isLongOver
            ? nowMillis + Protocol.TOKEN_SECRET_MILLIS
            : rotatesAtMillis + Protocol.TOKEN_SECRET_MILLIS;
  }

  private static Token token(Mac mac, byte kind, Caller caller, byte[] target) {
    IpPort address = caller.address();
    mac.update(kind);
    mac.update(address.address().bytes());
    mac.update((byte) (address.port() >>> 8));
    mac.update((byte) address.port());
    mac.update(caller.key().bytes());
    long bits = ByteBuffer.wrap(mac.doFinal(target)).getLong();
    // Zero says that there is no token.
    return new Token(bits == 0 ? 1 : bits);
  }

  private Mac fresh() {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException absent) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, absent);
    }
  }

  /** Keeps the secrets out of logs. */
  @Override
  public String toString() {
    return "Tokens(_)";
  }
}
