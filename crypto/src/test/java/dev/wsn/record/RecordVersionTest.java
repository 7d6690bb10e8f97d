package dev.wsn.record;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The order of versions is total, and it is NIP-01's. */
class RecordVersionTest {
  @Test
  void newestWinsAndTheLowestIdAtEqualTimes() {
    assertThat(version(2, 9).supersedes(version(1, 1))).isTrue();
    assertThat(version(1, 1).supersedes(version(1, 2))).isTrue();
    assertThat(version(1, 1).supersedes(version(1, 1))).isFalse();
    assertThat(version(1, 0x7f).supersedes(version(1, 0x80))).isTrue();
  }

  @Property
  void orderIsAntisymmetricAndAgreesWithEquals(
      @ForAll("versions") RecordVersion a, @ForAll("versions") RecordVersion b) {
    assertThat(Integer.signum(a.compareTo(b))).isEqualTo(-Integer.signum(b.compareTo(a)));
    assertThat(a.compareTo(b) == 0).isEqualTo(a.equals(b));
    assertThat(a.supersedes(b) || b.supersedes(a) || a.equals(b)).isTrue();
  }

  @Property
  void orderIsTransitive(
      @ForAll("versions") RecordVersion a,
      @ForAll("versions") RecordVersion b,
      @ForAll("versions") RecordVersion c) {
    if (a.compareTo(b) <= 0 && b.compareTo(c) <= 0) {
      assertThat(a.compareTo(c)).isNotPositive();
    }
  }

  @Provide
  Arbitrary<RecordVersion> versions() {
    // Few values, so that equal times and equal ids are common.
    return Combinators.combine(
            Arbitraries.longs().between(0, 3), Arbitraries.of(0, 1, 0x7f, 0x80, 0xff))
        .as(RecordVersionTest::version);
  }

  private static RecordVersion version(long createdAt, int firstByte) {
    byte[] id = new byte[32];
    id[0] = (byte) firstByte;
    return new RecordVersion(createdAt, EventId.of(id));
  }
}
