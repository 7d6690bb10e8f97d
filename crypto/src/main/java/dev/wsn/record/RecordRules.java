package dev.wsn.record;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import java.time.Duration;
import java.util.List;

/** Turns events into verified records, and signs new ones. Thread-safe. */
@SuppressWarnings("DoNotCallSuggester")
public final class RecordRules {
  /** What {@link #verify} found. */
  public sealed interface Verdict {
    /** The event is a record. */
    record Accepted(AddressRecord addressRecord) implements Verdict {}

    /** The event is not acceptable; {@code detail} is a sentence for people. */
    record Refused(RecordRejection reason, String detail) implements Verdict {}
  }

  private final Secp256k1 curve;
  private final boolean local;

  /**
   * Rules on one back end.
   *
   * @param curve verifies and signs
   * @param local whether loopback and private addresses are allowed
   */
  public RecordRules(Secp256k1 curve, boolean local) {
    this.curve = curve;
    this.local = local;
  }

  /** Applies every rule of PROTOCOL.md, cheapest first, signature last. */
  public Verdict verify(NostrEvent event, long unixSeconds) {
    throw new UnsupportedOperationException(curve.name() + local + event + unixSeconds);
  }

  /** As {@link #verify} for a record that was live when it was stored: expiry is not a failure. */
  public Verdict verifyStored(NostrEvent event) {
    throw new UnsupportedOperationException(event.toString());
  }

  /**
   * Signs a record.
   *
   * @param endpoints none for a withdrawal
   * @throws IllegalArgumentException if the rules would refuse it; the message says why
   */
  public AddressRecord sign(
      SecretKey secret,
      List<Endpoint> endpoints,
      long createdAt,
      Duration lifetime,
      byte[] auxiliaryRandom) {
    throw new UnsupportedOperationException(
        secret.toString() + endpoints + createdAt + lifetime + auxiliaryRandom.length);
  }

  /** The key that signs for a secret key. */
  public PublicKey author(SecretKey secret) {
    return curve.publicKey(secret);
  }
}
