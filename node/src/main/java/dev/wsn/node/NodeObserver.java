package dev.wsn.node;

import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.KademliaObserver;
import dev.wsn.kademlia.Outcome;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRejection;
import dev.wsn.store.RecordStore;
import dev.wsn.store.StoreResult;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts and logs what happens in the core, and writes down the versions that it saw. The read
 * methods are for any thread, the others for the event loop.
 */
final class NodeObserver implements KademliaObserver {
  private static final Logger LOG = LoggerFactory.getLogger(NodeObserver.class);

  private final NodeMetrics metrics;
  private final @Nullable RecordStore store;
  private volatile @Nullable IpPort externalIpv4;
  private volatile @Nullable IpPort externalIpv6;

  NodeObserver(NodeMetrics metrics, @Nullable RecordStore store) {
    this.metrics = metrics;
    this.store = store;
  }

  NodeMetrics metrics() {
    return metrics;
  }

  /** This node's address as others see it, IPv4 first. */
  Optional<IpPort> external() {
    return Optional.ofNullable(externalIpv4).or(() -> Optional.ofNullable(externalIpv6));
  }

  @Override
  public void requestReceived(RequestKind kind, boolean isAddressProven) {
    metrics.requests().received().count(kind);
    if (!isAddressProven) {
      metrics.requests().unproven().count(kind);
    }
  }

  @Override
  public void retryDemanded(RequestKind kind) {
    metrics.requests().retriesDemanded().count(kind);
  }

  @Override
  public void requestSent(RequestKind kind) {
    metrics.requests().sent().count(kind);
  }

  @Override
  public void replied(RequestKind kind, long roundTripMillis) {
    metrics.requests().replied(kind, roundTripMillis);
  }

  @Override
  public void unanswered(RequestKind kind) {
    metrics.requests().unanswered().count(kind);
  }

  @Override
  public void recordStored(AddressRecord addressRecord) {
    metrics.keeping().stored().increment();
  }

  @Override
  public void badStoreToken() {
    metrics.keeping().badTokens().increment();
  }

  @Override
  public void recordsExpired(int count) {
    metrics.keeping().departed().add(Departure.EXPIRED, count);
  }

  @Override
  public void dropped(Drop reason) {
    metrics.countDropped(reason);
    LOG.debug("dropped: {}", reason);
  }

  @Override
  public void limitReached(Limit limit) {
    metrics.countLimited(limit);
    LOG.debug("limit reached: {}", limit);
  }

  @Override
  public void widened(SearchKind kind) {
    metrics.searches().widened().count(kind);
    LOG.debug("{} looks through a region: the nodes around its place are suspicious", kind);
  }

  @Override
  public void searchEnded(SearchKind kind, Outcome.Evidence evidence) {
    metrics.searches().ended(kind, evidence);
    LOG.debug("{} ended: {}", kind, evidence);
  }

  @Override
  public void contactAdded(Contact contact) {
    metrics.keeping().contactsAdded().increment();
    LOG.debug("contact {} added", shortened(contact));
  }

  @Override
  public void contactRemoved(Contact contact) {
    metrics.keeping().contactsRemoved().increment();
    LOG.debug("contact {} removed", shortened(contact));
  }

  private static String shortened(Contact contact) {
    return contact.key().hex().substring(0, 8);
  }

  @Override
  public void recordEvicted(AddressRecord addressRecord, Departure reason) {
    metrics.keeping().departed().count(reason);
    LOG.debug("a record made room for another: {}", reason);
  }

  @Override
  public void storeRefused(RecordRejection reason) {
    metrics.keeping().refused().count(reason);
    LOG.debug("store refused: {}", reason);
  }

  @Override
  public void newestSeen(AddressRecord addressRecord) {
    if (store != null) {
      store.remember(addressRecord.pubkey(), addressRecord.version(), NodeObserver::check);
    }
  }

  private static void check(StoreResult result) {
    if (result == StoreResult.BUSY || result == StoreResult.FAILED) {
      LOG.debug("a version that was seen is remembered in memory only: {}", result);
    }
  }

  @Override
  public void reachability(boolean isIpv4, boolean isReachable) {
    String family = isIpv4 ? "IPv4" : "IPv6";
    if (isReachable) {
      LOG.info("trying again whether other nodes reach this one over {}", family);
    } else {
      LOG.warn(
          "no other node reaches this one over {} unasked: it still looks up and publishes, but"
              + " keeps nothing for others; let UDP in through router and firewall",
          family);
    }
  }

  @Override
  public void externalAddress(IpPort address) {
    if (address.address().isIpv4()) {
      externalIpv4 = address;
    } else {
      externalIpv6 = address;
    }
    LOG.info("other nodes see this one at {}", address);
  }
}
