package dev.wsn.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.record.Endpoint.Network;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code wsn://} URIs: what is read, what is written, and the message for each mistake. */
class WsnUriTest {
  private static final PublicKey KEY = Events.CURVE.publicKey(Events.SECRET);
  private static final String NPUB = Nip19.npub(KEY);

  @Test
  void keyAloneIsAUri() {
    assertThat(WsnUri.parse("wsn://" + NPUB)).isEqualTo(WsnUri.of(KEY));
    assertThat(WsnUri.parse("wsn://" + KEY.hex())).isEqualTo(WsnUri.of(KEY));
    assertThat(WsnUri.of(KEY)).hasToString("wsn://" + NPUB);
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.7:4848, CLEARNET, 203.0.113.7, 4848",
    "[2001:db8::1]:4848, CLEARNET, 2001:db8::1, 4848",
    "[2001:DB8:0::1]:1, CLEARNET, 2001:db8::1, 1",
    "127.0.0.1:65535, CLEARNET, 127.0.0.1, 65535",
    Events.ONION + ":4848, TOR, " + Events.ONION + ", 4848",
  })
  void addressIsAHintOfProtocolWsn(String address, Network network, String host, int port) {
    WsnUri uri = WsnUri.parse("wsn://" + NPUB + "@" + address);
    assertThat(uri.key()).isEqualTo(KEY);
    assertThat(uri.hint()).contains(new Endpoint(network, host, port, "wsn"));
    assertThat(uri.path()).isEmpty();
  }

  @Test
  void pathAndQueryStayAsTheyAre() {
    WsnUri uri = WsnUri.parse("wsn://" + NPUB + "@203.0.113.7:4848/upload/a%20b?x=1/2&y=@:");
    assertThat(uri.path()).isEqualTo("/upload/a%20b?x=1/2&y=@:");
    assertThat(uri).hasToString("wsn://" + NPUB + "@203.0.113.7:4848/upload/a%20b?x=1/2&y=@:");
    assertThat(WsnUri.parse("wsn://" + NPUB + "?limit=1").path()).isEqualTo("/?limit=1");
  }

  @Test
  void loneTrailingSlashMakesNoOtherUri() {
    assertThat(WsnUri.parse("wsn://" + NPUB + "/")).isEqualTo(WsnUri.of(KEY));
    assertThat(WsnUri.parse("wsn://" + NPUB + "@203.0.113.7:4848/"))
        .isEqualTo(WsnUri.of(KEY, Endpoint.parse("203.0.113.7:4848")));
  }

  @Test
  void schemeKeyAndOnionNameAreReadInEitherCase() {
    String text = "wsn://" + NPUB + "@" + Events.ONION + ":4848";
    assertThat(WsnUri.parse(text.toUpperCase(Locale.ROOT))).hasToString(text);
    assertThat(WsnUri.parse("WSN://" + KEY.hex().toUpperCase(Locale.ROOT)))
        .isEqualTo(WsnUri.of(KEY));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | starts with wsn://",
        "wss://KEY | starts with wsn://",
        "wsn:KEY | starts with wsn://",
        "' wsn://KEY' | starts with wsn://",
        "wsn://KEY#top | no fragment",
        "wsn://KEY@ | has no port",
        "wsn://KEY@203.0.113.7 | has no port",
        "wsn://KEY@[2001:db8::1] | has no port",
        "wsn://KEY@203.0.113.7: | not a number from 1 to 65535",
        "wsn://KEY@203.0.113.7:0 | not a number from 1 to 65535",
        "wsn://KEY@203.0.113.7:65536 | not a number from 1 to 65535",
        "wsn://KEY@203.0.113.7:+80 | not a number from 1 to 65535",
        "wsn://KEY@203.0.113.7:080 | not a number from 1 to 65535",
        "wsn://KEY@2001:db8::1:4848 | in brackets",
        "wsn://KEY@relay.example.com:4848 | host names are not used here",
        "wsn://KEY@localhost:4848 | host names are not used here",
        "wsn://KEY@203.0.113.007:4848 | is no IP address",
        "wsn://KEY@[203.0.113.7]:4848 | is no IP address",
        "wsn://KEY@[fe80::1%eth0]:4848 | is no IP address",
        "wsn://KEY@:4848 | is no IP address",
        "wsn://KEY@KEY@203.0.113.7:4848 | is no IP address",
        "wsn://KEY@abc.onion:4848 | no version 3 onion name",
        "wsn://KEY/a b | percent-encoded, at position 2",
        "wsn://KEY/é | percent-encoded",
        "wsn://KEY/%2 | percent-encoded",
        "wsn://KEY/%zz | percent-encoded",
        "wsn://KEY/<> | percent-encoded",
      })
  void mistakesInTheUriHaveTheirSentence(String text, String message) {
    assertThatThrownBy(() -> WsnUri.parse(text.replace("KEY", NPUB)))
        .isInstanceOf(MalformedUriException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "wsn:// | has no key",
        "wsn:///path | has no key",
        "wsn://@203.0.113.7:4848 | has no key",
        "wsn://203.0.113.7:4848 | an address where its key is due",
        "wsn://relay.example.com | an address where its key is due",
        "wsn://[2001:db8::1]:4848 | an address where its key is due",
        "wsn://user:pass@203.0.113.7:4848 | an address where its key is due",
        "wsn://nprofile1qqs | not an nprofile",
        "wsn://npub1 | npub",
        "wsn://0123 | 64",
        "wsn://nsec1qqqq | secret key",
      })
  void mistakesInTheKeyHaveTheirSentence(String text, String message) {
    assertThatThrownBy(() -> WsnUri.parse(text))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining(message);
  }

  @Test
  void wrongChecksumOfTheKeyIsRefused() {
    char last = NPUB.charAt(NPUB.length() - 1);
    String wrong = NPUB.substring(0, NPUB.length() - 1) + (last == 'q' ? 'p' : 'q');
    assertThatThrownBy(() -> WsnUri.parse("wsn://" + wrong))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("checksum");
  }

  @Test
  void secretKeyNeverStandsInAMessage() {
    String secret = Nip19.nsec(Events.SECRET);
    for (String text :
        new String[] {
          "wsn://" + secret,
          "wsn://" + NPUB + "@" + secret,
          "wsn://" + NPUB + "@" + secret + ":4848",
          "wsn://" + NPUB + "@203.0.113.7:" + secret
        }) {
      assertThatThrownBy(() -> WsnUri.parse(text))
          .message()
          .doesNotContain(secret.substring(5, 40));
    }
  }

  @Test
  void overlongUriIsRefused() {
    String longest = "wsn://" + NPUB + "/";
    longest += "x".repeat(WsnUri.MAX_CHARS - longest.length());
    assertThat(WsnUri.parse(longest)).hasToString(longest);
    String tooLong = longest + "x";
    assertThatThrownBy(() -> WsnUri.parse(tooLong))
        .isInstanceOf(MalformedUriException.class)
        .hasMessageContaining("2048");
  }

  @Test
  void hintIsOfProtocolWsnAndPathStartsWithASlash() {
    Endpoint web = Endpoint.parse("wss://203.0.113.7:443");
    assertThatThrownBy(() -> WsnUri.of(KEY, web)).isInstanceOf(MalformedUriException.class);
    assertThatThrownBy(() -> new WsnUri(KEY, Optional.empty(), "x"))
        .isInstanceOf(MalformedUriException.class);
  }

  @Property
  void urisComeBackAsTheyWere(@ForAll("uris") WsnUri uri) {
    assertThat(WsnUri.parse(uri.toString())).isEqualTo(uri);
  }

  @Property(tries = 3000)
  void arbitraryTextIsAUriOrHasItsSentence(@ForAll("almostUris") String text) {
    try {
      WsnUri uri = WsnUri.parse(text);
      assertThat(WsnUri.parse(uri.toString())).isEqualTo(uri);
    } catch (MalformedUriException | MalformedKeyException refused) {
      assertThat(refused.getMessage()).isNotBlank().doesNotContainPattern("\\p{Cntrl}");
    }
  }

  @Provide
  Arbitrary<WsnUri> uris() {
    Arbitrary<PublicKey> keys =
        Arbitraries.bytes().array(byte[].class).ofSize(32).map(PublicKey::of);
    Arbitrary<IpAddress> ipv4 =
        Arbitraries.bytes().array(byte[].class).ofSize(4).map(IpAddress::of);
    Arbitrary<IpAddress> ipv6 =
        Arbitraries.bytes().array(byte[].class).ofSize(16).map(IpAddress::of);
    Arbitrary<Integer> ports = Arbitraries.integers().between(1, 65_535);
    Arbitrary<Endpoint> ip =
        Combinators.combine(Arbitraries.oneOf(ipv4, ipv6), ports)
            .as((address, port) -> Endpoint.of(new IpPort(address, port), Endpoint.WSN));
    Arbitrary<Endpoint> onion =
        Combinators.combine(Arbitraries.bytes().array(byte[].class).ofSize(32), ports)
            .as((key, port) -> new Endpoint(Network.TOR, OnionName.format(key), port, "wsn"));
    Arbitrary<Optional<Endpoint>> hints = Arbitraries.oneOf(ip, onion).optional();
    Arbitrary<String> paths =
        Arbitraries.of("", "/a", "/a/", "/?x=y", "//", "/%41~!$&'()*+,;=:@-._/b");
    return Combinators.combine(keys, hints, paths).as(WsnUri::new);
  }

  @Provide
  Arbitrary<String> almostUris() {
    Arbitrary<String> pieces =
        Arbitraries.of(
            "wsn://",
            NPUB,
            KEY.hex(),
            "@",
            "203.0.113.7",
            ":4848",
            ":",
            "[",
            "]",
            "2001:db8::1",
            "/",
            "?",
            "%",
            Events.ONION,
            ".onion",
            "nsec1",
            "\u0000",
            "\u001b[31m",
            "é",
            "🙂");
    return pieces.list().ofMaxSize(7).map(list -> "wsn://" + String.join("", list));
  }
}
