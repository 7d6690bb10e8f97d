package dev.wsn.resolver.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.Signed;
import dev.wsn.resolver.http.Serving;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Following a key over real connections, through resolvers that go away. */
final class ResolverWatchTest {
  private static final AddressRecord FIRST =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(9), "203.0.113.7:4848");
  private static final AddressRecord SECOND =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(5), "203.0.113.9:4848");
  private static final AddressRecord THIRD =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(4), "203.0.113.10:4848");

  private final BlockingQueue<Resolution> told = new LinkedBlockingQueue<>();

  private Resolution next() throws InterruptedException {
    Resolution resolution = told.poll(30, TimeUnit.SECONDS);
    assertThat(resolution).as("told within 30 s").isNotNull();
    return resolution;
  }

  private AddressRecord nextFound() throws InterruptedException {
    Resolution resolution = next();
    assertThat(resolution).isInstanceOf(Resolution.Found.class);
    return ((Resolution.Found) resolution).addressRecord();
  }

  private static ResolverGroup group(Serving serving, URI... resolvers) {
    return new ResolverGroup(List.of(resolvers), Signed.RULES, serving.now::get);
  }

  @Test
  void changesAreToldOnce() throws Exception {
    try (Serving serving = new Serving()) {
      serving.put(FIRST);
      ResolverClient client = new ResolverClient(serving.uri(""), Signed.RULES, serving.now::get);
      try (ResolverWatch watch = client.watch(Signed.ALICE, told::add)) {
        assertThat(watch).isNotNull();
        assertThat(nextFound()).isEqualTo(FIRST);
        serving.put(SECOND);
        assertThat(nextFound()).isEqualTo(SECOND);
        AddressRecord withdrawal =
            Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(3), List.of());
        serving.put(withdrawal);
        assertThat(next()).isInstanceOf(Resolution.Withdrawn.class);
        serving.sleep(Signed.LIFETIME);
        assertThat(next()).isInstanceOf(Resolution.NotFound.class);
      }
      assertThat(told).isEmpty();
    }
  }

  @Test
  void theNextResolverGoesOnWhereOneEnded() throws Exception {
    Serving going = new Serving();
    try (Serving staying = new Serving()) {
      going.put(FIRST);
      staying.put(FIRST);
      ResolverGroup group =
          group(staying, URI.create("http://127.0.0.1:1"), going.uri(""), staying.uri(""));
      try (ResolverWatch watch = group.watch(Signed.ALICE, told::add)) {
        assertThat(watch).isNotNull();
        assertThat(nextFound()).isEqualTo(FIRST);
        staying.put(SECOND);
        going.close();
        assertThat(nextFound()).as("missed while nobody was connected").isEqualTo(SECOND);
        staying.put(THIRD);
        assertThat(nextFound()).isEqualTo(THIRD);
      }
      assertThat(told).as("nothing is told twice").isEmpty();
    }
  }

  @Test
  void whatDoesNotHoldIsPassedOver() throws Exception {
    String forged =
        "retry: 5000\n\nid: x\nevent: expiry\ndata: {}\n\nid: y\nevent: record\ndata: nonsense\n\n"
            + "data: "
            + "x".repeat(EventStream.MAX_LINE_BYTES + 1)
            + "\n\n";
    try (CannedServer liar =
            CannedServer.of(
                200,
                "text/event-stream",
                forged.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Serving honest = new Serving()) {
      honest.put(FIRST);
      ResolverGroup group = group(honest, liar.uri(), honest.uri(""));
      try (ResolverWatch watch = group.watch(Signed.ALICE, told::add)) {
        assertThat(watch).isNotNull();
        assertThat(nextFound()).isEqualTo(FIRST);
      }
      assertThat(told).isEmpty();
    }
  }
}
