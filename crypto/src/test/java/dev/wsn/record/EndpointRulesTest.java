package dev.wsn.record;

import static dev.wsn.record.Events.ENDPOINT;
import static dev.wsn.record.Events.NOW;
import static dev.wsn.record.Events.expiration;
import static dev.wsn.record.Events.signed;
import static dev.wsn.record.Verdicts.accepted;
import static dev.wsn.record.Verdicts.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.Endpoint.Network;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tags of an event are endpoints, and which of those are refused. */
class EndpointRulesTest {
  private static final RecordRules RULES = new RecordRules(Events.CURVE, false);
  private static final RecordRules LOCAL_RULES = new RecordRules(Events.CURVE, true);
  private static final List<String> LIVE = expiration(NOW + 7200);

  @Test
  void endpointsKeepTheOrderOfTheirTags() {
    NostrEvent event =
        signed(
            List.of("tor", Events.ONION + ":80", "ws"),
            LIVE,
            List.of("clearnet", "[2001:db8::1]:4848", "wsn", "and", "more"),
            List.of("clearnet", "203.0.113.7:443", "wss"),
            List.of("clearnet", "203.0.113.7:80", "http"),
            List.of("clearnet", "203.0.113.7:443", "https"));
    assertThat(accepted(RULES.verify(event, NOW)).endpoints())
        .containsExactly(
            new Endpoint(Network.TOR, Events.ONION, 80, "ws"),
            new Endpoint(Network.CLEARNET, "2001:db8::1", 4848, "wsn"),
            new Endpoint(Network.CLEARNET, "203.0.113.7", 443, "wss"),
            new Endpoint(Network.CLEARNET, "203.0.113.7", 80, "http"),
            new Endpoint(Network.CLEARNET, "203.0.113.7", 443, "https"));
  }

  @Test
  void hostsAreReadIntoTheirCanonicalForm() {
    NostrEvent event =
        signed(
            LIVE,
            List.of("clearnet", "[2001:DB8:0::0001]:4848", "wsn"),
            List.of("clearnet", "[::ffff:203.0.113.7]:4848", "wsn"),
            List.of("tor", Events.ONION.toUpperCase(Locale.ROOT) + ":4848", "wsn"));
    assertThat(accepted(RULES.verify(event, NOW)).endpoints())
        .extracting(Endpoint::host)
        .containsExactly("2001:db8::1", "203.0.113.7", Events.ONION);
  }

  @ParameterizedTest
  @CsvSource({
    "ws://203.0.113.7:7777/, 203.0.113.7:7777, ws",
    "wss://203.0.113.7/, 203.0.113.7:443, wss",
    "wss://203.0.113.7, 203.0.113.7:443, wss",
    "http://[2001:db8::1], [2001:db8::1]:80, http",
    "https://[2001:db8::1]:8443/, [2001:db8::1]:8443, https",
  })
  void urlWithAnIpLiteralIsAnEndpoint(String url, String address, String protocol) {
    NostrEvent event = signed(List.of("clearnet", url), LIVE);
    assertThat(accepted(RULES.verify(event, NOW)).endpoints())
        .containsExactly(Endpoint.of(IpPort.parse(address).orElseThrow(), protocol));
  }

  @Test
  void urlWithAnOnionNameIsATorEndpoint() {
    NostrEvent event = signed(List.of("tor", "ws://" + Events.ONION + "/"), LIVE);
    assertThat(accepted(RULES.verify(event, NOW)).endpoints())
        .containsExactly(new Endpoint(Network.TOR, Events.ONION, 80, "ws"));
  }

  @Test
  void eightEndpointsAreAcceptedAndNineAreNot() {
    List<List<String>> tags = Events.with(Collections.nCopies(8, ENDPOINT), LIVE);
    assertThat(accepted(RULES.verify(signed(AddressRecord.KIND, NOW, "", tags), NOW)).endpoints())
        .hasSize(8);
    NostrEvent nine = signed(AddressRecord.KIND, NOW, "", Events.with(tags, ENDPOINT));
    assertRefused(RULES.verify(nine, NOW), RecordRejection.TOO_MANY_ENDPOINTS);
  }

  static Stream<List<String>> badEndpoints() {
    return Stream.of(
        List.of("clearnet"),
        List.of("tor"),
        List.of("clearnet", "203.0.113.7:4848"),
        List.of("clearnet", "203.0.113.7", "wsn"),
        List.of("clearnet", "203.0.113.7:", "wsn"),
        List.of("clearnet", "203.0.113.7:0", "wsn"),
        List.of("clearnet", "203.0.113.7:65536", "wsn"),
        List.of("clearnet", "203.0.113.7:04848", "wsn"),
        List.of("clearnet", "203.0.113.7:4848", ""),
        List.of("clearnet", "203.0.113.7:4848", "WSN"),
        List.of("clearnet", "203.0.113.7:4848", "ftp"),
        List.of("clearnet", "203.0.113.07:4848", "wsn"),
        List.of("clearnet", "[203.0.113.7]:4848", "wsn"),
        List.of("clearnet", "2001:db8::1:4848", "wsn"),
        List.of("clearnet", "[2001:db8::1]", "wsn"),
        List.of("clearnet", "[fe80::1%eth0]:4848", "wsn"),
        List.of("clearnet", "relay.example.com:4848", "wsn"),
        List.of("clearnet", "localhost:4848", "wsn"),
        List.of("clearnet", "", "wsn"),
        List.of("clearnet", ":4848", "wsn"),
        List.of("clearnet", "user@203.0.113.7:4848", "wsn"),
        List.of("clearnet", Events.ONION + ":4848", "wsn"),
        List.of("tor", "203.0.113.7:4848", "wsn"),
        List.of("tor", "x" + Events.ONION.substring(1) + ":4848", "wsn"),
        List.of("tor", "expyuzz4wqqyqhjn.onion:80", "ws"),
        List.of("tor", "1" + Events.ONION.substring(1) + ":4848", "wsn"),
        List.of("tor", Events.ONION, "wsn"),
        List.of("clearnet", "wss://relay.example.com/"),
        List.of("clearnet", "wss://203.0.113.7/path"),
        List.of("clearnet", "wsn://203.0.113.7:4848/"),
        List.of("clearnet", "wss://user@203.0.113.7/"),
        List.of("clearnet", "wss://"),
        List.of("clearnet", "wss://203.0.113.7:99999/"),
        List.of("clearnet", "wss://" + Events.ONION + "/"));
  }

  @ParameterizedTest
  @MethodSource("badEndpoints")
  void endpointsHaveALiteralHostAPortAndAProtocol(List<String> tag) {
    assertRefused(RULES.verify(signed(tag, LIVE), NOW), RecordRejection.BAD_ENDPOINT);
    assertRefused(LOCAL_RULES.verify(signed(tag, LIVE), NOW), RecordRejection.BAD_ENDPOINT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:4848", "10.1.2.3:4848", "192.168.1.1:4848", "169.254.1.1:4848",
        "100.64.0.1:4848", "[::1]:4848", "[fd00::1]:4848", "[fe80::1]:4848",
        "[::ffff:10.0.0.1]:4848", "[2002:7f00:1::]:4848", "[64:ff9b::10.0.0.1]:4848"
      })
  void privateAddressesAreForLocalModeOnly(String address) {
    NostrEvent event = signed(List.of("clearnet", address, "wsn"), LIVE);
    assertRefused(RULES.verify(event, NOW), RecordRejection.PRIVATE_ADDRESS);
    accepted(LOCAL_RULES.verify(event, NOW));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0:4848", "224.0.0.1:4848", "255.255.255.255:4848", "240.0.0.1:4848",
        "[::]:4848", "[ff02::1]:4848", "[100::1]:4848", "[::ffff:0.0.0.0]:4848"
      })
  void unusableAddressesAreNeverAccepted(String address) {
    NostrEvent event = signed(List.of("clearnet", address, "wsn"), LIVE);
    assertRefused(RULES.verify(event, NOW), RecordRejection.UNUSABLE_ADDRESS);
    assertRefused(LOCAL_RULES.verify(event, NOW), RecordRejection.UNUSABLE_ADDRESS);
  }
}
