package dev.wsn.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.record.Endpoint.Network;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints as values, as a person types them, and the onion names in them. */
class EndpointTest {
  @ParameterizedTest
  @CsvSource({
    "203.0.113.7:4848, CLEARNET, 203.0.113.7, 4848, wsn",
    "wsn://203.0.113.7:4848, CLEARNET, 203.0.113.7, 4848, wsn",
    "WSS://[2001:db8::1]:443, CLEARNET, 2001:db8::1, 443, wss",
    "http://127.0.0.1:80, CLEARNET, 127.0.0.1, 80, http",
    Events.ONION + ":80, TOR, " + Events.ONION + ", 80, wsn",
  })
  void typedEndpointsAreRead(String text, Network network, String host, int port, String protocol) {
    assertThat(Endpoint.parse(text)).isEqualTo(new Endpoint(network, host, port, protocol));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "203.0.113.7",
        "relay.example.com:4848",
        "ftp://203.0.113.7:21",
        "://203.0.113.7:1",
        "wss://203.0.113.7",
        "wss://203.0.113.7:443/",
        "2001:db8::1:4848"
      })
  void otherTextsAreRefused(String text) {
    assertThatThrownBy(() -> Endpoint.parse(text)).isInstanceOf(MalformedUriException.class);
  }

  @Test
  void uriSaysWhatToOpen() {
    PublicKey key = PublicKey.of(new byte[32]);
    assertThat(Endpoint.parse("[2001:db8::1]:4848").uri(key))
        .isEqualTo("wsn://" + Nip19.npub(key) + "@[2001:db8::1]:4848");
    assertThat(Endpoint.parse("https://203.0.113.7:443").uri(key))
        .isEqualTo("https://203.0.113.7:443");
  }

  @Test
  void onlyIpEndpointsHaveAnAddressToDial() {
    assertThat(Endpoint.parse("203.0.113.7:4848").ipPort())
        .isEqualTo(IpPort.parse("203.0.113.7:4848"));
    assertThat(Endpoint.parse(Events.ONION + ":80").ipPort()).isEmpty();
    assertThat(Endpoint.parse(Events.ONION + ":80").scope()).isEqualTo(AddressScope.PUBLIC);
    assertThat(Endpoint.parse("10.0.0.1:80").scope()).isEqualTo(AddressScope.PRIVATE);
  }

  @ParameterizedTest
  @CsvSource({
    "CLEARNET, relay.example.com, 4848, wsn",
    "CLEARNET, 2001:DB8::1, 4848, wsn",
    "CLEARNET, ::ffff:203.0.113.7, 4848, wsn",
    "CLEARNET, [::1], 4848, wsn",
    "CLEARNET, " + Events.ONION + ", 4848, wsn",
    "TOR, 203.0.113.7, 4848, wsn",
    "TOR, expyuzz4wqqyqhjn.onion, 4848, wsn",
    "CLEARNET, 203.0.113.7, 0, wsn",
    "CLEARNET, 203.0.113.7, 65536, wsn",
    "CLEARNET, 203.0.113.7, 4848, quic",
  })
  void malformedEndpointIsNoValue(Network network, String host, int port, String protocol) {
    assertThatThrownBy(() -> new Endpoint(network, host, port, protocol))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onionHostIsInLowerCase() {
    String upper = Events.ONION.toUpperCase(Locale.ROOT);
    assertThatThrownBy(() -> new Endpoint(Network.TOR, upper, 80, "ws"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Endpoint.parse(upper + ":80").host()).isEqualTo(Events.ONION);
  }

  /** Names of services that exist, so not computed by the code under test. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion",
        "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion",
        "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"
      })
  void onionNamesOfTheWorldAreValid(String name) {
    assertThat(OnionName.parse(name)).map(OnionName::format).contains(name);
  }

  @Test
  void everyWrongCharacterOfAnOnionNameIsNoticed() {
    for (int i = 0; i < 56; i++) {
      char wrong = Events.ONION.charAt(i) == 'a' ? 'b' : 'a';
      String name = Events.ONION.substring(0, i) + wrong + Events.ONION.substring(i + 1);
      assertThat(OnionName.parse(name)).as(name).isEmpty();
    }
  }

  @Property
  void onionNamesRoundTrip(@ForAll @Size(32) byte[] key) {
    String name = OnionName.format(key);
    assertThat(name).hasSize(62).endsWith("d.onion");
    assertThat(OnionName.parse(name)).hasValueSatisfying(k -> assertThat(k).isEqualTo(key));
  }

  @Test
  void quotedTextIsShortAndPrintable() {
    assertThat(Quoted.of("a\u001b[31m\né")).isEqualTo("\"a?[31m??\"");
    assertThat(Quoted.of("x".repeat(500))).hasSizeLessThan(100).endsWith("…\"");
    assertThat(Quoted.of("my NSEC1abc")).doesNotContain("abc");
  }
}
