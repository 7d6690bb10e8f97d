package dev.wsn.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.record.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NatPmpTest {
  private static final WantedPort UDP = new WantedPort(WantedPort.Transport.UDP, 4848, 4848);
  private static final WantedPort TCP = new WantedPort(WantedPort.Transport.TCP, 4850, 8443);

  private static PortMapping map(UnaryOperator<byte[]> spoil) throws IOException {
    try (LoopbackPmp router = new LoopbackPmp(7_200, spoil)) {
      return new NatPmp(router.at(), LoopbackPmp::millis).map(UDP, 1_200);
    }
  }

  private static byte[] with(byte[] answer, int index, int... values) {
    byte[] changed = answer.clone();
    for (int i = 0; i < values.length && answer.length == 16; i++) {
      changed[index + i] = (byte) values[i];
    }
    return changed;
  }

  @Test
  void asksForThePortAndForTheAddress() throws IOException {
    try (LoopbackPmp router = new LoopbackPmp(600, answer -> answer)) {
      NatPmp asking = new NatPmp(router.at(), LoopbackPmp::millis);
      PortMapping mapping = asking.map(UDP, 1_200);
      assertThat(mapping.seconds()).isEqualTo(600);
      assertThat(mapping.external()).isEqualTo(IpAddress.parse("203.0.113.5").orElseThrow());
      assertThat(mapping.router()).isEqualTo("NAT-PMP at 127.0.0.1");
      asking.map(TCP, 1_200);
      asking.unmap(TCP);
      assertThat(router.questions())
          .containsExactly(
              new LoopbackPmp.Question(1, 4848, 4848, 1_200),
              new LoopbackPmp.Question(2, 4850, 8443, 1_200),
              new LoopbackPmp.Question(2, 4850, 0, 0));
    }
  }

  @Test
  void anotherPortThanTheWantedOneIsGivenBack() throws IOException {
    try (LoopbackPmp router = new LoopbackPmp(600, answer -> with(answer, 10, 0x20, 0xfb))) {
      assertThatThrownBy(() -> new NatPmp(router.at(), LoopbackPmp::millis).map(UDP, 1_200))
          .hasMessageContaining("port 4848 is taken there, it offers 8443");
      assertThat(router.questions()).last().extracting("seconds").isEqualTo(0);
    }
  }

  @Test
  void refusalsAreExplained() {
    assertThatThrownBy(() -> map(answer -> with(answer, 2, 0, 2)))
        .hasMessageContaining("does not allow it");
    assertThatThrownBy(() -> map(answer -> with(answer, 2, 0x7f, 1)))
        .hasMessageContaining("error 32513");
    assertThatThrownBy(() -> map(answer -> with(answer, 12, 0, 0, 0, 0)))
        .hasMessageContaining("makes no sense");
    assertThatThrownBy(() -> map(answer -> with(answer, 8, 0, 1)))
        .hasMessageContaining("makes no sense");
  }

  @Test
  void whatIsNoAnswerIsLeftAlone() {
    assertThatThrownBy(() -> map(answer -> Arrays.copyOf(answer, 15)))
        .hasMessageContaining("does not answer");
  }

  @Test
  void onlyTheAnswerToTheQuestionCounts() throws IOException {
    byte[] right = new byte[16];
    right[1] = (byte) 129;
    assertThat(NatPmp.isAnswer(ByteBuffer.wrap(right), 1, 16)).isTrue();
    assertThat(NatPmp.isAnswer(ByteBuffer.wrap(right), 2, 16)).isFalse();
    assertThat(NatPmp.isAnswer(ByteBuffer.wrap(with(right, 0, 2)), 1, 16)).isFalse();
    for (int length = 0; length < 16; length++) {
      ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(right, length));
      assertThat(NatPmp.isAnswer(cut, 1, 16)).isFalse();
    }
  }

  @Test
  void whoeverDoesNotSpeakItIsGivenUpAtOnce() throws IOException {
    LoopbackPmp router = new LoopbackPmp(600, answer -> answer);
    InetSocketAddress at = router.at();
    router.close();
    assertThatThrownBy(() -> new NatPmp(at, LoopbackPmp::millis).map(UDP, 1_200))
        .hasMessageContaining("does not speak NAT-PMP");
  }

  @Test
  void defaultRouteOfLinuxIsRead() {
    String table =
        """
        Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
        eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
        eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
        tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0
        """;
    assertThat(DefaultRoute.parse(table, ByteOrder.LITTLE_ENDIAN))
        .containsExactly(IpAddress.parse("192.168.1.1").orElseThrow());
  }
}
