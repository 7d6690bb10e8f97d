package dev.wsn.record;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.crypto.Signature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns events into verified records, and signs new ones (PROTOCOL.md, "Validity"). Thread-safe.
 */
public final class RecordRules {
  /** The most endpoints of one record. */
  public static final int MAX_ENDPOINTS = RecordForm.MAX_ENDPOINTS;

  /** The longest time from {@code created_at} to {@code expiration}. */
  public static final Duration MAX_LIFETIME = Duration.ofSeconds(RecordForm.MAX_LIFETIME_SECONDS);

  /** How far {@code created_at} may be ahead; more would let a wrong clock lock its owner out. */
  public static final Duration MAX_AHEAD = Duration.ofSeconds(60);

  /** What {@link #verify} found. */
  public sealed interface Verdict {
    /** The event is a record. */
    record Accepted(AddressRecord addressRecord) implements Verdict {}

    /** The event is not acceptable; {@code detail} is a sentence for people. */
    record Refused(RecordRejection reason, String detail) implements Verdict {}
  }

  /**
   * A record as a disk has it; nothing says that it is verified.
   *
   * @param compact the compact form, not copied
   * @param createdAt Unix seconds
   * @param id of the event
   * @param expiresAt Unix seconds
   * @param isWithdrawal whether there are no endpoints
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, lives for one call
  public record StoredForm(
      byte[] compact, long createdAt, EventId id, long expiresAt, boolean isWithdrawal) {}

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
    try {
      RecordForm form = RecordForm.of(event, local);
      checkTime(event.createdAt(), form.expiresAt(), unixSeconds);
      return new Verdict.Accepted(authenticate(event, form));
    } catch (RefusedRecordException refused) {
      return refused.toRefused();
    }
  }

  /**
   * Decodes and verifies the compact form that datagrams and stores carry.
   *
   * @param compact untrusted; no more than {@link RecordCodec#MAX_BYTES} to be accepted
   * @param unixSeconds now
   */
  public Verdict verify(byte[] compact, long unixSeconds) {
    NostrEvent event;
    try {
      event = RecordCodec.decode(compact);
    } catch (MalformedRecordException malformed) {
      return new Verdict.Refused(RecordRejection.MALFORMED, String.valueOf(malformed.getMessage()));
    }
    return verify(event, unixSeconds);
  }

  /** As {@link #verify} for a record that was live when it was stored: expiry is not a failure. */
  public Verdict verifyStored(NostrEvent event) {
    try {
      return new Verdict.Accepted(authenticate(event, RecordForm.of(event, local)));
    } catch (RefusedRecordException refused) {
      return refused.toRefused();
    }
  }

  /**
   * As {@link #verifyStored(NostrEvent)}, without looking at the signature if this node sealed the
   * record when it wrote it down.
   *
   * @param seal of the record, or anything else
   */
  public Verdict verifyStored(StoredForm stored, byte[] seal, RecordSeal seals) {
    if (seals.fits(seal, stored)) {
      return new Verdict.Accepted(AddressRecord.of(stored));
    }
    try {
      return verifyStored(RecordCodec.decode(stored.compact));
    } catch (MalformedRecordException malformed) {
      return new Verdict.Refused(RecordRejection.MALFORMED, String.valueOf(malformed.getMessage()));
    }
  }

  /**
   * Signs a record.
   *
   * @param endpoints none for a withdrawal
   * @param createdAt Unix seconds; above that of every record the key published before
   * @param lifetime whole seconds, 1 s to {@link #MAX_LIFETIME}
   * @param auxiliaryRandom 32 fresh random bytes
   * @throws IllegalArgumentException if the rules would refuse it; the message says why
   */
  public AddressRecord sign(
      SecretKey secret,
      List<Endpoint> endpoints,
      long createdAt,
      Duration lifetime,
      byte[] auxiliaryRandom) {
    return sign(secret, endpoints, List.of(), createdAt, lifetime, auxiliaryRandom);
  }

  /**
   * Signs a record that is announced under topics.
   *
   * @param endpoints none for a withdrawal
   * @param topics at most {@link Topic#MAX_OF_RECORD}
   * @param createdAt Unix seconds; above that of every record the key published before
   * @param lifetime whole seconds, 1 s to {@link #MAX_LIFETIME}
   * @param auxiliaryRandom 32 fresh random bytes
   * @throws IllegalArgumentException if the rules would refuse it; the message says why
   */
  public AddressRecord sign(
      SecretKey secret,
      List<Endpoint> endpoints,
      List<Topic> topics,
      long createdAt,
      Duration lifetime,
      byte[] auxiliaryRandom) {
    if (topics.size() > Topic.MAX_OF_RECORD) {
      throw new IllegalArgumentException(
          "a record is announced under at most " + Topic.MAX_OF_RECORD + " topics");
    }
    PublicKey author = author(secret);
    List<List<String>> tags = tags(endpoints, topics, createdAt + lifetime.toSeconds());
    EventId id =
        CanonicalEvent.id(CanonicalEvent.bytes(author, createdAt, AddressRecord.KIND, tags, ""));
    Signature signature = curve.sign(id.bytes(), secret, auxiliaryRandom);
    NostrEvent event =
        new NostrEvent(id, author, createdAt, AddressRecord.KIND, tags, "", signature);
    try {
      return authenticate(event, RecordForm.of(event, local));
    } catch (RefusedRecordException refused) {
      throw new IllegalArgumentException(refused.getMessage(), refused);
    }
  }

  /** The key that signs for a secret key. */
  public PublicKey author(SecretKey secret) {
    return curve.publicKey(secret);
  }

  /**
   * The tags of a record, for a signer that is elsewhere.
   *
   * @param endpoints none for a withdrawal
   * @param expiresAt Unix seconds
   */
  public static List<List<String>> tags(
      List<Endpoint> endpoints, List<Topic> topics, long expiresAt) {
    List<List<String>> tags = new ArrayList<>(endpoints.size() + topics.size() + 2);
    for (Endpoint endpoint : endpoints) {
      tags.add(List.of(endpoint.network().tag(), endpoint.address(), endpoint.protocol()));
    }
    tags.add(List.of(RecordForm.EXPIRATION, Long.toString(expiresAt)));
    topics.forEach(topic -> tags.add(topic.tag()));
    tags.add(List.of("alt", CompactText.ALT_TEXT));
    return tags;
  }

  private static void checkTime(long createdAt, long expiresAt, long now) {
    if (createdAt - now > MAX_AHEAD.toSeconds()) {
      throw new RefusedRecordException(
          RecordRejection.FROM_THE_FUTURE,
          "created_at is "
              + (createdAt - now)
              + " s ahead; more than 60 s would lock the owner out, so set the signer's clock");
    }
    if (expiresAt <= now) {
      throw new RefusedRecordException(
          RecordRejection.EXPIRED,
          "the record expired " + (now - expiresAt) + " s ago; publish a fresh one");
    }
  }

  private AddressRecord authenticate(NostrEvent event, RecordForm form) {
    // What came in the compact form has the id that was computed from it.
    if (!event.hasForm() && !event.computeId().equals(event.id())) {
      throw new RefusedRecordException(
          RecordRejection.BAD_ID,
          "the id is not the hash of the event's canonical serialization; the event was altered"
              + " or its signer does not follow NIP-01");
    }
    if (!curve.verify(event.signature(), event.id().bytes(), event.pubkey())) {
      throw new RefusedRecordException(
          RecordRejection.BAD_SIGNATURE, "the signature is not one of this pubkey over this id");
    }
    return AddressRecord.of(
        new StoredForm(
            form.compact(),
            event.createdAt(),
            event.id(),
            form.expiresAt(),
            form.endpoints().isEmpty()));
  }
}
