package dev.wsn.resolver.directory;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.Topic;
import java.util.List;

/**
 * The relays of a topic.
 *
 * @param relays those that answer, and those that are not dialled from here
 * @param announced how many have announced themselves
 * @param silent how many of them do not answer, or are elsewhere by now
 * @param waiting how many of them have not been asked to an end yet; ask again later
 */
public record Listing(Topic topic, List<Relay> relays, int announced, int silent, int waiting) {
  /**
   * One of them.
   *
   * @param addressRecord verified, with the topic
   * @param isLive whether the holder of the key answered some minutes ago; if not, nobody was asked
   * @param claims what it says of itself
   */
  public record Relay(AddressRecord addressRecord, boolean isLive, RelayClaims claims) {}

  /** Copies the list. */
  public Listing {
    relays = List.copyOf(relays);
  }
}
