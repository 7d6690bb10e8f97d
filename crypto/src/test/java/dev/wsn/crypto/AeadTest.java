package dev.wsn.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AeadTest {
  private static final byte[] KEY =
      Vectors.hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  private static final byte[] NONCE = Vectors.hex("cafebabefacedbaddecaf888");
  private static final byte[] PLAINTEXT =
      Vectors.hex(
          "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
              + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  private static final byte[] ASSOCIATED = Vectors.hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  private static final byte[] SEALED =
      Vectors.hex(
          "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
              + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
              + "76fc6ece0f4e1768cddf8853bb2d551b");

  /** The GCM specification of McGrew and Viega, test case 16. */
  @Test
  void theVectorOfTheGcmSpecificationHolds() {
    assertThat(new Aead(KEY).seal(NONCE, ASSOCIATED, PLAINTEXT)).isEqualTo(SEALED);
    assertThat(new Aead(KEY).open(NONCE, ASSOCIATED, SEALED)).contains(PLAINTEXT);
  }

  @Test
  void aChangeAnywhereIsRefused() {
    Aead aead = new Aead(KEY);
    for (int i = 0; i < SEALED.length; i++) {
      byte[] changed = SEALED.clone();
      changed[i] ^= 1;
      assertThat(aead.open(NONCE, ASSOCIATED, changed)).as("byte %d", i).isEmpty();
    }
    byte[] otherNonce = NONCE.clone();
    otherNonce[11] ^= 1;
    assertThat(aead.open(otherNonce, ASSOCIATED, SEALED)).isEmpty();
    assertThat(aead.open(NONCE, new byte[0], SEALED)).isEmpty();
    assertThat(new Aead(new byte[32]).open(NONCE, ASSOCIATED, SEALED)).isEmpty();
  }

  @Test
  void shorterThanATagIsRefused() {
    Aead aead = new Aead(KEY);
    for (int length = 0; length < SEALED.length; length++) {
      assertThat(aead.open(NONCE, ASSOCIATED, Arrays.copyOf(SEALED, length))).isEmpty();
    }
  }

  @Test
  void sealsAndOpensInPlace() {
    byte[] buffer = new byte[100];
    System.arraycopy(PLAINTEXT, 0, buffer, 7, PLAINTEXT.length);
    Aead aead = new Aead(KEY);
    assertThat(aead.seal(NONCE, ASSOCIATED, buffer, 7, PLAINTEXT.length, buffer, 7))
        .isEqualTo(SEALED.length);
    assertThat(Arrays.copyOfRange(buffer, 7, 7 + SEALED.length)).isEqualTo(SEALED);
    assertThat(aead.open(NONCE, ASSOCIATED, buffer, 7, SEALED.length, buffer, 3))
        .hasValue(PLAINTEXT.length);
    assertThat(Arrays.copyOfRange(buffer, 3, 3 + PLAINTEXT.length)).isEqualTo(PLAINTEXT);
  }

  @Test
  void nothingIsWrittenUnlessTheTagIsRight() {
    byte[] forged = SEALED.clone();
    forged[forged.length - 1] ^= 1;
    byte[] target = new byte[PLAINTEXT.length];
    assertThat(new Aead(KEY).open(NONCE, ASSOCIATED, forged, 0, forged.length, target, 0))
        .isEmpty();
    assertThat(target).containsOnly(0);
  }

  @Test
  void theSameNonceTwiceInARowIsRefused() {
    Aead aead = new Aead(KEY);
    aead.seal(NONCE, ASSOCIATED, PLAINTEXT);
    assertThatThrownBy(() -> aead.seal(NONCE, ASSOCIATED, PLAINTEXT))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void lengthsAreChecked() {
    Aead aead = new Aead(KEY);
    assertThatThrownBy(() -> new Aead(new byte[16])).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> aead.seal(new byte[11], ASSOCIATED, PLAINTEXT))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> aead.open(new byte[13], ASSOCIATED, SEALED))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> aead.seal(NONCE, ASSOCIATED, PLAINTEXT, 0, 60, new byte[75], 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> aead.seal(NONCE, ASSOCIATED, PLAINTEXT, 1, 60, new byte[99], 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> aead.open(NONCE, ASSOCIATED, SEALED, 0, 76, new byte[59], 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> aead.open(NONCE, ASSOCIATED, SEALED, 1, 76, new byte[99], 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void theTextShowsNoKey() {
    assertThat(new Aead(KEY)).hasToString("Aead(_)");
  }

  @Property(tries = 200)
  void whatWasSealedOpens(
      @ForAll @Size(32) byte[] key,
      @ForAll @Size(12) byte[] nonce,
      @ForAll @Size(max = 40) byte[] associated,
      @ForAll @Size(max = 300) byte[] plaintext,
      @ForAll @IntRange(max = 20) int offset) {
    Aead aead = new Aead(key);
    byte[] sealed = new byte[offset + plaintext.length + Aead.TAG_BYTES];
    int written = aead.seal(nonce, associated, plaintext, 0, plaintext.length, sealed, offset);
    assertThat(written).isEqualTo(plaintext.length + Aead.TAG_BYTES);
    byte[] box = Arrays.copyOfRange(sealed, offset, sealed.length);
    assertThat(aead.open(nonce, associated, box)).contains(plaintext);
  }
}
