package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One iterative search in one address family (Kademlia 2.3): which k contacts are closest to the
 * target? All contacts heard of stand in a shortlist ordered by distance. The front of it is the k
 * closest that are not silent; the search asks the front's new contacts, {@code alpha} at a time
 * and more when answers stop bringing anything closer, and ends when the whole front has answered.
 * A late contact leaves the front, frees its slot, and comes back if it answers after all; where
 * fewer than k contacts are left it is asked once more. Two of the front at most are of one subnet,
 * and what only contacts named whose referrals stay silent is asked when nobody else is left.
 *
 * <p>Several lookups for the same target can run as disjoint paths (S/Kademlia, Baumgart and Mies
 * 2007): whom one of them asked is passed over by the others, so a liar spoils one path only.
 */
final class Lookup {
  private static final Comparator<Candidate> ORDER =
      Comparator.comparing(Candidate::distance).thenComparingInt(Candidate::serial);
  private static final Distance FARTHEST = new Distance(-1, -1, -1, -1);

  private final NodeId target;
  private final Parameters parameters;
  private int alpha;
  private final int width;
  private final Map<PublicKey, Lookup> askedBy;
  private final KademliaObserver observer;
  private final @Nullable Region avoided;
  private final TreeSet<Candidate> shortlist = new TreeSet<>(ORDER);
  private final Map<Contact, Candidate> byContact = new HashMap<>();
  private final Map<PublicKey, Integer> perKey = new HashMap<>();
  private int serials;
  private int inFlight;
  private int requests;
  private int asked;
  private int answered;
  private int hops;
  private int fruitless;
  private boolean hasSilence;

  /** The front as it was computed last, and how many keys were asked then; null if it changed. */
  private @Nullable List<Candidate> lastFront;

  private int keysAskedAtLastFront;

  Lookup(NodeId target, Parameters parameters, int alpha, KademliaObserver observer) {
    this(target, parameters, alpha, parameters.k(), new HashMap<>(), null, observer);
  }

  /**
   * A lookup that passes a part of the key space by.
   *
   * @param avoided whose nodes are neither asked nor counted
   */
  Lookup(
      NodeId target, Parameters parameters, int alpha, Region avoided, KademliaObserver observer) {
    this(target, parameters, alpha, parameters.k(), new HashMap<>(), avoided, observer);
  }

  /**
   * A lookup with a front of another length, or one of several paths.
   *
   * @param width contacts of the front
   * @param askedBy which path asked which key, shared by the paths
   */
  Lookup(
      NodeId target,
      Parameters parameters,
      int alpha,
      int width,
      Map<PublicKey, Lookup> askedBy,
      KademliaObserver observer) {
    this(target, parameters, alpha, width, askedBy, null, observer);
  }

  private Lookup(
      NodeId target,
      Parameters parameters,
      int alpha,
      int width,
      Map<PublicKey, Lookup> askedBy,
      @Nullable Region avoided,
      KademliaObserver observer) {
    this.target = target;
    this.parameters = parameters;
    this.alpha = alpha;
    this.width = width;
    this.askedBy = askedBy;
    this.avoided = avoided;
    this.observer = observer;
  }

  NodeId target() {
    return target;
  }

  /** Adds contacts that are known from the start. */
  void start(List<Contact> known) {
    known.forEach(contact -> add(contact, 1));
  }

  /** From now on the whole front is asked at once: there is something to be found there. */
  void hurry() {
    alpha = Math.max(alpha, width);
  }

  boolean isEmpty() {
    return shortlist.isEmpty();
  }

  /** The contact to ask next, marked as asked; empty if there is none now. */
  Optional<Contact> next() {
    if (inFlight >= (fruitless >= alpha ? Math.max(alpha, parameters.wideAlpha()) : alpha)
        || requests >= Protocol.MAX_ASKED_PER_LOOKUP) {
      return Optional.empty();
    }
    List<Candidate> front = front();
    Candidate next = null;
    boolean isWaiting = false;
    for (Candidate candidate : front) {
      isWaiting |= candidate.state() == Candidate.State.ASKED;
      if (next == null && candidate.state() == Candidate.State.NEW) {
        next = candidate;
      }
    }
    if (next == null && !isWaiting && front.size() < width) {
      next = silentToAskAgain();
    }
    return next == null ? Optional.empty() : Optional.of(ask(next));
  }

  /** Whether the k closest contacts have answered, or nobody is left to ask. */
  boolean isDone() {
    boolean mayAsk = requests < Protocol.MAX_ASKED_PER_LOOKUP;
    List<Candidate> front = front();
    for (Candidate candidate : front) {
      Candidate.State state = candidate.state();
      if (state == Candidate.State.ASKED || (state == Candidate.State.NEW && mayAsk)) {
        return false;
      }
    }
    if (!mayAsk) {
      observer.limitReached(KademliaObserver.Limit.ASKED_PER_LOOKUP);
    }
    boolean isFrontFull = front.size() >= width;
    return isFrontFull || (inFlight == 0 && (!mayAsk || silentToAskAgain() == null));
  }

  /** Notes an answer and the contacts that came with it. */
  void answered(Contact contact, List<Contact> closer) {
    Candidate candidate = byContact.get(contact);
    if (candidate == null || candidate.state() == Candidate.State.ANSWERED) {
      return;
    }
    if (candidate.state() == Candidate.State.ASKED) {
      inFlight--;
    }
    // Silence brings candidates out of the front, and doubt on others.
    lastFront = hasSilence ? null : lastFront;
    candidate.answered();
    answered++;
    hops = Math.max(hops, candidate.hops());
    Distance reach = reach();
    boolean isFruitful = false;
    for (Contact other : closer) {
      isFruitful |=
          add(other, candidate.hops() + 1) && target.distanceTo(other.id()).compareTo(reach) < 0;
      Candidate named = byContact.get(other);
      if (named != null && named.hops() > 1) {
        named.namedBy(candidate);
      }
    }
    lastFront = hasSilence ? null : lastFront;
    fruitless = isFruitful ? 0 : fruitless + 1;
  }

  /** Notes how long the answer of a contact took. */
  void timed(Contact contact, long roundTripMillis) {
    Candidate candidate = byContact.get(contact);
    if (candidate != null) {
      candidate.timed(roundTripMillis);
    }
  }

  /** Notes that the answer of a contact is late. */
  void silent(Contact contact) {
    Candidate candidate = byContact.get(contact);
    if (candidate != null && candidate.state() == Candidate.State.ASKED) {
      candidate.silent();
      hasSilence = true;
      lastFront = null;
      inFlight--;
    }
  }

  /** Notes that a contact cannot be asked at all. */
  void unsendable(Contact contact) {
    silent(contact);
    Candidate candidate = byContact.get(contact);
    if (candidate != null) {
      candidate.giveUp(Protocol.MAX_ATTEMPTS);
    }
  }

  /** The k closest contacts that answered, closest first. */
  List<Contact> closest() {
    return closest(List.of(this));
  }

  /** The k closest contacts that answered on any of these paths, closest first. */
  static List<Contact> closest(List<Lookup> paths) {
    Lookup first = paths.get(0);
    TreeSet<Candidate> answered = new TreeSet<>(ORDER);
    for (Lookup path : paths) {
      for (Candidate candidate : path.shortlist) {
        if (candidate.state() == Candidate.State.ANSWERED) {
          answered.add(candidate);
        }
      }
    }
    List<Contact> closest = new ArrayList<>();
    SubnetCount subnets = new SubnetCount();
    Set<PublicKey> keys = new HashSet<>();
    for (Candidate candidate : answered) {
      if (closest.size() < first.parameters.k()
          && !keys.contains(candidate.contact().key())
          && subnets.admits(candidate)) {
        keys.add(candidate.contact().key());
        closest.add(candidate.contact());
      }
    }
    return closest;
  }

  /** The k closest contacts that are known now and not silent, whether they answered or not. */
  List<Contact> nearest() {
    return front().stream().map(Candidate::contact).toList();
  }

  /** All contacts that answered, closest first. */
  List<Contact> allAnswered() {
    return shortlist.stream()
        .filter(candidate -> candidate.state() == Candidate.State.ANSWERED)
        .map(Candidate::contact)
        .toList();
  }

  /** Everybody who was asked, closest first. */
  List<Candidate> asked() {
    return shortlist.stream().filter(candidate -> candidate.attempts() > 0).toList();
  }

  /** Contacts that a request was sent to. */
  int askedCount() {
    return asked;
  }

  /** Contacts that answered. */
  int answeredCount() {
    return answered;
  }

  int inFlight() {
    return inFlight;
  }

  /** Longest chain of referrals that led to an answer; a contact known from the start is 1. */
  int hops() {
    return hops;
  }

  private Contact ask(Candidate candidate) {
    if (candidate.attempts() == 0) {
      asked++;
    }
    lastFront = hasSilence ? null : lastFront;
    candidate.asked();
    askedBy.put(candidate.contact().key(), this);
    requests++;
    inFlight++;
    return candidate.contact();
  }

  private List<Candidate> front() {
    // What other paths asked leaves the front of this one.
    if (lastFront == null || keysAskedAtLastFront != askedBy.size()) {
      List<Candidate> front = front(false);
      lastFront = front.size() < width && hasSilence ? front(true) : front;
      keysAskedAtLastFront = askedBy.size();
    }
    return lastFront;
  }

  private List<Candidate> front(boolean withDoubtful) {
    List<Candidate> front = new ArrayList<>(width);
    SubnetCount subnets = new SubnetCount();
    for (Candidate candidate : shortlist) {
      if (candidate.state() != Candidate.State.SILENT
          && (withDoubtful || !candidate.isDoubtful())
          && isOurs(candidate)
          && subnets.admits(candidate)) {
        front.add(candidate);
        if (front.size() == width) {
          break;
        }
      }
    }
    return front;
  }

  /** Whether no other path asked this key. */
  private boolean isOurs(Candidate candidate) {
    Lookup path = askedBy.get(candidate.contact().key());
    return path == null || path == this;
  }

  private @Nullable Candidate silentToAskAgain() {
    for (Candidate candidate : shortlist) {
      if (candidate.state() == Candidate.State.SILENT
          && candidate.attempts() < Protocol.MAX_ATTEMPTS) {
        return candidate;
      }
    }
    return null;
  }

  /** Distance of the front's last contact; what is not nearer brings nothing. */
  private Distance reach() {
    List<Candidate> front = front();
    return front.size() < width ? FARTHEST : front.get(front.size() - 1).distance();
  }

  private boolean add(Contact contact, int contactHops) {
    if ((avoided != null && avoided.contains(contact.id()))
        || byContact.containsKey(contact)
        || perKey.getOrDefault(contact.key(), 0) >= Protocol.MAX_PER_KEY) {
      return false;
    }
    Candidate candidate =
        new Candidate(
            contact, capped(contact), target.distanceTo(contact.id()), serials++, contactHops);
    if (shortlist.size() >= Protocol.MAX_SHORTLIST && !makeRoomFor(candidate)) {
      observer.limitReached(KademliaObserver.Limit.SHORTLIST);
      return false;
    }
    shortlist.add(candidate);
    lastFront = null;
    byContact.put(contact, candidate);
    perKey.merge(contact.key(), 1, Integer::sum);
    return true;
  }

  /** The subnet of a contact, if the number of contacts of one subnet is bounded. */
  private @Nullable Subnet capped(Contact contact) {
    IpAddress address = contact.address().address();
    boolean isExempt = !parameters.hasSubnetCaps() || address.scope() != AddressScope.PUBLIC;
    return isExempt ? null : Subnet.of(address);
  }

  private boolean makeRoomFor(Candidate candidate) {
    for (Candidate farthest : shortlist.descendingSet()) {
      if (farthest.isDoubtful()) {
        drop(farthest);
        return true;
      }
    }
    for (Candidate farthest : shortlist.descendingSet()) {
      if (farthest.distance().compareTo(candidate.distance()) <= 0) {
        return false;
      }
      if (farthest.state() == Candidate.State.NEW) {
        drop(farthest);
        return true;
      }
    }
    return false;
  }

  private void drop(Candidate candidate) {
    shortlist.remove(candidate);
    lastFront = null;
    byContact.remove(candidate.contact());
    perKey.computeIfPresent(
        candidate.contact().key(), (key, count) -> count == 1 ? null : count - 1);
  }
}
