package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.PublicKey;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Step tests in a key space of one byte: the target is 0, so an id is its distance. */
class LookupTest {
  private static final NodeId TARGET = Peers.id(0);

  private final Map<KademliaObserver.Limit, Integer> limits =
      new EnumMap<>(KademliaObserver.Limit.class);
  private Lookup lookup = lookup(Parameters.defaults().asLocal().withK(3));

  private Lookup lookup(Parameters parameters) {
    KademliaObserver observer =
        new KademliaObserver() {
          @Override
          public void limitReached(Limit limit) {
            limits.merge(limit, 1, Integer::sum);
          }
        };
    return new Lookup(TARGET, parameters, 2, observer);
  }

  private static Contact at(int distance) {
    return Peers.toy(distance, distance);
  }

  private static List<Contact> all(int... distances) {
    List<Contact> contacts = new ArrayList<>();
    for (int distance : distances) {
      contacts.add(at(distance));
    }
    return contacts;
  }

  private List<Contact> allNext() {
    List<Contact> asked = new ArrayList<>();
    for (Optional<Contact> next = lookup.next(); next.isPresent(); next = lookup.next()) {
      asked.add(next.get());
    }
    return asked;
  }

  @Test
  void closestAreAskedFirstAlphaAtATime() {
    lookup.start(all(0b1000, 0b0010, 0b0100));

    assertThat(allNext()).isEqualTo(all(0b0010, 0b0100));
    assertThat(lookup.inFlight()).isEqualTo(2);
    assertThat(lookup.isDone()).isFalse();
  }

  @Test
  void hurryAsksTheWholeFront() {
    lookup.start(all(0b1000, 0b0010, 0b0100, 0b10000));
    assertThat(allNext()).hasSize(2);
    lookup.hurry();
    assertThat(allNext()).isEqualTo(all(0b1000));
    assertThat(lookup.nearest()).isEqualTo(all(0b0010, 0b0100, 0b1000));
    lookup.silent(at(0b0010));
    assertThat(lookup.nearest()).isEqualTo(all(0b0100, 0b1000, 0b10000));
  }

  @Test
  void avoidedPartOfTheKeySpaceIsNotThere() {
    lookup =
        new Lookup(
            TARGET,
            Parameters.defaults().asLocal().withK(3),
            2,
            new Region(TARGET, 6),
            KademliaObserver.NONE);
    lookup.start(all(0b0011, 0b0100));
    assertThat(allNext()).isEqualTo(all(0b0100));
    lookup.answered(at(0b0100), all(0b0001, 0b0010, 0b1000));
    assertThat(allNext()).isEqualTo(all(0b1000));
    lookup.answered(at(0b1000), List.of());
    assertThat(lookup.isDone()).isTrue();
    assertThat(lookup.allAnswered()).isEqualTo(all(0b0100, 0b1000));
  }

  @Test
  void answersBringCloserContactsThatAreAskedNext() {
    lookup.start(all(0b1000));
    allNext();

    lookup.answered(at(0b1000), all(0b0001, 0b0100));

    assertThat(allNext()).isEqualTo(all(0b0001, 0b0100));
    assertThat(lookup.hops()).isEqualTo(1);
    lookup.answered(at(0b0001), List.of());
    assertThat(lookup.hops()).isEqualTo(2);
  }

  @Test
  void endsWhenTheKClosestAnsweredWhateverIsFartherAway() {
    lookup.start(all(1, 2, 3, 4, 5));
    allNext();
    lookup.answered(at(1), List.of());
    lookup.answered(at(2), List.of());
    assertThat(lookup.isDone()).isFalse();
    assertThat(allNext()).isEqualTo(all(3));

    lookup.answered(at(3), List.of());

    assertThat(lookup.isDone()).isTrue();
    assertThat(allNext()).isEmpty();
    assertThat(lookup.closest()).isEqualTo(all(1, 2, 3));
    assertThat(lookup.askedCount()).isEqualTo(3);
    assertThat(lookup.answeredCount()).isEqualTo(3);
  }

  @Test
  void silentContactFreesItsSlotAndItsPlace() {
    lookup.start(all(1, 2, 3, 4));
    allNext();

    lookup.silent(at(1));

    assertThat(allNext()).isEqualTo(all(3));
    lookup.answered(at(2), List.of());
    lookup.answered(at(3), List.of());
    assertThat(allNext()).isEqualTo(all(4));
    lookup.answered(at(4), List.of());
    assertThat(lookup.isDone()).isTrue();
    assertThat(lookup.closest()).isEqualTo(all(2, 3, 4));
  }

  @Test
  void lateAnswerStillCounts() {
    lookup.start(all(1, 2, 3, 4));
    allNext();
    lookup.silent(at(1));
    lookup.answered(at(1), List.of());
    lookup.answered(at(1), List.of());

    assertThat(lookup.answeredCount()).isEqualTo(1);
    assertThat(lookup.closest()).isEqualTo(all(1));
    assertThat(lookup.inFlight()).isEqualTo(1);
  }

  @Test
  void silentContactIsAskedOnceMoreWhereFewAreLeft() {
    lookup.start(all(1, 2));
    allNext();
    lookup.answered(at(2), List.of());
    lookup.silent(at(1));

    assertThat(lookup.isDone()).isFalse();
    assertThat(allNext()).isEqualTo(all(1));
    lookup.silent(at(1));

    assertThat(allNext()).isEmpty();
    assertThat(lookup.isDone()).isTrue();
    assertThat(lookup.closest()).isEqualTo(all(2));
    assertThat(lookup.askedCount()).as("contacts, not requests").isEqualTo(2);
  }

  @Test
  void contactThatCannotBeAskedIsPassedOver() {
    lookup.start(all(1, 2));
    Contact first = lookup.next().orElseThrow();
    lookup.unsendable(first);

    assertThat(allNext()).isEqualTo(all(2));
    lookup.answered(at(2), List.of());
    assertThat(lookup.isDone()).isTrue();
  }

  @Test
  void widensWhenAnswersBringNothingCloser() {
    lookup = lookup(Parameters.defaults().asLocal().withK(8));
    lookup.start(all(1, 2, 3, 4, 5, 6, 7, 8));
    assertThat(allNext()).hasSize(2);

    lookup.answered(at(1), List.of());
    assertThat(allNext()).as("alpha after one fruitless answer").isEqualTo(all(3));
    lookup.answered(at(2), all(200));
    assertThat(allNext()).as("all at once after two").isEqualTo(all(4, 5, 6, 7, 8));
    assertThat(lookup.inFlight()).isEqualTo(6);
  }

  @Test
  void fruitfulAnswerNarrowsAgain() {
    lookup = lookup(Parameters.defaults().asLocal().withK(3));
    lookup.start(all(10, 11, 12));
    allNext();
    lookup.answered(at(10), all(1, 2));

    assertThat(allNext()).isEqualTo(all(1));
  }

  @Test
  void disjointPathsShareNobody() {
    Parameters parameters = Parameters.defaults().asLocal().withK(3);
    Map<PublicKey, Lookup> askedBy = new HashMap<>();
    Lookup one = new Lookup(TARGET, parameters, 2, 2, askedBy, KademliaObserver.NONE);
    Lookup other = new Lookup(TARGET, parameters, 2, 2, askedBy, KademliaObserver.NONE);
    one.start(all(10, 12));
    other.start(all(11, 13));
    lookup = one;
    assertThat(allNext()).isEqualTo(all(10, 12));
    lookup = other;
    assertThat(allNext()).isEqualTo(all(11, 13));

    one.answered(at(10), all(1, 2));
    other.answered(at(11), all(1, 2, 3));
    lookup = one;
    assertThat(allNext()).isEqualTo(all(1));
    lookup = other;
    assertThat(allNext()).as("1 belongs to the other path").isEqualTo(all(2));
    one.answered(at(1), List.of());
    one.answered(at(12), List.of());
    assertThat(one.isDone()).as("its two closest answered").isTrue();
    other.silent(at(2));
    assertThat(allNext()).isEqualTo(all(3));
    other.answered(at(3), List.of());
    other.answered(at(13), List.of());
    assertThat(other.isDone()).isTrue();
    assertThat(Lookup.closest(List.of(one, other))).isEqualTo(all(1, 3, 10));
  }

  @Test
  void nobodyToAskIsDoneAtOnce() {
    assertThat(lookup.isEmpty()).isTrue();
    assertThat(lookup.isDone()).isTrue();
    assertThat(lookup.closest()).isEmpty();
  }

  @Test
  void oneKeyIsOneOfTheClosest() {
    Contact one = Peers.toy(1, 7);
    Contact moved = new Contact(one.id(), one.key(), Peers.loopback(99));
    Contact third = new Contact(one.id(), one.key(), Peers.loopback(98));
    lookup.start(List.of(one, moved, third));

    assertThat(allNext()).as("two addresses per key are tried").containsExactly(one, moved);
    lookup.answered(one, List.of());
    lookup.answered(moved, List.of());

    assertThat(lookup.closest()).containsExactly(one);
    assertThat(lookup.isDone()).isTrue();
  }

  @Test
  void strangersWhoAnswerAreIgnored() {
    lookup.start(all(1));
    lookup.answered(at(9), all(2));
    lookup.silent(at(9));
    assertThat(lookup.answeredCount()).isZero();
    assertThat(allNext()).isEqualTo(all(1));
  }

  @Test
  void atMostTwoOfTheClosestAreOfOneSubnet() {
    lookup = new Lookup(TARGET, Parameters.defaults().withK(3), 4, KademliaObserver.NONE);
    List<Contact> neighbours = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      neighbours.add(
          new Contact(Peers.id(i), Peers.key(i), Peers.address("203.0.113." + i + ":4848")));
    }
    Contact elsewhere = new Contact(Peers.id(9), Peers.key(9), Peers.address("198.51.100.1:4848"));
    lookup.start(neighbours);
    lookup.start(List.of(elsewhere));

    assertThat(allNext()).containsExactly(neighbours.get(0), neighbours.get(1), elsewhere);
    lookup.silent(neighbours.get(0));
    assertThat(allNext()).containsExactly(neighbours.get(2));
    lookup.answered(neighbours.get(1), List.of());
    lookup.answered(neighbours.get(2), List.of());
    lookup.answered(elsewhere, List.of());

    assertThat(lookup.isDone()).isTrue();
    assertThat(lookup.closest()).containsExactly(neighbours.get(1), neighbours.get(2), elsewhere);
  }

  @Test
  void shortlistIsBoundedAndKeepsTheClosest() {
    lookup = lookup(Parameters.defaults().asLocal());
    List<Contact> far = new ArrayList<>();
    for (int i = 0; i < Protocol.MAX_SHORTLIST; i++) {
      far.add(new Contact(new NodeId(1L << 62, 0, 0, i), Peers.key(i), Peers.loopback(i)));
    }
    lookup.start(far);
    Contact asked = lookup.next().orElseThrow();

    lookup.answered(asked, all(1));
    assertThat(lookup.next()).contains(at(1));
    assertThat(limits).isEmpty();

    lookup.answered(
        at(1), List.of(new Contact(Peers.id(255), Peers.key(999), Peers.loopback(999))));
    assertThat(limits).containsEntry(KademliaObserver.Limit.SHORTLIST, 1);
  }

  @Test
  void lookupThatIsFedForEverEnds() {
    lookup = lookup(Parameters.defaults().asLocal());
    int next = 5_000;
    lookup.start(List.of(endless(next)));
    int requests = 0;
    for (Optional<Contact> ask = lookup.next(); ask.isPresent(); ask = lookup.next()) {
      requests++;
      lookup.answered(ask.get(), List.of(endless(--next), endless(--next)));
    }

    assertThat(requests).isEqualTo(Protocol.MAX_ASKED_PER_LOOKUP);
    assertThat(lookup.isDone()).isTrue();
    assertThat(limits).containsKey(KademliaObserver.Limit.ASKED_PER_LOOKUP);
  }

  @Test
  void liarWhoInventsCloserContactsIsLeftAloneAfterThree() {
    lookup.start(all(100, 101, 102));
    assertThat(allNext()).isEqualTo(all(100, 101));
    lookup.answered(at(100), all(1, 2, 3, 4, 5, 6, 7, 8));
    assertThat(allNext()).isEqualTo(all(1));
    lookup.answered(at(101), all(8, 20, 21));
    assertThat(allNext()).isEqualTo(all(2));
    lookup.silent(at(1));
    lookup.silent(at(2));
    assertThat(allNext()).isEqualTo(all(3, 4));
    lookup.silent(at(3));
    assertThat(allNext()).as("8 was named by somebody else as well").isEqualTo(all(8));
    lookup.silent(at(4));
    lookup.answered(at(8), List.of());
    assertThat(allNext()).isEqualTo(all(20, 21));
    lookup.answered(at(20), List.of());
    lookup.answered(at(21), List.of());
    assertThat(lookup.isDone()).isTrue();
    assertThat(lookup.closest()).isEqualTo(all(8, 20, 21));
  }

  @Test
  void contactsNamedByALiarAreAskedWhenNobodyElseIsLeft() {
    lookup.start(all(100));
    assertThat(allNext()).isEqualTo(all(100));
    lookup.answered(at(100), all(1, 2, 3, 4, 5));
    for (int silent = 1; silent <= 3; silent++) {
      allNext();
      lookup.silent(at(silent));
    }
    assertThat(allNext()).isEqualTo(all(5));
    lookup.answered(at(4), List.of());
    lookup.answered(at(5), List.of());
    assertThat(lookup.closest()).isEqualTo(all(4, 5, 100));
  }

  @Test
  void lateReferralIsHeldAgainstNobody() {
    lookup.start(all(100, 101, 102));
    assertThat(allNext()).isEqualTo(all(100, 101));
    lookup.answered(at(100), all(1, 2, 3, 4, 5));
    lookup.answered(at(101), all(50));
    for (int silent = 1; silent <= 3; silent++) {
      allNext();
      lookup.silent(at(silent));
    }
    lookup.answered(at(3), List.of());
    assertThat(lookup.inFlight()).isEqualTo(1);
    assertThat(allNext()).as("two were silent, one was only late").isEqualTo(all(5));
  }

  @Test
  void inventedContactsMakeRoomInAFullShortlist() {
    lookup = lookup(Parameters.defaults().asLocal());
    List<Contact> known = new ArrayList<>();
    for (int i = 0; i < Protocol.MAX_SHORTLIST - 4; i++) {
      known.add(new Contact(new NodeId(1L << 62, 0, 0, i), Peers.key(i), Peers.loopback(i)));
    }
    lookup.start(known);
    Contact liar = lookup.next().orElseThrow();
    lookup.answered(liar, List.of(endless(1), endless(2), endless(3), endless(4)));
    for (int silent = 1; silent <= 3; silent++) {
      lookup.next();
      lookup.silent(endless(silent));
    }
    Contact honest = lookup.next().orElseThrow();
    Contact farther = Peers.toy(0b1000_0000, 999);
    lookup.answered(honest, List.of(farther));
    assertThat(limits).as("the fourth invention made room").isEmpty();
  }

  private static Contact endless(int distance) {
    return new Contact(
        new NodeId(0, 0, 0, distance), Peers.key(distance), Peers.loopback(distance));
  }
}
