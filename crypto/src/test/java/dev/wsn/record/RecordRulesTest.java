package dev.wsn.record;

import static dev.wsn.record.Events.ENDPOINT;
import static dev.wsn.record.Events.NOW;
import static dev.wsn.record.Events.expiration;
import static dev.wsn.record.Events.signed;
import static dev.wsn.record.Verdicts.accepted;
import static dev.wsn.record.Verdicts.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Signature;
import dev.wsn.record.Endpoint.Network;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule of a record: what passes, what fails, and with which reason. */
class RecordRulesTest {
  private static final RecordRules RULES = new RecordRules(Events.CURVE, false);
  private static final RecordRules LOCAL_RULES = new RecordRules(Events.CURVE, true);
  private static final List<String> LIVE = expiration(NOW + 7200);

  @Test
  void usualRecordIsAccepted() {
    NostrEvent event = Events.usual();
    AddressRecord addressRecord = accepted(RULES.verify(event, NOW));
    assertThat(addressRecord.event()).isEqualTo(event);
    assertThat(addressRecord.pubkey()).isEqualTo(event.pubkey());
    assertThat(addressRecord.createdAt()).isEqualTo(NOW);
    assertThat(addressRecord.version()).isEqualTo(new RecordVersion(NOW, event.id()));
    assertThat(addressRecord.expiresAt()).isEqualTo(NOW + 7200);
    assertThat(addressRecord.isWithdrawal()).isFalse();
    assertThat(addressRecord.endpoints())
        .containsExactly(new Endpoint(Network.CLEARNET, "203.0.113.7", 4848, "wsn"));
    assertThat(addressRecord.compact()).isEqualTo(RecordCodec.encode(event));
    assertThat(addressRecord)
        .hasToString("AddressRecord(" + event.id().hex().substring(0, 8) + ")");
  }

  @Test
  void recordIsLiveUntilTheSecondOfItsExpiration() {
    AddressRecord addressRecord = accepted(RULES.verify(Events.usual(), NOW));
    assertThat(addressRecord.isLive(NOW + 7199)).isTrue();
    assertThat(addressRecord.isLive(NOW + 7200)).isFalse();
  }

  @Test
  void compactFormIsVerifiedAsTheEventIs() {
    byte[] compact = RecordCodec.encode(Events.usual());
    assertThat(accepted(RULES.verify(compact, NOW)).event()).isEqualTo(Events.usual());
    assertRefused(RULES.verify(new byte[3], NOW), RecordRejection.MALFORMED);
    compact[40] ^= 1;
    assertRefused(RULES.verify(compact, NOW), RecordRejection.BAD_SIGNATURE);
  }

  @Test
  void tagsAndNetworksOfTheFutureAreIgnored() {
    NostrEvent event =
        signed(
            List.of("i2p", "somewhere.b32.i2p", "ws"),
            List.of("nonce", "776797", "21"),
            List.of(),
            List.of("n", "clearnet"),
            ENDPOINT,
            LIVE,
            List.of("Clearnet", "example.com"));
    assertThat(accepted(RULES.verify(event, NOW)).endpoints()).hasSize(1);
  }

  @Test
  void recordWithoutEndpointsIsAWithdrawal() {
    assertThat(accepted(RULES.verify(signed(LIVE), NOW)).isWithdrawal()).isTrue();
  }

  @Test
  void otherKindsAreRefused() {
    NostrEvent event = signed(1, NOW, "", List.of(ENDPOINT, LIVE));
    assertRefused(RULES.verify(event, NOW), RecordRejection.WRONG_KIND);
  }

  @Test
  void contentIsRefused() {
    NostrEvent event = signed(AddressRecord.KIND, NOW, " ", List.of(ENDPOINT, LIVE));
    assertRefused(RULES.verify(event, NOW), RecordRejection.CONTENT_NOT_EMPTY);
  }

  @Test
  void timeBefore1970IsMalformed() {
    NostrEvent event = signed(AddressRecord.KIND, -1, "", List.of(ENDPOINT, expiration(60)));
    assertRefused(RULES.verify(event, 0), RecordRejection.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\u0000b",
        "\u0001",
        "\n",
        "\t",
        "\r",
        "\u001f",
        "\u007f",
        "\u009b",
        "\ud800",
        "\udc00",
        "\udc00\ud800",
        "x\ud83d",
        "\ude42\ud83d\ude42"
      })
  void controlCharactersAndLoneSurrogatesAreRefused(String text) {
    assertRefused(
        RULES.verify(signed(ENDPOINT, LIVE, List.of("alt", text)), NOW),
        RecordRejection.FORBIDDEN_CHARACTER);
    assertRefused(
        RULES.verify(signed(ENDPOINT, LIVE, List.of(text, "x")), NOW),
        RecordRejection.FORBIDDEN_CHARACTER);
  }

  @Test
  void otherCharactersAreAccepted() {
    NostrEvent event =
        signed(ENDPOINT, LIVE, List.of("alt", "🙂 \" \\ / é \u2028 \u00a0 <>& \ud7ff\ue000\uffff"));
    accepted(RULES.verify(event, NOW));
  }

  @Test
  void recordOf512BytesIsAcceptedAndOneMoreIsNot() {
    int used = RecordCodec.encode(signed(ENDPOINT, LIVE, List.of("x", "y".repeat(128)))).length;
    int room = RecordCodec.MAX_BYTES - used + 128;
    NostrEvent largest = signed(ENDPOINT, LIVE, List.of("x", "y".repeat(room)));
    assertThat(accepted(RULES.verify(largest, NOW)).compact()).hasSize(RecordCodec.MAX_BYTES);
    NostrEvent tooLarge = signed(ENDPOINT, LIVE, List.of("x", "y".repeat(room + 1)));
    assertRefused(RULES.verify(tooLarge, NOW), RecordRejection.TOO_LARGE);
  }

  @Test
  void sizeIsRefusedBeforeItCosts() {
    List<List<String>> manyTags = Collections.nCopies(100_000, List.of());
    assertRefused(RULES.verify(Events.unsigned(NOW, manyTags), NOW), RecordRejection.TOO_LARGE);
    List<String> manyTexts = Collections.nCopies(100_000, "alt");
    assertRefused(
        RULES.verify(Events.unsigned(NOW, List.of(manyTexts)), NOW), RecordRejection.TOO_LARGE);
    List<String> longText = List.of("x".repeat(1_000_000));
    assertRefused(
        RULES.verify(Events.unsigned(NOW, List.of(longText)), NOW), RecordRejection.TOO_LARGE);
  }

  static Stream<List<List<String>>> badExpirations() {
    return Stream.of(
        List.of(),
        List.of(LIVE, LIVE),
        List.of(LIVE, List.of("expiration")),
        List.of(List.of("expiration")),
        List.of(List.of("expiration", "")),
        List.of(List.of("expiration", "soon")),
        List.of(List.of("expiration", "0" + (NOW + 7200))),
        List.of(List.of("expiration", "+" + (NOW + 7200))),
        List.of(List.of("expiration", "-" + (NOW + 7200))),
        List.of(List.of("expiration", (NOW + 7200) + ".0")),
        List.of(List.of("expiration", " " + (NOW + 7200))),
        List.of(List.of("expiration", "1.8e9")),
        List.of(List.of("expiration", "١٧٩٥٢٣٢٦٢٢")),
        List.of(List.of("expiration", "99999999999999999999")),
        List.of(List.of("Expiration", Long.toString(NOW + 7200))));
  }

  @ParameterizedTest
  @MethodSource("badExpirations")
  void expirationIsOnePlainNumber(List<List<String>> tags) {
    NostrEvent event = signed(AddressRecord.KIND, NOW, "", Events.with(tags, ENDPOINT));
    assertRefused(RULES.verify(event, NOW), RecordRejection.NO_EXPIRATION);
  }

  @Test
  void expirationMustBeInTheFuture() {
    NostrEvent event = Events.usual();
    accepted(RULES.verify(event, NOW + 7199));
    assertRefused(RULES.verify(event, NOW + 7200), RecordRejection.EXPIRED);
  }

  @Test
  void lifetimeIsOneSecondTo24Hours() {
    accepted(RULES.verify(signed(ENDPOINT, expiration(NOW + 1)), NOW));
    accepted(RULES.verify(signed(ENDPOINT, expiration(NOW + 86_400)), NOW));
    assertRefused(
        RULES.verify(signed(ENDPOINT, expiration(NOW + 86_401)), NOW),
        RecordRejection.LIFETIME_TOO_LONG);
    assertRefused(
        RULES.verify(signed(ENDPOINT, expiration(NOW)), NOW - 10),
        RecordRejection.LIFETIME_TOO_LONG);
    assertRefused(
        RULES.verify(signed(ENDPOINT, expiration(999_999_999_999_999_999L)), NOW),
        RecordRejection.LIFETIME_TOO_LONG);
  }

  @Test
  void createdAtIsAtMost60SecondsAhead() {
    NostrEvent event = Events.usual();
    accepted(RULES.verify(event, NOW - 60));
    assertRefused(RULES.verify(event, NOW - 61), RecordRejection.FROM_THE_FUTURE);
    NostrEvent farAway =
        Events.unsigned(Long.MAX_VALUE, List.of(List.of("expiration", "999999999999999999")));
    assertRefused(RULES.verify(farAway, NOW), RecordRejection.LIFETIME_TOO_LONG);
  }

  @Test
  void wrongIdIsRefused() {
    NostrEvent event = Events.usual();
    EventId other = EventId.of(new byte[32]);
    assertRefused(RULES.verify(with(event, other, event.signature()), NOW), RecordRejection.BAD_ID);
  }

  @Test
  void signatureOfAnotherEventOrKeyIsRefused() {
    NostrEvent event = Events.usual();
    byte[] flipped = event.signature().bytes();
    flipped[63] ^= 1;
    assertRefused(
        RULES.verify(with(event, event.id(), Signature.of(flipped)), NOW),
        RecordRejection.BAD_SIGNATURE);
    Signature ofAnother = signed(LIVE).signature();
    assertRefused(
        RULES.verify(with(event, event.id(), ofAnother), NOW), RecordRejection.BAD_SIGNATURE);
  }

  @Test
  void keyThatIsNoPointIsABadSignature() {
    byte[] noPoint = new byte[32];
    Arrays.fill(noPoint, (byte) 0xff);
    PublicKey key = PublicKey.of(noPoint);
    List<List<String>> tags = List.of(LIVE);
    EventId id = CanonicalEvent.id(CanonicalEvent.bytes(key, NOW, AddressRecord.KIND, tags, ""));
    NostrEvent event =
        new NostrEvent(id, key, NOW, AddressRecord.KIND, tags, "", Signature.of(new byte[64]));
    assertRefused(RULES.verify(event, NOW), RecordRejection.BAD_SIGNATURE);
  }

  @Test
  void cheapRulesAnswerBeforeDearOnes() {
    EventId wrongId = EventId.of(new byte[32]);
    Signature wrongSignature = Signature.of(new byte[64]);
    NostrEvent event = with(Events.usual(), wrongId, wrongSignature);
    assertRefused(RULES.verify(event, NOW), RecordRejection.BAD_ID);
    assertRefused(RULES.verify(event, NOW + 7200), RecordRejection.EXPIRED);
    NostrEvent unknownHost = signed(List.of("clearnet", "localhost:1", "wsn"), LIVE);
    assertRefused(
        RULES.verify(with(unknownHost, wrongId, wrongSignature), NOW + 7200),
        RecordRejection.BAD_ENDPOINT);
  }

  @Test
  void storedRecordMayBeExpiredButNothingElse() {
    NostrEvent expired =
        signed(AddressRecord.KIND, 1_000_000, "", List.of(ENDPOINT, expiration(1_000_060)));
    AddressRecord stored = accepted(RULES.verifyStored(expired));
    assertThat(stored.isLive(NOW)).isFalse();
    assertThat(stored).isEqualTo(accepted(RULES.verifyStored(expired)));
    assertThat(stored).hasSameHashCodeAs(accepted(RULES.verifyStored(expired)));
    NostrEvent altered = with(expired, expired.id(), Events.usual().signature());
    assertRefused(RULES.verifyStored(altered), RecordRejection.BAD_SIGNATURE);
    assertRefused(RULES.verifyStored(signed(ENDPOINT)), RecordRejection.NO_EXPIRATION);
  }

  @Test
  void signedRecordVerifiesAndIsSmall() {
    List<Endpoint> endpoints = List.of(Endpoint.parse("203.0.113.7:4848"));
    AddressRecord addressRecord = sign(RULES, endpoints, Duration.ofHours(2));
    assertThat(addressRecord.endpoints()).isEqualTo(endpoints);
    assertThat(addressRecord.event()).isEqualTo(Events.usual());
    assertThat(addressRecord.compact()).hasSizeLessThanOrEqualTo(130);
    assertThat(addressRecord.pubkey()).isEqualTo(RULES.author(Events.SECRET));
    assertThat(accepted(RULES.verify(addressRecord.event(), NOW))).isEqualTo(addressRecord);
  }

  @Test
  void signedWithdrawalHasNoEndpoints() {
    assertThat(sign(RULES, List.of(), Duration.ofHours(24)).isWithdrawal()).isTrue();
  }

  @Test
  void whatTheRulesRefuseIsNotSigned() {
    List<Endpoint> loopback = List.of(Endpoint.parse("127.0.0.1:4848"));
    assertThatThrownBy(() -> sign(RULES, loopback, Duration.ofHours(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("127.0.0.1:4848 is a loopback");
    assertThat(sign(LOCAL_RULES, loopback, Duration.ofHours(2)).endpoints()).isEqualTo(loopback);
    assertThatThrownBy(() -> sign(RULES, List.of(), Duration.ofHours(25)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("24 h");
    assertThatThrownBy(() -> sign(RULES, List.of(), Duration.ofMillis(900)))
        .isInstanceOf(IllegalArgumentException.class);
    List<Endpoint> nine = Collections.nCopies(9, Endpoint.parse("203.0.113.7:4848"));
    assertThatThrownBy(() -> sign(RULES, nine, Duration.ofHours(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 8");
  }

  private static AddressRecord sign(
      RecordRules rules, List<Endpoint> endpoints, Duration lifetime) {
    return rules.sign(Events.SECRET, endpoints, NOW, lifetime, Events.AUX);
  }

  private static NostrEvent with(NostrEvent event, EventId id, Signature signature) {
    return new NostrEvent(
        id,
        event.pubkey(),
        event.createdAt(),
        event.kind(),
        event.tags(),
        event.content(),
        signature);
  }
}
