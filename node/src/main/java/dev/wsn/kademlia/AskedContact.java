package dev.wsn.kademlia;

import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A contact that a lookup asked, and what came of it.
 *
 * @param contact whom
 * @param hop length of the chain of referrals that led there; 1 for a contact known from the start
 * @param distance of the contact from the place of the record
 * @param namedBy who named the contact first; empty if it was known from the start
 * @param answer what it said
 * @param roundTripMillis from the last request to its answer; empty while there is none
 */
public record AskedContact(
    Contact contact,
    int hop,
    Distance distance,
    Optional<Contact> namedBy,
    Answer answer,
    OptionalLong roundTripMillis) {

  /** By hops, and among equals as the lookup comes closer: the farthest first. */
  static final Comparator<AskedContact> ORDER =
      Comparator.comparingInt(AskedContact::hop)
          .thenComparing(AskedContact::distance, Comparator.reverseOrder());

  /** What a contact said. */
  public enum Answer {
    /** Others that are closer; it has no record of the key. */
    NODES,
    /** The newest record that was seen. */
    RECORD,
    /** Another record than the newest. */
    OLDER_RECORD,
    /** Something that is no valid record of the key. */
    BAD_RECORD,
    /** Nothing in time. */
    SILENCE,
    /** Nothing yet; its time is not over. */
    WAITING
  }
}
