package dev.wsn.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Signature;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The compact form: lossless, one per event, and safe to decode from anyone. */
class RecordCodecTest {
  private static final int HEAD = 1 + PublicKey.BYTES + Signature.BYTES;

  @Test
  void recordWithOneEndpointIsSmall() {
    assertThat(RecordCodec.encode(Events.usual())).hasSizeBetween(100, 130);
  }

  /** Whatever way an event came, it is the same event; the bytes it was read from may change. */
  @Test
  void decodedEventEqualsItsPartsAndKeepsItsForm() {
    NostrEvent parts = Events.usual();
    byte[] compact = RecordCodec.encode(parts);
    byte[] buffer = compact.clone();
    NostrEvent decoded = RecordCodec.decode(buffer);
    Arrays.fill(buffer, (byte) 0);
    NostrEvent known = RecordCodec.decode(compact, parts.id());
    for (NostrEvent each : List.of(decoded, known)) {
      assertThat(each).isEqualTo(parts).hasSameHashCodeAs(parts).hasToString(parts.toString());
      assertThat(parts).isEqualTo(each);
      assertThat(each.tags()).isEqualTo(parts.tags());
      assertThat(each.computeId()).isEqualTo(parts.id());
      assertThat(RecordCodec.encode(each)).isEqualTo(compact).isNotSameAs(RecordCodec.encode(each));
    }
    assertThat(known).isEqualTo(decoded);
    NostrEvent other =
        RecordCodec.decode(RecordCodec.encode(Events.signed(Events.expiration(Events.NOW + 60))));
    assertThat(other).isNotEqualTo(decoded).isNotEqualTo(parts);
  }

  @Test
  void eightOnionEndpointsFit() {
    List<String> onion = List.of("tor", Events.ONION + ":4848", "wsn");
    NostrEvent event =
        Events.signed(
            onion,
            onion,
            onion,
            onion,
            onion,
            onion,
            onion,
            onion,
            Events.expiration(Events.NOW + 86_400));
    assertThat(RecordCodec.decode(RecordCodec.encode(event))).isEqualTo(event);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "203.0.113.7:4848",
        "[2001:db8::1]:4848",
        "[2001:0db8::1]:4848",
        "[2001:DB8::1]:4848",
        "[::ffff:1.2.3.4]:80",
        "203.0.113.7:04848",
        "0.0.0.0:0",
        "0",
        "00",
        "-1",
        "1795225421",
        "1795225422",
        "1795225423",
        "01795225423",
        "999999999999999999",
        "9223372036854775807",
        "9223372036854775808",
        "٣",
        "clearnet",
        "Clearnet",
        "",
        ":",
        "🙂",
        "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion:4848",
        "2GZYXA5IHM7NSGGFXNU52RCK2VV4RVMDLKIU3ZZUI5DU4XYCLEN53WID.onion:4848",
        "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wie.onion:4848",
        "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion:0",
      })
  void everySpellingComesBackAsItWas(String text) {
    NostrEvent event =
        Events.unsigned(Events.NOW, List.of(List.of(text, text), List.of(), List.of(text)));
    assertThat(RecordCodec.decode(RecordCodec.encode(event))).isEqualTo(event);
  }

  @Test
  void longTextsAndEmptyTagsComeBack() {
    NostrEvent event =
        Events.unsigned(0, List.of(List.of("a".repeat(127)), List.of(), List.of("é".repeat(64))));
    assertThat(RecordCodec.decode(RecordCodec.encode(event))).isEqualTo(event);
  }

  @Property
  void eventsComeBackAsTheyWere(@ForAll("events") NostrEvent event) {
    assertThat(RecordCodec.decode(RecordCodec.encode(event))).isEqualTo(event);
  }

  @Property
  void arbitraryBytesAreAnEventOrMalformed(@ForAll @Size(max = 600) byte[] bytes) {
    assertDecodesOrIsMalformed(bytes);
  }

  @Property(tries = 3000)
  void arbitraryTagsAfterAGoodHeadAreAnEventOrMalformed(@ForAll @Size(max = 60) byte[] tail) {
    byte[] bytes = Arrays.copyOf(new byte[] {1}, HEAD + tail.length);
    System.arraycopy(tail, 0, bytes, HEAD, tail.length);
    assertDecodesOrIsMalformed(bytes);
  }

  @Property(tries = 3000)
  void mutatedFormsAreAnotherEventOrMalformed(
      @ForAll("events") NostrEvent event,
      @ForAll @IntRange(max = 511) int at,
      @ForAll @IntRange(min = 1, max = 255) int change) {
    byte[] bytes = RecordCodec.encode(event);
    bytes[at % bytes.length] ^= (byte) change;
    assertDecodesOrIsMalformed(bytes);
    assertDecodesOrIsMalformed(Arrays.copyOf(bytes, at % bytes.length));
    assertDecodesOrIsMalformed(Arrays.copyOf(bytes, bytes.length + 1));
  }

  /** Whatever decodes has exactly this form; nothing else is thrown. */
  private static void assertDecodesOrIsMalformed(byte[] bytes) {
    try {
      NostrEvent event = RecordCodec.decode(bytes);
      assertThat(RecordCodec.encode(event)).isEqualTo(bytes);
      assertThat(event.id()).isEqualTo(event.computeId());
    } catch (MalformedRecordException malformed) {
      assertThat(malformed).hasMessageNotContaining("null");
    }
  }

  @Test
  void everyPrefixIsMalformed() {
    byte[] bytes = RecordCodec.encode(Events.usual());
    for (int length = 0; length < bytes.length; length++) {
      byte[] prefix = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> RecordCodec.decode(prefix))
          .isInstanceOf(MalformedRecordException.class)
          .hasMessageContaining("cut short");
    }
  }

  @Test
  void trailingByteIsMalformed() {
    byte[] bytes = RecordCodec.encode(Events.usual());
    assertMalformed(Arrays.copyOf(bytes, bytes.length + 1), "one compact form");
  }

  @Test
  void overlongFormIsMalformed() {
    assertMalformed(new byte[RecordCodec.MAX_BYTES + 1], "longer than 512");
  }

  @Test
  void unknownVersionIsMalformed() {
    byte[] bytes = RecordCodec.encode(Events.usual());
    bytes[0] = 2;
    assertMalformed(bytes, "unknown compact form 2");
  }

  @Test
  void otherSpellingsOfTheSameEventAreMalformed() {
    // created_at 0 as two bytes; a word of the table as text; a number of nine groups and more.
    assertMalformed(tail(0x80, 0x00, 0x00), "one compact form");
    assertMalformed(tail(0, 1, 1, 3, 't', 'o', 'r'), "one compact form");
    assertMalformed(tail(0, 1, 1, 0xc0, 1, 2, 3, 4, 0, 0), "one compact form");
    assertMalformed(tail(0, 1, 1, 2, 0xc3, 0x28), "one compact form");
    assertMalformed(tail(0, 1, 1, 0xc4, 1, 'x'), "one compact form");
    assertMalformed(tail(0, 1, 1, 0xbf), "unknown lead byte");
    assertMalformed(tail(0, 1, 1, 0xff), "unknown lead byte");
    assertMalformed(
        tail(0, 1, 1, 0xc3, 255, 255, 255, 255, 255, 255, 255, 255, 127), "one compact");
    assertMalformed(tail(255, 255, 255, 255, 255, 255, 255, 255, 255, 1), "63 bits");
    assertMalformed(tail(0, 0xff, 0xff, 0xff, 0x7f), "cut short");
  }

  @Test
  void surrogateHalvesEncodedAsUtf8AreMalformed() {
    assertMalformed(tail(0, 1, 1, 3, 0xed, 0xa0, 0x80), "one compact form");
  }

  @Test
  void eventsThatAreNoRecordsAreNotEncoded() {
    assertNotEncoded(Events.signed(1, 0, "", List.of()), "11111");
    assertNotEncoded(Events.signed(AddressRecord.KIND, 0, "x", List.of()), "content");
    assertNotEncoded(Events.unsigned(-1, List.of()), "negative");
    assertNotEncoded(Events.unsigned(0, List.of(List.of("\ud800"))), "surrogate");
    assertNotEncoded(Events.unsigned(0, List.of(List.of("x".repeat(600)))), "512");
  }

  @Test
  void longestFormIsExactly512Bytes() {
    int room = RecordCodec.MAX_BYTES - HEAD - 3 - 3;
    NostrEvent longest = Events.unsigned(0, List.of(List.of("x".repeat(room))));
    assertThat(RecordCodec.encode(longest)).hasSize(RecordCodec.MAX_BYTES);
    assertNotEncoded(Events.unsigned(0, List.of(List.of("x".repeat(room + 1)))), "512");
  }

  private static byte[] tail(int... tail) {
    byte[] bytes = Arrays.copyOf(new byte[] {1}, HEAD + tail.length);
    for (int i = 0; i < tail.length; i++) {
      bytes[HEAD + i] = (byte) tail[i];
    }
    return bytes;
  }

  private static void assertMalformed(byte[] bytes, String message) {
    assertThatThrownBy(() -> RecordCodec.decode(bytes))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining(message);
  }

  private static void assertNotEncoded(NostrEvent event, String message) {
    assertThatThrownBy(() -> RecordCodec.encode(event))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining(message);
  }

  @Provide
  Arbitrary<NostrEvent> events() {
    Arbitrary<String> octet = Arbitraries.integers().between(0, 255).map(String::valueOf);
    Arbitrary<String> addresses =
        Combinators.combine(octet, octet, Arbitraries.integers().between(0, 70_000))
            .as((a, b, port) -> a + ".0." + b + "." + a + ":" + port);
    Arbitrary<String> texts =
        Arbitraries.oneOf(
            Arbitraries.of("clearnet", "tor", "wsn", "wss", "expiration", "alt", "nonce", "i2p"),
            Arbitraries.strings()
                .excludeChars('\ud800')
                .ofMaxLength(30)
                .filter(RecordCodecTest::isText),
            addresses,
            Arbitraries.of("[2001:db8::1]:1", Events.ONION + ":80", "[::1]:80", "1:2"),
            Arbitraries.longs().greaterOrEqual(0).map(String::valueOf));
    Arbitrary<List<List<String>>> tags = texts.list().ofMaxSize(4).list().ofMaxSize(4);
    Arbitrary<Long> times =
        Arbitraries.oneOf(
            Arbitraries.longs().greaterOrEqual(0), Arbitraries.longs().between(0, 1L << 32));
    Arbitrary<byte[]> bytes32 = Arbitraries.bytes().array(byte[].class).ofSize(32);
    Arbitrary<byte[]> bytes64 = Arbitraries.bytes().array(byte[].class).ofSize(64);
    return Combinators.combine(bytes32, bytes64, times, tags)
        .as(RecordCodecTest::event)
        .filter(event -> RecordCodec.tryEncode(event).isPresent());
  }

  private static NostrEvent event(
      byte[] key, byte[] signature, long time, List<List<String>> tags) {
    PublicKey pubkey = PublicKey.of(key);
    EventId id =
        CanonicalEvent.id(CanonicalEvent.bytes(pubkey, time, AddressRecord.KIND, tags, ""));
    return new NostrEvent(id, pubkey, time, AddressRecord.KIND, tags, "", Signature.of(signature));
  }

  private static boolean isText(String text) {
    return !CompactText.hasLoneSurrogate(text);
  }
}
