package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.IpPort;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * The proofs that this node gives out: whoever sends one back receives datagrams at the address
 * that it is bound to. Nothing is kept per caller. {@code first 8 bytes of HMAC-SHA-256(secret,
 * kind || address || port || caller key || target)}; the secret is drawn anew every 5 minutes and
 * the one before it still counts, so that a token is good for 5 to 10 minutes.
 */
final class Tokens {
  private static final byte ADDRESS = 1;
  private static final byte STORE = 2;
  private static final byte[] NO_TARGET = {};

  private final RotatingSecret secret;

  Tokens(RandomGenerator random) {
    this.secret = new RotatingSecret(random, Protocol.TOKEN_SECRET_MILLIS);
  }

  Token forAddress(long nowMillis, Caller caller) {
    // Zero, which no proof is, says that there is no token.
    return new Token(secret.proof(nowMillis, text(ADDRESS, caller, NO_TARGET)));
  }

  boolean provesAddress(long nowMillis, Caller caller, Token token) {
    return token.isPresent()
        && secret.isOurs(nowMillis, text(ADDRESS, caller, NO_TARGET), token.bits());
  }

  Token forStore(long nowMillis, Caller caller, NodeId target) {
    return new Token(secret.proof(nowMillis, text(STORE, caller, target.bytes())));
  }

  boolean allowsStore(long nowMillis, Caller caller, NodeId target, Token token) {
    return token.isPresent()
        && secret.isOurs(nowMillis, text(STORE, caller, target.bytes()), token.bits());
  }

  private static byte[] text(byte kind, Caller caller, byte[] target) {
    IpPort address = caller.address();
    byte[] ip = address.address().bytes();
    return ByteBuffer.allocate(1 + ip.length + Short.BYTES + PublicKey.BYTES + target.length)
        .put(kind)
        .put(ip)
        .putShort((short) address.port())
        .put(caller.key().bytes())
        .put(target)
        .array();
  }

  /** Keeps the secrets out of logs. */
  @Override
  public String toString() {
    return "Tokens(_)";
  }
}
