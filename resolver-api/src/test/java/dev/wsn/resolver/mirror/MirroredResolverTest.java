package dev.wsn.resolver.mirror;

import static dev.wsn.resolver.mirror.ScriptedRelay.having;
import static dev.wsn.resolver.mirror.ScriptedRelay.json;
import static dev.wsn.resolver.mirror.ScriptedRelay.say;
import static dev.wsn.resolver.mirror.ScriptedRelay.sayText;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RollbackMemory;
import dev.wsn.resolver.InMemoryResolver;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Signed;
import dev.wsn.resolver.mirror.MirrorCounts.Asked;
import dev.wsn.resolver.mirror.MirrorCounts.Bad;
import dev.wsn.resolver.mirror.MirrorCounts.Sent;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.net.SelfSignedCertificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Mirrors over real sockets, most of which lie or break the protocol. */
@Timeout(120)
final class MirroredResolverTest {
  private static final AddressRecord OLD =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(5), "203.0.113.7:4848");
  private static final AddressRecord NEW =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(1), "203.0.113.9:4848");
  private static final AddressRecord GONE = Signed.record(Signed.ALICE_SECRET, Duration.ZERO);
  private static final AddressRecord OF_BOB =
      Signed.record(Signed.BOB_SECRET, Duration.ZERO, "203.0.113.11:4848");

  private final Vertx vertx = Vertx.vertx();
  private final InMemoryResolver network = new InMemoryResolver(() -> Signed.NOW);
  private final RollbackMemory memory = new RollbackMemory(100);
  private final MirrorCounts counts = new MirrorCounts();

  @AfterEach
  void stop() {
    ScriptedRelay.await(vertx.close());
  }

  private synchronized CompletionStage<Boolean> admit(AddressRecord signed) {
    boolean isAdmitted = memory.admits(signed.pubkey(), signed.version());
    if (isAdmitted) {
      memory.remember(signed.pubkey(), signed.version());
    }
    return CompletableFuture.completedFuture(isAdmitted);
  }

  private MirroredResolver mirroredBy(MirrorAddress... mirrors) {
    return new MirroredResolver(
        vertx,
        network,
        List.of(mirrors),
        Signed.RULES,
        this::admit,
        counts,
        () -> Signed.NOW,
        () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
  }

  private MirroredResolver mirroredBy(ScriptedRelay... relays) {
    return mirroredBy(
        Arrays.stream(relays).map(ScriptedRelay::address).toArray(MirrorAddress[]::new));
  }

  private static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static Resolution alice(MirroredResolver resolver) {
    return await(resolver.resolve(Signed.ALICE, ResolvePolicy.FAST));
  }

  private static void until(String what, BooleanSupplier condition) {
    for (int i = 0; i < 3_000 && !condition.getAsBoolean(); i++) {
      LockSupport.parkNanos(20_000_000);
    }
    assertThat(condition.getAsBoolean()).as(what).isTrue();
  }

  private static void assertFound(Resolution resolution, AddressRecord expected, String mirror) {
    assertThat(resolution).isInstanceOf(Resolution.Found.class);
    Resolution.Found found = (Resolution.Found) resolution;
    assertThat(found.addressRecord()).isEqualTo(expected);
    assertThat(found.evidence().source()).isEqualTo("mirror");
    assertThat(found.evidence().mirror()).contains(mirror);
  }

  @Test
  void whatTheNetworkHasIsNotAskedOfMirrors() {
    network.rollBackTo(OLD);
    try (ScriptedRelay relay = new ScriptedRelay(vertx, having(NEW.event()))) {
      Resolution resolution = alice(mirroredBy(relay));
      assertThat(((Resolution.Found) resolution).addressRecord()).isEqualTo(OLD);
      network.rollBackTo(GONE);
      assertThat(alice(mirroredBy(relay))).isInstanceOf(Resolution.Withdrawn.class);
      await(mirroredBy(relay).resolve(Signed.BOB, ResolvePolicy.CACHE));
      assertThat(relay.heard("REQ")).isEmpty();
    }
  }

  @Test
  void whatTheNetworkHasNotIsAskedOfMirrorsAndTheNewestWins() {
    try (ScriptedRelay one = new ScriptedRelay(vertx, having(OLD.event()));
        ScriptedRelay two = new ScriptedRelay(vertx, having(NEW.event(), OLD.event()));
        ScriptedRelay three = new ScriptedRelay(vertx, having())) {
      MirroredResolver resolver = mirroredBy(one, two, three);
      assertFound(alice(resolver), NEW, two.address().toString());
      assertThat(one.heard("REQ"))
          .containsExactly(
              new JsonArray(
                  "[\"REQ\",\"q1\",{\"kinds\":[11111],\"authors\":[\"%s\"],\"limit\":1}]"
                      .formatted(Signed.ALICE.hex())));
      until("the question is closed", () -> one.heard("CLOSE").size() == 1);
      network.network(InMemoryResolver.Network.UNREACHABLE);
      assertFound(alice(resolver), NEW, two.address().toString());
      assertThat(counts.of(Asked.FOUND)).isEqualTo(4);
      assertThat(counts.of(Asked.NONE)).isEqualTo(2);
    }
  }

  @Test
  void aWithdrawalOnAMirrorIsToldAsOne() {
    try (ScriptedRelay relay = new ScriptedRelay(vertx, having(GONE.event()))) {
      Resolution resolution = alice(mirroredBy(relay));
      assertThat(resolution).isInstanceOf(Resolution.Withdrawn.class);
      assertThat(((Resolution.Withdrawn) resolution).evidence().mirror()).isPresent();
    }
  }

  @Test
  void anOlderRecordThanOneSeenIsNotBelieved() {
    await(admit(NEW));
    try (ScriptedRelay relay = new ScriptedRelay(vertx, having(OLD.event()))) {
      assertThat(alice(mirroredBy(relay))).isInstanceOf(Resolution.NotFound.class);
      assertThat(counts.of(Bad.OLDER_RECORD)).isEqualTo(1);
    }
  }

  @Test
  void whatDoesNotVerifyIsNotBelieved() {
    NostrEvent tampered = Signed.withContent(NEW.event(), "x");
    NostrEvent moved = Signed.withTags(NEW.event(), OF_BOB.event().tags());
    AddressRecord expired =
        Signed.record(Signed.ALICE_SECRET, Signed.LIFETIME.plusSeconds(1), "203.0.113.7:4848");
    NostrEvent[] lies = {OF_BOB.event(), tampered, moved, expired.event()};
    try (ScriptedRelay liar = new ScriptedRelay(vertx, having(lies));
        ScriptedRelay honest = new ScriptedRelay(vertx, having(OLD.event()))) {
      assertThat(alice(mirroredBy(liar))).isInstanceOf(Resolution.NotFound.class);
      assertThat(counts.of(Bad.INVALID_RECORD)).isEqualTo(lies.length);
      assertFound(alice(mirroredBy(liar, honest)), OLD, honest.address().toString());
    }
  }

  @Test
  void whoNeverEndsTellsAllTheSame() {
    try (ScriptedRelay relay =
        new ScriptedRelay(
            vertx,
            (socket, message) -> {
              if (message.getString(0).equals("REQ")) {
                say(socket, "EVENT", message.getString(1), json(NEW.event()));
              }
            })) {
      MirroredResolver resolver = mirroredBy(relay);
      assertFound(alice(resolver), NEW, relay.address().toString());
    }
    try (ScriptedRelay mute = new ScriptedRelay(vertx, (socket, message) -> {})) {
      MirroredResolver resolver = mirroredBy(mute);
      List<CompletableFuture<Resolution>> together =
          java.util.stream.IntStream.range(0, 5)
              .mapToObj(
                  i -> resolver.resolve(Signed.ALICE, ResolvePolicy.FAST).toCompletableFuture())
              .toList();
      together.forEach(each -> assertThat(await(each)).isInstanceOf(Resolution.NotFound.class));
      assertThat(counts.of(Asked.LATE)).isEqualTo(5);
    }
  }

  @Test
  void whoSendsWithoutEndIsCutOffAndLeftAlone() {
    AtomicInteger sent = new AtomicInteger();
    try (ScriptedRelay relay =
        new ScriptedRelay(
            vertx,
            (socket, message) -> {
              for (int i = 0; i < 100_000 && !socket.writeQueueFull(); i++) {
                say(socket, "EVENT", message.getString(1), json(OF_BOB.event()));
                sent.incrementAndGet();
              }
              long unused =
                  vertx.setPeriodic(
                      1,
                      more -> {
                        if (!socket.isClosed() && !socket.writeQueueFull()) {
                          say(socket, "NOTICE", "more");
                        }
                      });
            })) {
      MirroredResolver resolver = mirroredBy(relay);
      assertThat(alice(resolver)).isInstanceOf(Resolution.NotFound.class);
      until("the flood is counted", () -> counts.of(Bad.FLOOD) == 1);
      long invalid = counts.of(Bad.INVALID_RECORD);
      assertThat(invalid).as("verified, of %s sent", sent).isLessThan(200);
      assertThat(alice(resolver)).isInstanceOf(Resolution.NotFound.class);
      assertThat(counts.of(Asked.UNREACHABLE)).isEqualTo(2);
      assertThat(relay.heard("REQ")).as("not connected again").hasSize(1);
    }
  }

  @Test
  void brokenMessagesEndTheConnectionOrNothing() {
    try (ScriptedRelay huge =
            new ScriptedRelay(
                vertx,
                (socket, message) ->
                    sayText(socket, "[\"NOTICE\",\"" + "x".repeat(300_000) + "\"]"));
        ScriptedRelay odd =
            new ScriptedRelay(
                vertx,
                (socket, message) -> {
                  if (!message.getString(0).equals("REQ")) {
                    return;
                  }
                  for (String text :
                      List.of("", "{}", "[", "[[[[[[[[[[[]]", "[\"EVENT\",\"q1\",{}]", "[null]")) {
                    sayText(socket, text);
                  }
                  var unused = socket.writeBinaryMessage(io.vertx.core.buffer.Buffer.buffer("[]"));
                  having(OLD.event()).accept(socket, message);
                })) {
      assertThat(alice(mirroredBy(huge))).isInstanceOf(Resolution.NotFound.class);
      assertThat(counts.of(Asked.UNREACHABLE)).isEqualTo(1);
      assertFound(alice(mirroredBy(odd)), OLD, odd.address().toString());
      assertThat(counts.of(Bad.MALFORMED)).isEqualTo(7);
    }
  }

  @Test
  void aMirrorThatIsNotThereCostsNothing() {
    ScriptedRelay relay = new ScriptedRelay(vertx, having());
    MirrorAddress nowhere = relay.address();
    relay.close();
    assertThat(alice(mirroredBy(nowhere))).isInstanceOf(Resolution.NotFound.class);
    assertThat(counts.of(Asked.UNREACHABLE)).isEqualTo(1);
  }

  @Test
  void aCertificateThatNobodyVouchesForIsRefused() {
    HttpServerOptions secure =
        new HttpServerOptions()
            .setSsl(true)
            .setKeyCertOptions(SelfSignedCertificate.create("127.0.0.1").keyCertOptions());
    try (ScriptedRelay relay = new ScriptedRelay(vertx, secure, 0, having(OLD.event()))) {
      assertThat(alice(mirroredBy(relay))).isInstanceOf(Resolution.NotFound.class);
      assertThat(relay.heard("REQ")).isEmpty();
    }
  }

  @Test
  void whatIsPublishedGoesToMirrorsUnlessItIsRefused() {
    try (ScriptedRelay relay = new ScriptedRelay(vertx, having())) {
      MirroredResolver resolver = mirroredBy(relay);
      assertThat(await(resolver.publish(NEW))).isInstanceOf(Publication.Accepted.class);
      until("it is taken", () -> counts.of(Sent.ACCEPTED) == 1);
      assertThat(relay.heard("EVENT").get(0).getJsonObject(1)).isEqualTo(json(NEW.event()));
      assertThat(await(resolver.publish(OLD))).isInstanceOf(Publication.Refused.class);
      network.network(InMemoryResolver.Network.UNREACHABLE);
      assertThat(await(resolver.publish(OF_BOB))).isInstanceOf(Publication.Unreachable.class);
      until("the second, too", () -> counts.of(Sent.ACCEPTED) == 2);
      assertThat(relay.heard("EVENT")).hasSize(2);
    }
  }

  @Test
  void whatAMirrorRefusesIsCountedByItsReason() {
    List<String> reasons =
        List.of(
            "blocked: not you", "pow: 20", "invalid: x", "restricted: x", "auth-required: x", "no");
    AtomicInteger next = new AtomicInteger();
    try (ScriptedRelay relay =
        new ScriptedRelay(
            vertx,
            (socket, message) ->
                say(
                    socket,
                    "OK",
                    message.getJsonObject(1).getString("id"),
                    false,
                    reasons.get(next.getAndIncrement())))) {
      MirroredResolver resolver = mirroredBy(relay);
      for (int i = 0; i < reasons.size(); i++) {
        await(
            resolver.publish(
                Signed.record(
                    Signed.ALICE_SECRET, Duration.ofSeconds(60 - i), "203.0.113.7:" + (4848 + i))));
        int answered = i + 1;
        until("answer " + answered, () -> next.get() == answered);
      }
      until("all are counted", () -> counts.of(Sent.OTHER) == 1);
      for (Sent each :
          List.of(Sent.BLOCKED, Sent.POW, Sent.INVALID, Sent.RESTRICTED, Sent.AUTH_REQUIRED)) {
        assertThat(counts.of(each)).as(each.name()).isEqualTo(1);
      }
    }
  }

  @Test
  void aRecordWaitsForAMirrorThatComesBack() {
    ScriptedRelay first = new ScriptedRelay(vertx, having());
    int port = first.port();
    MirroredResolver resolver = mirroredBy(first);
    first.close();
    await(resolver.publish(NEW));
    try (ScriptedRelay again = back(port)) {
      until("it is taken", () -> counts.of(Sent.ACCEPTED) == 1);
      assertThat(again.heard("EVENT")).hasSize(1);
    }
  }

  /** At the port that was given up, which a connection of another program may have for a moment. */
  private ScriptedRelay back(int port) {
    while (true) {
      try {
        return new ScriptedRelay(vertx, new HttpServerOptions(), port, having());
      } catch (CompletionException taken) {
        LockSupport.parkNanos(50_000_000);
      }
    }
  }
}
