package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class NearestTest {
  /** Ids of few different heads and tails, so that all of an id decides. */
  @Property(tries = 500)
  void areTheClosestInOrder(
      @ForAll @IntRange(min = 1, max = 25) int max,
      @ForAll @IntRange(min = 0, max = 200) int added,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    NodeId target = id(random);
    Nearest nearest = new Nearest(target, max);
    List<Contact> all = new ArrayList<>();
    for (int i = 0; i < added; i++) {
      Contact contact = new Contact(id(random), Peers.key(i), Peers.loopback(i));
      all.add(contact);
      nearest.add(contact);
      assertThat(nearest.isFull()).isEqualTo(all.size() >= max);
    }
    Comparator<Contact> byDistance =
        Comparator.comparing(contact -> target.distanceTo(contact.id()));
    List<NodeId> closest = all.stream().sorted(byDistance).limit(max).map(Contact::id).toList();
    assertThat(nearest.contacts()).extracting(Contact::id).isEqualTo(closest);
  }

  private static NodeId id(SplittableRandom random) {
    long head = ((long) random.nextInt(3) << 16) | random.nextInt(3);
    long top = (long) random.nextInt(3) << 62;
    return new NodeId(top | head, random.nextInt(2), 0, random.nextInt(20));
  }

  @Test
  void refusesToMixUpMoreContactsThanItCanTellApart() {
    NodeId target = new NodeId(0, 0, 0, 0);
    Nearest nearest = new Nearest(target, 2);
    for (int i = 0; i < 1 << 16; i++) {
      nearest.add(
          new Contact(new NodeId(-1, 0, 0, (1 << 16) - i), Peers.key(1), Peers.loopback(1)));
    }
    Contact oneMore = new Contact(target, Peers.key(1), Peers.loopback(1));
    assertThatThrownBy(() -> nearest.add(oneMore)).isInstanceOf(IllegalStateException.class);
  }
}
