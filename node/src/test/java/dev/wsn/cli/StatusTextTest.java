package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.mapping.PortMapper.State;
import dev.wsn.mapping.PortMapping;
import dev.wsn.mapping.WantedPort;
import dev.wsn.record.IpAddress;
import org.junit.jupiter.api.Test;

class StatusTextTest {
  private static final WantedPort PORT = new WantedPort(WantedPort.Transport.TCP, 4850, 8443);
  private static final IpAddress PUBLIC = IpAddress.of(new byte[] {(byte) 203, 0, 114, 7});
  private static final IpAddress PRIVATE = IpAddress.of(new byte[] {10, 0, 0, 7});
  private static final long NOW = 5_000;

  /** The line about the mapping, of a relay that has this state. */
  private static String line(State state) {
    ObjectNode status = JsonText.object();
    status.putObject("relay");
    StatusJson.addMapping(status, PORT, state, NOW);
    return new StatusText(status, 0)
        .text()
        .lines()
        .filter(line -> line.startsWith("mapping "))
        .findAny()
        .orElse("");
  }

  private static State mapped(IpAddress external, long seconds, long untilMillis) {
    return new State.Mapped(
        new PortMapping(PORT, "UPnP at 192.168.1.1", seconds, external), untilMillis);
  }

  @Test
  void mappingShowsRouterAddressAndLease() {
    assertThat(line(mapped(PUBLIC, 1_200, NOW + 1_190_500)))
        .endsWith(
            "UPnP at 192.168.1.1 forwards TCP port 8443 (here 4850) of 203.0.114.7, leased for"
                + " another 19 min 50 s, renewed before that");
    assertThat(line(mapped(PUBLIC, 0, Long.MAX_VALUE))).endsWith(", until it is told to stop");
  }

  @Test
  void mappingBehindAnotherRouterIsNotTakenForReachable() {
    assertThat(line(mapped(PRIVATE, 0, Long.MAX_VALUE))).contains("no address of the Internet");
  }

  @Test
  void missingMappingIsExplained() {
    assertThat(line(new State.Refused("NAT-PMP: it does not answer; UPnP: nobody answers")))
        .endsWith(
            "no router forwards TCP port 8443 (here 4850) (NAT-PMP: it does not answer; UPnP:"
                + " nobody answers)");
    assertThat(line(new State.Asking())).contains("is being asked");
    assertThat(line(new State.Ended())).contains("stopped");
  }

  @Test
  void serversThatAskNoRouterShowNothingOfIt() {
    ObjectNode status = JsonText.object();
    status.putObject("relay");
    assertThat(new StatusText(status, 0).text()).doesNotContain("mapping");
  }
}
