package dev.wsn.kademlia;

/** A contact of a table, which answered at least once, and what is known about its liveness. */
final class TableEntry {
  private final Contact contact;
  private final Subnet subnet;
  private final RoundTrips roundTrips = new RoundTrips();
  private long lastAnsweredMillis;
  private long lastAskedMillis;
  private int failures;
  private boolean isSilent;

  TableEntry(Contact contact, long nowMillis, long roundTripMillis) {
    this.contact = contact;
    this.subnet = Subnet.of(contact.address().address());
    answered(nowMillis, roundTripMillis);
  }

  Contact contact() {
    return contact;
  }

  Subnet subnet() {
    return subnet;
  }

  RoundTrips roundTrips() {
    return roundTrips;
  }

  long lastAnsweredMillis() {
    return lastAnsweredMillis;
  }

  long lastAskedMillis() {
    return lastAskedMillis;
  }

  /** Whether its last request went unanswered: no longer passed on to others. */
  boolean isSilent() {
    return isSilent;
  }

  boolean hasFailed() {
    return failures >= Protocol.MAX_FAILURES;
  }

  void asked(long nowMillis) {
    lastAskedMillis = nowMillis;
  }

  void answered(long nowMillis, long roundTripMillis) {
    lastAnsweredMillis = nowMillis;
    lastAskedMillis = Math.max(lastAskedMillis, nowMillis - roundTripMillis);
    roundTrips.measured(roundTripMillis);
    failures = 0;
    isSilent = false;
  }

  /**
   * Notes an unanswered request.
   *
   * @param isItsFault whether somebody else answered meanwhile, so that the silence is not ours
   */
  void unanswered(boolean isItsFault) {
    isSilent = true;
    if (isItsFault) {
      failures++;
    }
  }
}
