package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.node.NodeView.SeenAddress;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a relay publishes when other nodes see it here or there, or nowhere. */
class OwnEndpointsTest {
  private static final String ONION =
      "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion:4848";
  private static final SeenAddress NOBODY = new SeenAddress(Optional.empty(), 0);

  private final List<SeenAddress> seen = new ArrayList<>(List.of(NOBODY, NOBODY));
  private String own = "192.168.1.5";
  private boolean isLocal;

  private OwnEndpoints endpoints(String listen, String... advertised) throws Exception {
    ListenAddress at = new ListenAddress.Converter().convert(listen);
    List<Advertised> wanted = new ArrayList<>();
    for (String each : advertised) {
      wanted.add(new Advertised.Converter().convert(each));
    }
    return new OwnEndpoints(
        wanted.isEmpty() ? OwnEndpoints.standard(at, at.port(), isLocal) : wanted,
        Optional.of(
            new OwnEndpoints.Witnesses(
                () -> seen, () -> IpAddress.parse(own).orElseThrow(), () -> {})),
        at,
        at.port(),
        isLocal);
  }

  private static SeenAddress at(String address) {
    return new SeenAddress(IpPort.parse(address), 5);
  }

  private static List<Endpoint> all(String... endpoints) {
    return Arrays.stream(endpoints).map(Endpoint::parse).toList();
  }

  @Test
  void eachFamilyHasItsOwnVotesAndThePortIsTheGateways() throws Exception {
    OwnEndpoints both = endpoints("[::]:4848");
    seen.set(0, at("203.0.113.7:50001"));
    assertThat(both.now()).isEqualTo(all("203.0.113.7:4848"));
    seen.set(1, at("[2001:db8::7]:50002"));
    assertThat(both.now()).isEqualTo(all("203.0.113.7:4848", "[2001:db8::7]:4848"));
    seen.set(0, new SeenAddress(Optional.empty(), 9));
    assertThat(both.now()).isEqualTo(all("[2001:db8::7]:4848"));
    assertThat(endpoints("0.0.0.0:4848").now()).as("no IPv6 gateway").isEmpty();
  }

  @Test
  void whatIsGivenStandsWhereItWasGiven() throws Exception {
    seen.set(0, at("203.0.113.7:50001"));
    assertThat(endpoints("[::]:4848", "wss://198.51.100.2:443", "auto:8443", ONION).now())
        .isEqualTo(all("wss://198.51.100.2:443", "203.0.113.7:8443", ONION));
    assertThat(endpoints("[::]:4848", "auto", "203.0.113.7:4848").now())
        .as("the same only once")
        .isEqualTo(all("203.0.113.7:4848"));
  }

  @Test
  void whoListensAtOneAddressNeedsNoVotesUnlessARouterIsInFront() throws Exception {
    seen.set(0, at("203.0.113.7:50001"));
    assertThat(endpoints("198.51.100.2:4848").now()).isEqualTo(all("198.51.100.2:4848"));
    assertThat(endpoints("198.51.100.2:4848").areVoted()).isFalse();
    assertThat(endpoints("192.168.1.5:4848").now()).isEqualTo(all("203.0.113.7:4848"));
    isLocal = true;
    assertThat(endpoints("192.168.1.5:4848").now()).isEqualTo(all("192.168.1.5:4848"));
  }

  @Test
  void anAddressThatTheInternetCannotReachIsNotPublished() throws Exception {
    seen.set(0, at("10.1.2.3:50001"));
    assertThat(endpoints("[::]:4848").now()).isEmpty();
    assertThat(endpoints("[::]:4848").reason())
        .contains("see this machine at 10.1.2.3, which the Internet cannot reach")
        .contains("--local")
        .contains("--advertise IP:PORT");
    isLocal = true;
    assertThat(endpoints("[::]:4848").now()).isEqualTo(all("10.1.2.3:4848"));
  }

  @Test
  void withoutEnoughVotesAnOwnPublicAddressStandsInAndNoOther() throws Exception {
    assertThat(endpoints("[::]:4848").now()).isEmpty();
    assertThat(endpoints("[::]:4848").reason()).startsWith("no other node has said yet");
    seen.set(0, new SeenAddress(Optional.empty(), 1));
    assertThat(endpoints("[::]:4848").reason()).startsWith("only nodes of 1 network have said");
    own = "198.51.100.2";
    assertThat(endpoints("[::]:4848").now()).isEqualTo(all("198.51.100.2:4848"));
    seen.set(0, new SeenAddress(Optional.empty(), 7));
    assertThat(endpoints("[::]:4848").now()).as("the votes speak against it").isEmpty();
    assertThat(endpoints("[::]:4848").reason()).startsWith("nodes of 7 networks do not agree");
  }

  @Test
  void moreThanARecordHoldsIsSaidEarly() throws Exception {
    Advertised fixed = new Advertised.Converter().convert("203.0.113.7:4848");
    Advertised auto = new Advertised.Converter().convert("auto");
    OwnEndpoints.check(List.of(auto, fixed, fixed, fixed, fixed, fixed, fixed), false);
    assertThatThrownBy(
            () ->
                OwnEndpoints.check(
                    List.of(auto, fixed, fixed, fixed, fixed, fixed, fixed, fixed), false))
        .hasMessageContaining("at most 8");
  }
}
