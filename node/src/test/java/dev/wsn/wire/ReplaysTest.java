package dev.wsn.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ReplaysTest {
  private record Request(long caller, long head, int tail) {}

  /** Few different callers and nonces, so that the table is full of neighbours and gaps. */
  @Property(tries = 200)
  void remembersExactlyTheLastOnes(
      @ForAll @IntRange(min = 1, max = 70) int max, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Replays replays = new Replays(max, random);
    Deque<Request> expected = new ArrayDeque<>();
    for (int i = 0; i < 600; i++) {
      Request request = new Request(random.nextInt(3), random.nextInt(20), random.nextInt(3));
      boolean isKnown = replays.contains(request.caller(), request.head(), request.tail());
      assertThat(isKnown).isEqualTo(expected.contains(request));
      if (!isKnown) {
        boolean isFull = replays.add(request.caller(), request.head(), request.tail());
        assertThat(isFull).isEqualTo(expected.size() == max);
        expected.addLast(request);
        if (expected.size() > max) {
          expected.removeFirst();
        }
      }
    }
  }

  @Test
  void everyPartOfARequestCounts() {
    Replays replays = new Replays(8, new SplittableRandom(1));
    assertThat(replays.add(1, 2, 3)).isFalse();
    assertThat(replays.contains(1, 2, 3)).isTrue();
    assertThat(replays.contains(0, 2, 3)).isFalse();
    assertThat(replays.contains(1, 0, 3)).isFalse();
    assertThat(replays.contains(1, 2, 0)).isFalse();
  }
}
