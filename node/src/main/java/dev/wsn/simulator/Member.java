package dev.wsn.simulator;

import dev.wsn.kademlia.Contact;
import dev.wsn.record.IpPort;
import dev.wsn.wire.KeyAgreement;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One identity at one address, while it is online and before and after that. Behind a NAT it is
 * reachable only from addresses that it sent to within the last two minutes.
 */
final class Member {
  private static final long NAT_MILLIS = 120_000;
  private static final int MAX_NAT_ENTRIES = 4096;

  private final int index;
  private final Contact contact;
  private final KeyAgreement agreement;
  private final boolean isNatted;
  private @Nullable Map<IpPort, Long> contacted;
  private Role role = Role.HONEST;
  private long onlineFromMillis = Long.MIN_VALUE;
  private long onlineUntilMillis = Long.MAX_VALUE;
  private long cloggedUntilMillis;
  private long requestsReceived;
  private @Nullable SimulatedNode node;
  private @Nullable Disk disk;

  Member(int index, Contact contact, KeyAgreement agreement, boolean isNatted) {
    this.index = index;
    this.contact = contact;
    this.agreement = agreement;
    this.isNatted = isNatted;
  }

  int index() {
    return index;
  }

  Contact contact() {
    return contact;
  }

  KeyAgreement agreement() {
    return agreement;
  }

  boolean isNatted() {
    return isNatted;
  }

  Role role() {
    return role;
  }

  void plays(Role newRole) {
    role = newRole;
  }

  /** When its session begins and ends, as far as churn decides. */
  void isOnline(long fromMillis, long untilMillis) {
    onlineFromMillis = fromMillis;
    onlineUntilMillis = untilMillis;
  }

  boolean isOnlineAt(long millis) {
    return onlineFromMillis <= millis && millis < onlineUntilMillis;
  }

  long onlineFromMillis() {
    return onlineFromMillis;
  }

  long onlineUntilMillis() {
    return onlineUntilMillis;
  }

  long cloggedUntilMillis() {
    return cloggedUntilMillis;
  }

  void clog(long untilMillis) {
    cloggedUntilMillis = untilMillis;
  }

  /** The node, if it is in memory. */
  @Nullable SimulatedNode node() {
    return node;
  }

  void holds(@Nullable SimulatedNode newNode) {
    node = newNode;
  }

  Disk disk() {
    if (disk == null) {
      disk = new Disk();
    }
    return disk;
  }

  void countRequest() {
    requestsReceived++;
  }

  long requestsReceived() {
    return requestsReceived;
  }

  void forgetRequests() {
    requestsReceived = 0;
  }

  /** Notes that a datagram went out through the NAT, which lets answers in. */
  void sentTo(IpPort address, long nowMillis) {
    if (!isNatted) {
      return;
    }
    if (contacted == null) {
      contacted = new LinkedHashMap<>();
    }
    contacted.remove(address);
    if (contacted.size() >= MAX_NAT_ENTRIES) {
      contacted.remove(contacted.keySet().iterator().next());
    }
    contacted.put(address, nowMillis);
  }

  boolean isReachableFrom(IpPort address, long nowMillis) {
    if (!isNatted) {
      return true;
    }
    Long sentMillis = contacted == null ? null : contacted.get(address);
    return sentMillis != null && nowMillis - sentMillis <= NAT_MILLIS;
  }

  @Override
  public String toString() {
    return contact.address().toString();
  }
}
