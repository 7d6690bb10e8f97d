package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The axioms of the metric (Kademlia 2.1). */
class DistanceTest {
  @Provide
  Arbitrary<NodeId> ids() {
    // Few different values per part, so that ids share long prefixes and are sometimes equal.
    Arbitrary<Long> part =
        Arbitraries.oneOf(Arbitraries.of(0L, 1L, -1L, Long.MIN_VALUE), Arbitraries.longs());
    return Combinators.combine(part, part, part, part).as(NodeId::new);
  }

  @Property
  void isZeroOnlyForEqualIds(@ForAll("ids") NodeId x, @ForAll("ids") NodeId y) {
    assertThat(x.distanceTo(y).isZero()).isEqualTo(x.equals(y));
    assertThat(x.distanceTo(x)).isEqualTo(Distance.ZERO);
  }

  @Property
  void isSymmetric(@ForAll("ids") NodeId x, @ForAll("ids") NodeId y) {
    assertThat(x.distanceTo(y)).isEqualTo(y.distanceTo(x));
  }

  @Property
  void neverMakesDetoursShorter(
      @ForAll("ids") NodeId x, @ForAll("ids") NodeId y, @ForAll("ids") NodeId z) {
    assertThat(number(x, z)).isLessThanOrEqualTo(number(x, y).add(number(y, z)));
  }

  @Property
  void hasOneIdPerDistance(
      @ForAll("ids") NodeId x, @ForAll("ids") NodeId y, @ForAll("ids") NodeId z) {
    assertThat(x.distanceTo(y).equals(x.distanceTo(z))).isEqualTo(y.equals(z));
  }

  @Property
  void isOrderedAsANumber(
      @ForAll("ids") NodeId x, @ForAll("ids") NodeId y, @ForAll("ids") NodeId z) {
    int order = x.distanceTo(y).compareTo(x.distanceTo(z));
    assertThat(Integer.signum(order)).isEqualTo(number(x, y).compareTo(number(x, z)));
  }

  @Property
  void bucketIsThePositionOfTheHighestBit(@ForAll("ids") NodeId x, @ForAll("ids") NodeId y) {
    Distance distance = x.distanceTo(y);
    assertThat(distance.sharedBits()).isEqualTo(256 - number(x, y).bitLength());
    if (!distance.isZero()) {
      assertThat(distance.bucketIndex()).isEqualTo(number(x, y).bitLength() - 1);
    }
  }

  @Test
  void ownIdHasNoBucket() {
    assertThatIllegalStateException().isThrownBy(Distance.ZERO::bucketIndex);
  }

  private static BigInteger number(NodeId x, NodeId y) {
    return new BigInteger(1, x.bytes()).xor(new BigInteger(1, y.bytes()));
  }
}
