package dev.wsn.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KeyedHashTest {
  private static final byte[] COUNTING = new byte[KeyedHash.KEY_BYTES];

  static {
    for (int i = 0; i < COUNTING.length; i++) {
      COUNTING[i] = (byte) i;
    }
  }

  /** From the reference implementation, {@code vectors.h}: key 00..0f, text 00..(n-1). */
  @Test
  void referenceVectorsHold() {
    KeyedHash hash = new KeyedHash(COUNTING);
    assertThat(hash.of(COUNTING, 0)).isEqualTo(0x726fdb47dd0e0e31L);
    assertThat(hash.of(COUNTING, 1)).isEqualTo(0x74f839c593dc67fdL);
    assertThat(hash.of(COUNTING, 2)).isEqualTo(0x0d6c8009d9a94f5aL);
    assertThat(hash.of(COUNTING, 8)).isEqualTo(0x93f5f5799a932462L);
    assertThat(hash.of(COUNTING, 15)).as("the paper's example").isEqualTo(0xa129ca6149be45e5L);
  }

  @Test
  void keyIsCopiedAndItsLengthChecked() {
    byte[] key = COUNTING.clone();
    KeyedHash hash = new KeyedHash(key);
    key[0] = 1;
    assertThat(hash.of(COUNTING, 15)).isEqualTo(0xa129ca6149be45e5L);
    assertThat(hash).hasToString("KeyedHash(_)");
    assertThatThrownBy(() -> new KeyedHash(new byte[32]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> hash.of(COUNTING, 17)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
