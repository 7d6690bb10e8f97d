package dev.wsn.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PortMapperTest {
  private static final WantedPort UDP = new WantedPort(WantedPort.Transport.UDP, 4848, 4848);
  private static final PortMapper.Pauses SHORT = new PortMapper.Pauses(20, 600_000);

  private static final class Heard implements PortMapper.Listener {
    private final List<String> all = new CopyOnWriteArrayList<>();

    @Override
    public void mapped(PortMapping mapping) {
      all.add("mapped by " + mapping.router());
    }

    @Override
    public void failed(String reasons) {
      all.add("failed: " + reasons);
    }

    @Override
    public void left(String reason) {
      all.add("left: " + reason);
    }
  }

  /** NAT-PMP at one router whose port is not the usual one. */
  private record At(InetSocketAddress router) implements Search {
    @Override
    public List<Router> routers() {
      return List.of(new NatPmp(router, LoopbackPmp::millis));
    }

    @Override
    public String name() {
      return "NAT-PMP";
    }
  }

  private static void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Test
  void leaseIsRenewedAtHalfOfItAndGivenBackAtTheEnd() throws IOException {
    Heard heard = new Heard();
    try (LoopbackPmp router = new LoopbackPmp(1, answer -> answer)) {
      PortMapper mapper =
          new PortMapper(UDP, List.of(new At(router.at())), SHORT, LoopbackPmp::millis, heard);
      long begin = System.nanoTime();
      mapper.start();
      until(() -> router.questions().size() >= 3);
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      assertThat(millis).isGreaterThanOrEqualTo(900);
      assertThat(mapper.isMapped()).isTrue();
      mapper.close();
      assertThat(mapper.isMapped()).isFalse();
      assertThat(router.questions()).last().extracting("seconds").isEqualTo(0);
      assertThat(heard.all).containsExactly("mapped by NAT-PMP at 127.0.0.1");
    }
  }

  @Test
  void whoDoesNotSpeakNatPmpIsAskedByUpnp() throws IOException {
    Heard heard = new Heard();
    LoopbackPmp gone = new LoopbackPmp(1, answer -> answer);
    InetSocketAddress at = gone.at();
    gone.close();
    try (LoopbackIgd router = new LoopbackIgd()) {
      Search upnp = new Search.ByQuestion(router.everybody(), LoopbackPmp::millis);
      PortMapper mapper =
          new PortMapper(UDP, List.of(new At(at), upnp), SHORT, LoopbackPmp::millis, heard);
      mapper.start();
      mapper.awaitFirst(20_000);
      assertThat(mapper.isMapped()).isTrue();
      mapper.close();
      assertThat(heard.all).containsExactly("mapped by UPnP at 127.0.0.1");
      assertThat(router.calls()).last().asString().startsWith("DeletePortMapping");
    }
  }

  @Test
  void refusalIsToldOnceCountedAndTriedAgain() throws IOException {
    Heard heard = new Heard();
    try (LoopbackIgd router = new LoopbackIgd()) {
      router.answering("AddPortMapping", 500, LoopbackIgd.error(606));
      Search upnp = new Search.ByQuestion(router.everybody(), LoopbackPmp::millis);
      PortMapper mapper = new PortMapper(UDP, List.of(upnp), SHORT, LoopbackPmp::millis, heard);
      mapper.start();
      until(() -> mapper.failures() >= 3);
      assertThat(heard.all).containsExactly("failed: UPnP at 127.0.0.1: it does not allow it");
      router.answering("AddPortMapping", 200, "<r/>");
      until(mapper::isMapped);
      assertThat(heard.all).last().isEqualTo("mapped by UPnP at 127.0.0.1");
      router.answering("DeletePortMapping", 500, LoopbackIgd.error(606));
      mapper.close();
      assertThat(heard.all).last().isEqualTo("left: UPnP at 127.0.0.1: it does not allow it");
    }
  }
}
