package dev.wsn.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.PublicKey;
import dev.wsn.metrics.Tally;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys are derived once per peer and role, kept for those used last, and never wear out. */
class PairKeysTest {
  private static final PublicKey SELF = key(0);

  private final List<PublicKey> agreements = new ArrayList<>();
  private final Tally<Forgotten> forgotten = new Tally<>(Forgotten.class);

  @Test
  void keysAreDerivedOncePerPeer() {
    PairKeys keys = keys(new Limits(2, 1, 1, 1, Rates.defaults()));
    PairKeys.Pair first = keys.withCallee(key(1)).orElseThrow();
    assertThat(keys.withCallee(key(1))).containsSame(first);
    assertThat(keys.withCallee(key(2)).orElseThrow()).isNotSameAs(first);
    assertThat(agreements).containsExactly(key(1), key(2));
  }

  @Test
  void bothRolesShareOneAgreement() {
    PairKeys keys = keys(new Limits(2, 1, 1, 1, Rates.defaults()));
    PairKeys.Pair asCaller = keys.withCallee(key(1)).orElseThrow();
    PairKeys.Pair asCallee = keys.withCaller(key(1)).orElseThrow();
    assertThat(asCallee).isNotSameAs(asCaller);
    keys.keep(key(2), keys.withCaller(key(2)).orElseThrow());
    assertThat(keys.withCallee(key(2))).isPresent();
    assertThat(agreements).containsExactly(key(1), key(2));
  }

  @Test
  void peerUsedLeastRecentlyIsForgotten() {
    PairKeys keys = keys(new Limits(2, 1, 1, 1, Rates.defaults()));
    keys.withCallee(key(1));
    keys.withCallee(key(2));
    keys.withCallee(key(1));
    keys.withCallee(key(3));
    keys.withCallee(key(1));
    assertThat(agreements).containsExactly(key(1), key(2), key(3));
    keys.withCallee(key(2));
    assertThat(agreements).containsExactly(key(1), key(2), key(3), key(2));
  }

  @Test
  void callersDoNotPushOutCallees() {
    PairKeys keys = keys(new Limits(2, 1, 1, 1, Rates.defaults()));
    keys.withCallee(key(1));
    for (int i = 2; i < 10; i++) {
      keys.keep(key(i), keys.withCaller(key(i)).orElseThrow());
    }
    agreements.clear();
    keys.withCallee(key(1));
    assertThat(agreements).isEmpty();
  }

  @Test
  void callerIsKeptOnlyOnceItIsProven() {
    PairKeys keys = keys(new Limits(2, 1, 1, 1, Rates.defaults()));
    PairKeys.Pair stranger = keys.withCaller(key(1)).orElseThrow();
    assertThat(keys.withCaller(key(1)).orElseThrow()).isNotSameAs(stranger);
    keys.keep(key(1), stranger);
    keys.keep(key(1), stranger);
    assertThat(keys.withCaller(key(1))).containsSame(stranger);
    assertThat(agreements).containsExactly(key(1), key(1));
  }

  @Test
  void ciphersOfTheHotPairsAreKept() {
    PairKeys keys = keys(new Limits(4, 1, 1, 1, Rates.defaults()));
    PairKeys.Pair first = keys.withCallee(key(1)).orElseThrow();
    PairKeys.Pair second = keys.withCallee(key(2)).orElseThrow();
    var cipher = keys.cipher(first, Datagrams.REQUEST);
    assertThat(keys.cipher(first, Datagrams.REQUEST)).isSameAs(cipher);
    assertThat(keys.cipher(first, Datagrams.REPLY)).isNotSameAs(cipher);
    keys.cipher(second, Datagrams.REPLY);
    assertThat(keys.cipher(first, Datagrams.REQUEST)).isNotSameAs(cipher);
  }

  @Test
  void strangersDoNotCoolTheHotPairs() {
    PairKeys keys = keys(new Limits(4, 1, 1, 1, Rates.defaults()));
    PairKeys.Pair callee = keys.withCallee(key(1)).orElseThrow();
    var cipher = keys.cipher(callee, Datagrams.REQUEST);
    keys.cipher(keys.withCaller(key(2)).orElseThrow(), Datagrams.REQUEST);
    assertThat(keys.cipher(callee, Datagrams.REQUEST)).isSameAs(cipher);
  }

  @Test
  void keyStopsAfterTwoToThe32Datagrams() {
    PairKeys.Pair pair = keys(Limits.defaults()).withCallee(key(1)).orElseThrow();
    pair.sealedSoFar((1L << 32) - 1);
    assertThat(pair.countOne()).isTrue();
    assertThat(pair.countOne()).isFalse();
  }

  @Test
  void keysAreNotPrinted() {
    assertThat(keys(Limits.defaults()).withCallee(key(1)).orElseThrow()).hasToString("Pair(_)");
  }

  @Test
  void networkNameIsShortAndPrintable() {
    for (String name : List.of("", " ", "a b", "näher", "x".repeat(65))) {
      assertThatThrownBy(
              () -> new PairKeys(SELF, this::agree, name, Limits.defaults(), forgotten::count))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(new PairKeys(SELF, this::agree, "x".repeat(64), Limits.defaults(), forgotten::count))
        .isNotNull();
  }

  private PairKeys keys(Limits limits) {
    return new PairKeys(SELF, this::agree, "main", limits, forgotten::count);
  }

  private byte[] agree(PublicKey peer) {
    agreements.add(peer);
    return peer.bytes();
  }

  private static PublicKey key(int number) {
    return PublicKey.of(ByteBuffer.allocate(32).putInt(28, number).array());
  }
}
