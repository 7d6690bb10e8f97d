package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.IpPort;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/**
 * The proofs that this node gives out: whoever sends one back receives datagrams at the address
 * that it is bound to. Nothing is kept per caller. {@code SipHash-2-4(secret, kind || address ||
 * port || caller key || target)}; the secret is drawn anew every 5 minutes and the one before it
 * still counts, so that a token is good for 5 to 10 minutes.
 */
final class Tokens {
  private static final byte ADDRESS = 1;
  private static final byte STORE = 2;
  private static final int TEXT_BYTES = 1 + 16 + Short.BYTES + PublicKey.BYTES + NodeId.BYTES;

  private final RotatingSecret secret;
  private final byte[] text = new byte[TEXT_BYTES];
  private final ByteBuffer writer = ByteBuffer.wrap(text);

  Tokens(RandomGenerator random) {
    this.secret = new RotatingSecret(random, Protocol.TOKEN_SECRET_MILLIS);
  }

  Token forAddress(long nowMillis, Caller caller) {
    // Zero, which no proof is, says that there is no token.
    return new Token(secret.proof(nowMillis, text, write(ADDRESS, caller)));
  }

  boolean provesAddress(long nowMillis, Caller caller, Token token) {
    return token.isPresent()
        && secret.isOurs(nowMillis, text, write(ADDRESS, caller), token.bits());
  }

  Token forStore(long nowMillis, Caller caller, NodeId target) {
    return new Token(secret.proof(nowMillis, text, write(STORE, caller, target)));
  }

  boolean allowsStore(long nowMillis, Caller caller, NodeId target, Token token) {
    return token.isPresent()
        && secret.isOurs(nowMillis, text, write(STORE, caller, target), token.bits());
  }

  /** Writes the text down and returns its length. */
  private int write(byte kind, Caller caller) {
    IpPort address = caller.address();
    writer.clear().put(kind);
    address.address().putTo(writer);
    writer.putShort((short) address.port());
    caller.key().putTo(writer);
    return writer.position();
  }

  private int write(byte kind, Caller caller, NodeId target) {
    writer.position(write(kind, caller));
    writer.putLong(target.a()).putLong(target.b()).putLong(target.c()).putLong(target.d());
    return writer.position();
  }

  /** Keeps the secrets out of logs. */
  @Override
  public String toString() {
    return "Tokens(_)";
  }
}
