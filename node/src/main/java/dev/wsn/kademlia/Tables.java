package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The two routing tables, one per address family: a node is told only about nodes that it can
 * reach, and its place differs from family to family because its address does.
 */
final class Tables {
  private final PublicKey self;
  private final Parameters parameters;
  private final KademliaObserver observer;
  private final RoutingTable ipv4;
  private final RoutingTable ipv6;
  private final ExternalAddress external4 = new ExternalAddress();
  private final ExternalAddress external6 = new ExternalAddress();

  Tables(PublicKey self, Parameters parameters, KademliaObserver observer) {
    this.self = self;
    this.parameters = parameters;
    this.observer = observer;
    // Until peers agree on the own address, the id that local addresses have.
    this.ipv4 = new RoutingTable(NodeId.unplaced(self), parameters, observer);
    this.ipv6 = new RoutingTable(NodeId.unplaced(self), parameters, observer);
  }

  List<RoutingTable> both() {
    return List.of(ipv4, ipv6);
  }

  /** The own ids, one per family. */
  List<NodeId> ownIds() {
    return ipv4.own().equals(ipv6.own()) ? List.of(ipv4.own()) : List.of(ipv4.own(), ipv6.own());
  }

  RoutingTable of(Contact contact) {
    return of(contact.address().address());
  }

  RoutingTable of(IpAddress address) {
    return address.isIpv4() ? ipv4 : ipv6;
  }

  ExternalAddress external(boolean isIpv4) {
    return isIpv4 ? external4 : external6;
  }

  /**
   * Whether a contact is one that this node may send to and pass on: neither this node itself nor
   * somebody else who is said to live at its address.
   */
  boolean isUsable(Contact contact) {
    IpAddress address = contact.address().address();
    AddressScope scope = address.scope();
    boolean isReachable =
        scope == AddressScope.PUBLIC || (parameters.isLocal() && scope != AddressScope.UNUSABLE);
    boolean isHere =
        external(address.isIpv4()).agreed().filter(contact.address()::equals).isPresent();
    return isReachable && !isHere && !contact.key().equals(self);
  }

  int size() {
    return ipv4.size() + ipv6.size();
  }

  boolean hasResponsive() {
    return ipv4.hasResponsive() || ipv6.hasResponsive();
  }

  /** All contacts, those that answered last first. */
  List<Contact> contacts() {
    List<TableEntry> entries = new ArrayList<>(ipv4.entries());
    entries.addAll(ipv6.entries());
    entries.sort(Comparator.comparingLong(TableEntry::lastAnsweredMillis).reversed());
    return entries.stream().map(TableEntry::contact).toList();
  }

  /** Takes an address as the own one without any vote; votes may change it. */
  void place(IpPort own) {
    of(own.address()).rebase(NodeId.of(self, own.address()));
  }

  /**
   * Takes the vote of a peer about the own address, unless it is the peer's own, held up as a
   * mirror.
   *
   * @param nowMillis monotonic
   * @return whether the own id changed, and with it the place of every contact
   */
  boolean observed(Contact voter, IpPort observed, long nowMillis) {
    IpAddress voterAddress = voter.address().address();
    if (observed.address().isIpv4() != voterAddress.isIpv4()
        || observed.address().scope() == AddressScope.UNUSABLE
        || observed.equals(voter.address())) {
      observer.dropped(KademliaObserver.Drop.UNUSABLE_VOTE);
      return false;
    }
    ExternalAddress external = external(voterAddress.isIpv4());
    Optional<IpPort> before = external.agreed();
    if (!external.vote(voterAddress, observed, nowMillis)) {
      observer.limitReached(KademliaObserver.Limit.ADDRESS_VOTES);
    }
    IpPort agreed = external.agreed().orElse(null);
    if (agreed == null || before.filter(agreed::equals).isPresent()) {
      return false;
    }
    observer.externalAddress(agreed);
    NodeId own = NodeId.of(self, agreed.address());
    RoutingTable table = of(voterAddress);
    if (own.equals(table.own())) {
      return false;
    }
    table.rebase(own);
    return true;
  }
}
