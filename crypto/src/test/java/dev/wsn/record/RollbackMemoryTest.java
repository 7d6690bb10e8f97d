package dev.wsn.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.PublicKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** An older record never wins again, within stated bounds. */
class RollbackMemoryTest {
  private static final long DAY = 86_400;

  private final RollbackMemory memory = new RollbackMemory(3);

  @Test
  void unknownKeyAdmitsAnything() {
    assertThat(memory.admits(key(1), version(5, 1))).isTrue();
    assertThat(memory.newest(key(1))).isEmpty();
  }

  @Test
  void olderVersionIsNotAdmittedAndNotRemembered() {
    memory.remember(key(1), version(100, 1));
    assertThat(memory.admits(key(1), version(99, 0))).isFalse();
    memory.remember(key(1), version(99, 0));
    assertThat(memory.newest(key(1))).contains(version(100, 1));
  }

  @Test
  void sameAndNewerVersionsAreAdmitted() {
    memory.remember(key(1), version(100, 1));
    assertThat(memory.admits(key(1), version(100, 1))).isTrue();
    assertThat(memory.admits(key(1), version(101, 9))).isTrue();
    assertThat(memory.admits(key(2), version(1, 1))).isTrue();
  }

  @Test
  void atEqualTimesTheLowestIdWins() {
    memory.remember(key(1), version(100, 5));
    assertThat(memory.admits(key(1), version(100, 4))).isTrue();
    assertThat(memory.admits(key(1), version(100, 6))).isFalse();
  }

  @Test
  void entryStaysUntilEveryOlderRecordHasExpired() {
    memory.remember(key(1), version(1000, 1));
    assertThat(memory.forget(1000 + DAY + 59)).isZero();
    assertThat(memory.admits(key(1), version(999, 1))).isFalse();
    assertThat(memory.forget(1000 + DAY + 60)).isEqualTo(1);
    assertThat(memory.size()).isZero();
    assertThat(memory.admits(key(1), version(999, 1))).isTrue();
  }

  @Test
  void newerVersionIsKeptLonger() {
    memory.remember(key(1), version(1000, 1));
    memory.remember(key(1), version(2000, 1));
    assertThat(memory.size()).isEqualTo(1);
    assertThat(memory.forget(1000 + DAY + 60)).isZero();
    assertThat(memory.admits(key(1), version(1999, 1))).isFalse();
  }

  @Test
  void fullMemoryDropsWhatItWouldForgetSoonest() {
    memory.remember(key(1), version(30, 1));
    memory.remember(key(2), version(10, 1));
    memory.remember(key(3), version(20, 1));
    memory.remember(key(4), version(15, 1));
    assertThat(memory.size()).isEqualTo(3);
    assertThat(memory.newest(key(2))).isEmpty();
    memory.remember(key(5), version(1, 1));
    assertThat(memory.newest(key(5))).isEmpty();
    assertThat(memory.size()).isEqualTo(3);
  }

  @Test
  void entriesPassInTheOrderOfForgetting() {
    memory.remember(key(1), version(30, 1));
    memory.remember(key(2), version(10, 1));
    memory.remember(key(3), version(20, 1));
    List<PublicKey> keys = new ArrayList<>();
    memory.forEach((key, version) -> keys.add(key));
    assertThat(keys).containsExactly(key(2), key(3), key(1));
  }

  @Test
  void memoryOfNothingIsRefused() {
    assertThatThrownBy(() -> new RollbackMemory(0)).isInstanceOf(IllegalArgumentException.class);
  }

  /** Against a map that never forgets: what this memory admits, the map admits or it had to go. */
  @Property
  void admitsExactlyWhatAnUnboundedMapAdmits(
      @ForAll @Size(max = 60) List<@IntRange(max = 399) Integer> seen) {
    RollbackMemory roomy = new RollbackMemory(10);
    RollbackMemory tight = new RollbackMemory(2);
    Map<PublicKey, RecordVersion> model = new HashMap<>();
    for (int step : seen) {
      PublicKey key = key(step % 4);
      RecordVersion version = version(step / 4 % 10, step / 40);
      boolean admitted = !model.containsKey(key) || !model.get(key).supersedes(version);
      assertThat(roomy.admits(key, version)).isEqualTo(admitted);
      assertThat(tight.admits(key, version) || !admitted).isTrue();
      model.merge(key, version, (a, b) -> a.supersedes(b) ? a : b);
      roomy.remember(key, version);
      tight.remember(key, version);
      assertThat(tight.size()).isLessThanOrEqualTo(2);
    }
    Map<PublicKey, RecordVersion> saved = new HashMap<>();
    roomy.forEach(saved::put);
    assertThat(saved).isEqualTo(model);
  }

  private static PublicKey key(int last) {
    byte[] bytes = new byte[32];
    bytes[31] = (byte) last;
    return PublicKey.of(bytes);
  }

  private static RecordVersion version(long createdAt, int id) {
    byte[] bytes = new byte[32];
    bytes[31] = (byte) id;
    return new RecordVersion(createdAt, EventId.of(bytes));
  }
}
