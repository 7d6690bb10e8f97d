package dev.wsn.resolver.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.SecretKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.resolver.Signed;
import dev.wsn.resolver.mirror.MirrorCounts.Sent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What waits for a mirror, and for how long. */
final class OutboxTest {
  private static final AddressRecord OLD =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(5), "203.0.113.7:4848");
  private static final AddressRecord NEW =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(1), "203.0.113.9:4848");

  private final MirrorCounts counts = new MirrorCounts();
  private final Outbox outbox = new Outbox(counts);

  private static AddressRecord ofKey(int number) {
    byte[] scalar = ByteBuffer.allocate(32).putInt(28, number + 1).array();
    return Signed.record(SecretKey.of(scalar), Duration.ZERO, "203.0.113.7:4848");
  }

  @Test
  void onlyTheNewestOfAKeyWaits() {
    outbox.add(OLD, 0);
    outbox.add(NEW, 0);
    outbox.add(OLD, 0);
    assertThat(outbox.size()).isEqualTo(1);
    assertThat(outbox.next(0)).isEqualTo(NEW.event());
    assertThat(outbox.next(0)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rate-limited: slow down", "error: disk"})
  void whatMayBeTakenLaterIsTriedLessAndLessOftenAndThenDropped(String reason) {
    outbox.add(NEW, 0);
    long now = 0;
    long lastPause = 0;
    for (int i = 0; i < Outbox.MAX_TRIES; i++) {
      NostrEvent event = Objects.requireNonNull(outbox.next(now));
      assertThat(outbox.answered(event.id().hex(), Sent.of(false, reason), now)).isTrue();
      long pause = 0;
      while (!outbox.hasDue(now + pause) && pause < 1 << 24) {
        pause += 1_000;
      }
      assertThat(pause).isGreaterThan(lastPause);
      lastPause = pause;
      now += pause;
    }
    assertThat(outbox.size()).isZero();
    assertThat(counts.of(Sent.of(false, reason))).isEqualTo(Outbox.MAX_TRIES);
    assertThat(counts.of(Sent.DROPPED)).isEqualTo(1);
  }

  @Test
  void noMoreThanAFewAreUnderWayAndNobodyWaitsForEver() {
    for (int i = 0; i < 50; i++) {
      outbox.add(ofKey(i), 0);
    }
    int sent = 0;
    while (outbox.next(0) != null) {
      sent++;
    }
    assertThat(sent).isEqualTo(Outbox.MAX_SENT);
    outbox.expect(Outbox.PATIENCE.toMillis() - 1);
    assertThat(counts.of(Sent.UNANSWERED)).isZero();
    outbox.expect(Outbox.PATIENCE.toMillis());
    assertThat(counts.of(Sent.UNANSWERED)).isEqualTo(Outbox.MAX_SENT);
    assertThat(outbox.size()).isEqualTo(50);
    assertThat(outbox.answered("00".repeat(32), Sent.ACCEPTED, 0)).isFalse();
    outbox.disconnected(0);
    assertThat(outbox.size()).isEqualTo(50);
  }

  @Test
  void whoWaitedLongestMakesRoomAndWhatExpiredGoes() {
    List<AddressRecord> many =
        java.util.stream.IntStream.rangeClosed(0, Outbox.MAX_WAITING)
            .mapToObj(OutboxTest::ofKey)
            .toList();
    many.forEach(each -> outbox.add(each, 0));
    assertThat(outbox.size()).isEqualTo(Outbox.MAX_WAITING);
    assertThat(counts.of(Sent.DROPPED)).isEqualTo(1);
    assertThat(outbox.next(0)).isEqualTo(many.get(1).event());
    outbox.dropExpired(Signed.NOW.plus(Signed.LIFETIME).getEpochSecond());
    assertThat(outbox.hasDue(0)).isFalse();
    assertThat(counts.of(Sent.DROPPED)).isEqualTo(Outbox.MAX_WAITING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wss://relay.example",
        "wss://relay.example:7443/path?x=1",
        "ws://127.0.0.1:7000",
        "ws://[2001:db8::1]:7000"
      })
  void addressesAreUrlsOfRelays(String text) {
    assertThat(MirrorAddress.parse(text).orElseThrow()).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://relay.example",
        "wss://",
        "wss://u:p@relay.example",
        "wss://relay.example#x",
        "relay.example",
        "wss://relay.example:0",
        "wss://relay.example:99999",
        "wss://r\u00e9.example",
        ""
      })
  void everythingElseIsNone(String text) {
    assertThat(MirrorAddress.parse(text)).isEmpty();
  }
}
