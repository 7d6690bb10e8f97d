package dev.wsn.crypto.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.Aead;
import dev.wsn.crypto.Vectors;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SessionTest {
  private static final byte[] KEY_1 =
      Vectors.hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  private static final byte[] KEY_2 = new byte[32];
  private static final byte[] HASH = new byte[32];
  private static final byte[] MESSAGE = {1, 2, 3};

  private final CipherState sending = new CipherState(new AesGcm(), KEY_1);
  private final CipherState receiving = new CipherState(new AesGcm(), KEY_1);
  private final Session here = new Session(sending, new CipherState(new AesGcm(), KEY_2), HASH);
  private final Session there = new Session(new CipherState(new AesGcm(), KEY_2), receiving, HASH);

  @Test
  void messagesArriveInOrderAndOnce() {
    byte[] first = here.encrypt(MESSAGE);
    byte[] second = here.encrypt(MESSAGE);
    assertThat(first).isNotEqualTo(second).hasSize(MESSAGE.length + Session.TAG_BYTES);
    assertRefused(second);
    assertThat(there.decrypt(first)).isEqualTo(MESSAGE);
    assertRefused(first);
    assertThat(there.decrypt(second)).isEqualTo(MESSAGE);
    assertThat(here.sent()).isEqualTo(2);
    assertThat(there.received()).isEqualTo(2);
    assertThat(here.received()).isZero();
    assertThat(there.sent()).isZero();
  }

  @Test
  void aReflectedMessageIsRefused() {
    byte[] message = here.encrypt(MESSAGE);
    assertThatThrownBy(() -> here.decrypt(message)).isInstanceOf(AuthenticationException.class);
  }

  @Test
  void aChangedMessageIsRefusedAndTheRightOneStillWorks() {
    byte[] message = here.encrypt(MESSAGE);
    for (int i = 0; i < message.length; i++) {
      byte[] changed = message.clone();
      changed[i] ^= 1;
      assertRefused(changed);
      assertRefused(Arrays.copyOf(message, i));
    }
    assertRefused(new byte[Session.MAX_MESSAGE_BYTES + 1]);
    assertThat(there.decrypt(message)).isEqualTo(MESSAGE);
  }

  @Test
  void lengthsAreBounded() {
    byte[] most = new byte[Session.MAX_PLAINTEXT_BYTES];
    byte[] message = here.encrypt(most);
    assertThat(message).hasSize(Session.MAX_MESSAGE_BYTES);
    assertThat(there.decrypt(message)).isEqualTo(most);
    assertThatThrownBy(() -> here.encrypt(new byte[most.length + 1]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(there.decrypt(here.encrypt(new byte[0]))).isEmpty();
  }

  @Test
  void worksInTheCallersArray() {
    byte[] buffer = new byte[64];
    System.arraycopy(MESSAGE, 0, buffer, 5, MESSAGE.length);
    assertThat(here.encrypt(buffer, 5, MESSAGE.length, buffer, 5)).isEqualTo(19);
    assertThat(there.decrypt(buffer, 5, 19, buffer, 5)).isEqualTo(MESSAGE.length);
    assertThat(Arrays.copyOfRange(buffer, 5, 8)).isEqualTo(MESSAGE);
    assertThatThrownBy(() -> there.decrypt(buffer, 60, 19, buffer, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void rekeyingChangesBothSidesAndKeepsTheNonce() {
    there.decrypt(here.encrypt(MESSAGE));
    here.rekeySend();
    byte[] message = here.encrypt(MESSAGE);
    assertRefused(message);
    there.rekeyReceive();
    assertThat(there.decrypt(message)).isEqualTo(MESSAGE);
    assertThat(here.sent()).isEqualTo(2);
  }

  /** Noise section 4.2: the first 32 bytes of ENCRYPT(k, 2^64-1, nothing, 32 zeros). */
  @Test
  void rekeyIsTheFunctionOfTheSpecification() {
    byte[] nonce = Vectors.hex("00000000ffffffffffffffff");
    byte[] box = new Aead(KEY_1).seal(nonce, new byte[0], new byte[32]);
    CipherState expected = new CipherState(new AesGcm(), Arrays.copyOf(box, 32));
    sending.rekey();
    byte[] out = new byte[MESSAGE.length + Session.TAG_BYTES];
    expected.encryptWithAd(new byte[0], MESSAGE, 0, MESSAGE.length, out, 0);
    assertThat(here.encrypt(MESSAGE)).isEqualTo(out);
  }

  @Test
  void theLastNonceIsNeverUsed() {
    sending.setNonce(CipherState.RESERVED_NONCE - 1);
    receiving.setNonce(CipherState.RESERVED_NONCE - 1);
    byte[] last = here.encrypt(MESSAGE);
    assertThat(there.decrypt(last)).isEqualTo(MESSAGE);
    assertThat(Long.toUnsignedString(here.sent())).isEqualTo("18446744073709551615");
    assertThatThrownBy(() -> here.encrypt(MESSAGE)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> there.decrypt(last)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theHashIsACopyAndTheTextShowsNothing() {
    here.handshakeHash()[0] = 1;
    assertThat(here.handshakeHash()).containsOnly(0);
    assertThat(here).hasToString("Session(_)");
    assertThat(new AuthenticationException().getStackTrace()).isEmpty();
  }

  @Property(tries = 300)
  void anyMessageIsRefused(@ForAll @Size(max = 100) byte[] message) {
    assertRefused(message);
  }

  private void assertRefused(byte[] message) {
    assertThatThrownBy(() -> there.decrypt(message)).isInstanceOf(AuthenticationException.class);
  }
}
