package dev.wsn.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Serial;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The values: keys and signatures. */
class KeysTest {
  private static final String ORDER =
      "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
  private static final String MOST =
      "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        ORDER,
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "",
        "01",
      })
  void aSecretKeyIsAScalarBelowTheOrder(String hex) {
    assertThatThrownBy(() -> SecretKey.of(Vectors.hex(hex)))
        .isInstanceOf(MalformedKeyException.class);
  }

  @Test
  void theGreatestSecretKeyIsOne() {
    SecretKey most = SecretKey.of(Vectors.hex(MOST));
    assertThat(most.reveal()).isEqualTo(Vectors.hex(MOST));
  }

  @Test
  void aSecretKeyIsIndependentOfItsArrays() {
    byte[] bytes = Vectors.hex(MOST);
    SecretKey secret = SecretKey.of(bytes);
    Arrays.fill(bytes, (byte) 1);
    Arrays.fill(secret.reveal(), (byte) 1);
    assertThat(secret.reveal()).isEqualTo(Vectors.hex(MOST));
  }

  @Test
  void aSecretKeyShowsNothing() {
    SecretKey secret = SecretKey.of(Vectors.hex(MOST));
    SecretKey other = SecretKey.generate(new SecureRandom());
    assertThat(secret).hasToString("SecretKey(_)").hasSameHashCodeAs(other);
    assertThat(secret).isEqualTo(SecretKey.of(Vectors.hex(MOST))).isNotEqualTo(other);
    assertThat(secret.equals((Object) MOST)).isFalse();
  }

  @Test
  void aWipedSecretKeyIsRefused() {
    SecretKey secret = SecretKey.of(Vectors.hex(MOST));
    secret.close();
    assertThatThrownBy(secret::reveal).isInstanceOf(IllegalStateException.class);
    secret.close();
  }

  @Test
  void generationAsksAgainUntilTheScalarIsInRange() {
    SecretKey secret = SecretKey.generate(new Scripted(new byte[32], Vectors.hex(ORDER), scalar()));
    assertThat(secret.reveal()).isEqualTo(scalar());
  }

  @Test
  void publicKeysAreOrderedAsUnsignedBytes() {
    PublicKey low = PublicKey.fromHex("7f" + "00".repeat(31));
    PublicKey high = PublicKey.fromHex("80" + "00".repeat(31));
    assertThat(low).isLessThan(high).isNotEqualTo(high).isEqualByComparingTo(low);
    assertThat(low).isEqualTo(PublicKey.of(low.bytes())).hasToString(low.hex());
    assertThat(low).hasSameHashCodeAs(PublicKey.of(low.bytes()));
    assertThat(low.equals((Object) low.hex())).isFalse();
    low.bytes()[0] = 0;
    assertThat(low.hex()).startsWith("7f");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "00", "zz00000000000000000000000000000000000000000000000000000000000000"})
  void aPublicKeyInHexIs64Digits(String hex) {
    assertThatThrownBy(() -> PublicKey.fromHex(hex)).isInstanceOf(MalformedKeyException.class);
    assertThatThrownBy(() -> PublicKey.of(new byte[33])).isInstanceOf(MalformedKeyException.class);
  }

  @Test
  void aSignatureIs64Bytes() {
    Signature signature = Signature.of(new byte[64]);
    assertThat(signature).hasToString("00".repeat(64)).isEqualTo(Signature.of(new byte[64]));
    assertThat(signature).hasSameHashCodeAs(Signature.of(new byte[64]));
    byte[] other = signature.bytes();
    other[63] = 1;
    assertThat(signature).isNotEqualTo(Signature.of(other));
    assertThat(signature.equals((Object) signature.hex())).isFalse();
    assertThatThrownBy(() -> Signature.of(new byte[63]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] scalar() {
    byte[] scalar = new byte[32];
    scalar[31] = 7;
    return scalar;
  }

  /** A source that gives these blocks in turn. */
  private static final class Scripted extends SecureRandom {
    @Serial private static final long serialVersionUID = 1L;

    Scripted(byte[]... blocks) {
      super(new Blocks(blocks), null);
    }
  }

  private static final class Blocks extends SecureRandomSpi {
    @Serial private static final long serialVersionUID = 1L;
    private final byte[][] blocks;
    private int next;

    Blocks(byte[][] blocks) {
      this.blocks = blocks;
    }

    @Override
    protected void engineSetSeed(byte[] seed) {}

    @Override
    protected void engineNextBytes(byte[] target) {
      System.arraycopy(blocks[next++], 0, target, 0, target.length);
    }

    @Override
    protected byte[] engineGenerateSeed(int count) {
      return new byte[count];
    }
  }
}
