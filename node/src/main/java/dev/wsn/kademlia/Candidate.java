package dev.wsn.kademlia;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A contact in the shortlist of a {@link Lookup}: how far it is, who named it, and what became of
 * asking it. Remembers how its own referrals fared, because who names contacts that do not exist
 * must not keep a lookup busy with them.
 */
final class Candidate {
  /** What became of asking. */
  enum State {
    NEW,
    ASKED,
    SILENT,
    ANSWERED
  }

  private final Contact contact;
  private final @Nullable Subnet capped;
  private final Distance distance;
  private final int serial;
  private final int hops;
  private final List<Candidate> referrers = new ArrayList<>(1);
  private State state = State.NEW;
  private int attempts;
  private int silentReferrals;
  private int goodReferrals;
  private long roundTripMillis = -1;

  /**
   * A contact that was not asked yet.
   *
   * @param capped its subnet, if the number of contacts of one subnet is bounded
   * @param serial tells contacts of equal distance apart
   * @param hops length of the chain of referrals that led here
   */
  Candidate(Contact contact, @Nullable Subnet capped, Distance distance, int serial, int hops) {
    this.contact = contact;
    this.capped = capped;
    this.distance = distance;
    this.serial = serial;
    this.hops = hops;
  }

  Contact contact() {
    return contact;
  }

  @Nullable Subnet capped() {
    return capped;
  }

  Distance distance() {
    return distance;
  }

  int serial() {
    return serial;
  }

  int hops() {
    return hops;
  }

  State state() {
    return state;
  }

  int attempts() {
    return attempts;
  }

  /** Notes who named this contact; one that was known from the start has nobody. */
  void namedBy(Candidate referrer) {
    if (state == State.NEW
        && referrers.size() < Protocol.MAX_REFERRERS
        && !referrers.contains(referrer)) {
      referrers.add(referrer);
    }
  }

  /** Whether everybody who named this contact named mostly contacts that stay silent. */
  boolean isDoubtful() {
    return state == State.NEW
        && !referrers.isEmpty()
        && referrers.stream().allMatch(Candidate::isDiscredited);
  }

  private boolean isDiscredited() {
    return silentReferrals >= Protocol.MAX_SILENT_REFERRALS && silentReferrals > goodReferrals;
  }

  /** Who named this contact first; empty if it was known from the start. */
  Optional<Contact> referrer() {
    return referrers.stream().findFirst().map(Candidate::contact);
  }

  /** Notes how long the answer took. */
  void timed(long millis) {
    roundTripMillis = millis;
  }

  /** How long the answer took; empty if there is none. */
  OptionalLong roundTripMillis() {
    return roundTripMillis < 0 ? OptionalLong.empty() : OptionalLong.of(roundTripMillis);
  }

  void asked() {
    state = State.ASKED;
    attempts++;
  }

  void silent() {
    state = State.SILENT;
    if (attempts == 1) {
      referrers.forEach(referrer -> referrer.silentReferrals++);
    }
  }

  void answered() {
    boolean wasSilent = state == State.SILENT || attempts > 1;
    state = State.ANSWERED;
    for (Candidate referrer : referrers) {
      referrer.goodReferrals++;
      referrer.silentReferrals -= wasSilent ? 1 : 0;
    }
  }

  /** It cannot be asked at all. */
  void giveUp(int maxAttempts) {
    attempts = maxAttempts;
  }
}
