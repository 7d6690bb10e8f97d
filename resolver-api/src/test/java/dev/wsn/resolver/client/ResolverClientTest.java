package dev.wsn.resolver.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRejection;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.InMemoryResolver;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolutionJson;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Signed;
import dev.wsn.resolver.cache.AnswerCache;
import dev.wsn.resolver.http.Problem;
import dev.wsn.resolver.http.Serving;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client with honest, lying, slow and absent resolvers, over real connections. */
final class ResolverClientTest {
  private static final AddressRecord OLD =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(5), "203.0.113.7:4848");
  private static final AddressRecord NEW =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(1), "203.0.113.9:4848");
  private static final AddressRecord WITHDRAWAL = Signed.record(Signed.ALICE_SECRET, Duration.ZERO);
  private static final AddressRecord OF_BOB =
      Signed.record(Signed.BOB_SECRET, Duration.ZERO, "203.0.113.7:4848");
  private static final Evidence EVIDENCE = InMemoryResolver.evidence(ResolvePolicy.FAST, 2);

  private static final Evidence PUBLISHED =
      new Evidence(ResolvePolicy.FAST, "cache", 2, 2, 2, 2, 0, 0, 0);

  /** A resolver that remembers one key only, and has just been asked for another one. */
  private static void makeForget(Serving serving) {
    serving.resolver.rollBackTo(
        Signed.record(Signed.BOB_SECRET, Duration.ZERO, "203.0.113.7:4848"));
    assertThat(serving.get(Serving.path(Signed.BOB)).statusCode()).isEqualTo(200);
  }

  private static Serving forgetful() {
    return new Serving(
        Serving.Setup.defaults().with(new AnswerCache.Limits(1, 1, 10, Duration.ofSeconds(20))));
  }

  private static ResolverClient client(URI uri) {
    return new ResolverClient(uri, Signed.RULES, InstantSource.fixed(Signed.NOW));
  }

  private static ResolverClient hurried(URI uri) {
    return new ResolverClient(
        uri,
        Signed.RULES,
        InstantSource.fixed(Signed.NOW),
        new SeenVersions(),
        Duration.ofMillis(1300));
  }

  private static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static Resolution resolve(ResolverClient client) {
    return await(client.resolve(Signed.ALICE, ResolvePolicy.FAST));
  }

  /** What a client makes of a resolver that answers 200 with this event for Alice's key. */
  private static String refusalOf(NostrEvent event) {
    byte[] honest = ResolutionJson.write(Signed.ALICE, new Resolution.Found(NEW, EVIDENCE));
    String lie =
        new String(honest, UTF_8)
            .replace(
                new String(EventJson.write(NEW.event()), UTF_8),
                new String(EventJson.write(event), UTF_8));
    return refusalOf(200, lie);
  }

  private static String refusalOf(int status, String body) {
    try (CannedServer server = CannedServer.of(status, "application/json", body.getBytes(UTF_8))) {
      Resolution answer = resolve(client(server.uri()));
      assertThat(answer).isInstanceOf(Resolution.Untrusted.class);
      String reason = ((Resolution.Untrusted) answer).reason();
      String start = "the resolver at " + server.uri() + " answered with ";
      assertThat(reason).startsWith(start);
      return reason.substring(start.length());
    }
  }

  private static String unreachable(CannedServer server, ResolverClient client) {
    Resolution answer = resolve(client);
    assertThat(answer).isInstanceOf(Resolution.Unreachable.class);
    return ((Resolution.Unreachable) answer).reason().replace(server.uri().toString(), "URL");
  }

  @Test
  void publishesAndResolvesThroughAnHonestResolver() {
    try (Serving serving = new Serving()) {
      ResolverClient client = client(serving.uri("/"));
      assertThat(resolve(client))
          .isEqualTo(new Resolution.NotFound(InMemoryResolver.evidence(ResolvePolicy.FAST, 0)));
      assertThat(await(client.publish(OLD)))
          .isEqualTo(new Publication.Accepted(2, 2, Map.of(), true));
      assertThat(await(client.publish(OLD.event())))
          .isEqualTo(new Publication.Accepted(2, 2, Map.of(), false));
      assertThat(resolve(client)).isEqualTo(new Resolution.Found(OLD, PUBLISHED));
      assertThat(await(client.resolve(Signed.ALICE, ResolvePolicy.QUORUM)))
          .isEqualTo(new Resolution.Found(OLD, InMemoryResolver.evidence(ResolvePolicy.QUORUM, 2)));
      await(client.publish(WITHDRAWAL));
      assertThat(resolve(client)).isEqualTo(new Resolution.Withdrawn(WITHDRAWAL, PUBLISHED));
      assertThat(await(client(serving.uri("")).publish(OLD)))
          .isEqualTo(
              new Publication.Refused(
                  RecordRejection.OLDER_THAN_KNOWN, "a newer record of this key is known"));
    }
  }

  @Test
  void outagesBehindTheResolverAreToldAsTheyAre() {
    try (Serving serving = new Serving()) {
      ResolverClient client = client(serving.uri(""));
      serving.resolver.network(InMemoryResolver.Network.UNREACHABLE);
      assertThat(resolve(client))
          .isEqualTo(new Resolution.Unreachable("no node answers; \ufffd[31m\"check\" the <seed>"));
      assertThat(await(client.publish(NEW)))
          .isEqualTo(new Publication.Unreachable("no node answers"));
      serving.resolver.network(InMemoryResolver.Network.TOO_FEW);
      assertThat(await(client.publish(NEW)))
          .isEqualTo(new Publication.TooFew(1, 2, Map.of(RecordRejection.FULL, 2)));
      serving.resolver.network(InMemoryResolver.Network.BROKEN);
      String sentence =
          "what is at " + serving.uri("") + " answered with status 500, not as a resolver does";
      assertThat(resolve(client)).isEqualTo(new Resolution.Unreachable(sentence));
      assertThat(await(client.publish(NEW))).isEqualTo(new Publication.Unreachable(sentence));
    }
  }

  @Test
  void aTamperedEventIsUntrusted() {
    NostrEvent moved =
        Signed.withTags(
            NEW.event(),
            List.of(List.of("clearnet", "198.51.100.1:4848", "wsn"), NEW.event().tags().get(1)));
    assertThat(refusalOf(moved)).startsWith("a record that does not hold: the id is not the hash");
    NostrEvent selfConsistent =
        new NostrEvent(
            moved.computeId(),
            moved.pubkey(),
            moved.createdAt(),
            moved.kind(),
            moved.tags(),
            moved.content(),
            moved.signature());
    assertThat(refusalOf(selfConsistent))
        .isEqualTo(
            "a record that does not hold: the signature is not one of this pubkey over this id");
  }

  @Test
  void aRecordOfAnotherKeyIsUntrusted() {
    assertThat(refusalOf(OF_BOB.event())).isEqualTo("the record of another key");
  }

  @Test
  void anExpiredRecordIsUntrusted() {
    AddressRecord expired = Signed.record(Signed.ALICE_SECRET, Signed.LIFETIME, "203.0.113.7:4848");
    assertThat(refusalOf(expired.event())).isEqualTo("a record that has expired");
  }

  @Test
  void garbageIsUntrusted() {
    assertThat(refusalOf(200, "<html>"))
        .isEqualTo("something else than a resolution: the text is not JSON (line 1, column 1)");
    assertThat(refusalOf(410, "{}"))
        .isEqualTo("something else than a resolution: the answer has no event");
    assertThat(refusalOf(200, " ".repeat(ResolutionJson.MAX_BYTES + 1)))
        .isEqualTo("more than a resolution can be");
  }

  @Test
  void anOlderRecordThanSeenIsUntrusted() {
    try (Serving serving = forgetful()) {
      ResolverClient client = client(serving.uri(""));
      await(serving.resolver.publish(NEW));
      assertThat(resolve(client)).isInstanceOf(Resolution.Found.class);
      // The address that served the newest record now serves an older one, validly signed.
      serving.resolver.rollBackTo(OLD);
      makeForget(serving);
      assertThat(resolve(client))
          .isEqualTo(
              new Resolution.Untrusted(
                  "the resolver at "
                      + serving.uri("")
                      + " answered with an older record than this client has seen"));
      assertThat(resolve(client(serving.uri("")))).isInstanceOf(Resolution.Found.class);
    }
  }

  @Test
  void whatTheClientPublishedCountsAsSeen() {
    try (Serving serving = forgetful()) {
      ResolverClient client = client(serving.uri(""));
      await(client.publish(NEW));
      serving.resolver.rollBackTo(OLD);
      makeForget(serving);
      assertThat(resolve(client)).isInstanceOf(Resolution.Untrusted.class);
    }
  }

  @Test
  void theStatusIsTakenFromTheEventAndNotFromTheResolver() {
    byte[] claimed = ResolutionJson.write(Signed.ALICE, new Resolution.Found(NEW, EVIDENCE));
    try (CannedServer server = CannedServer.of(410, "application/json", claimed)) {
      assertThat(resolve(client(server.uri()))).isEqualTo(new Resolution.Found(NEW, EVIDENCE));
    }
  }

  @Test
  void aBadRecordIsRefusedWithoutAskingAnyone() {
    URI nowhere = URI.create("http://127.0.0.1:1");
    ResolverClient late =
        new ResolverClient(
            nowhere, Signed.RULES, InstantSource.fixed(Instant.ofEpochSecond(NEW.expiresAt())));
    assertThat(await(late.publish(NEW)))
        .isInstanceOfSatisfying(
            Publication.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(RecordRejection.EXPIRED));
    NostrEvent altered = Signed.withContent(NEW.event(), "x");
    assertThat(await(client(nowhere).publish(altered)))
        .isInstanceOfSatisfying(
            Publication.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(RecordRejection.CONTENT_NOT_EMPTY));
  }

  @Test
  void anAbsentResolverIsUnreachable() {
    CannedServer closed = CannedServer.raw("");
    closed.close();
    assertThat(unreachable(closed, client(closed.uri())))
        .isEqualTo("there is no resolver at URL: it refuses connections or cannot be reached");
    Publication published = await(client(closed.uri()).publish(NEW));
    assertThat(published).isInstanceOf(Publication.Unreachable.class);
    assertThat(resolve(client(URI.create("http://resolver.invalid"))))
        .isEqualTo(
            new Resolution.Unreachable(
                "the host name of the resolver at http://resolver.invalid is unknown"));
  }

  @Test
  void aSilentOrBrokenConnectionIsUnreachable() {
    String start = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"pub";
    try (CannedServer silent = CannedServer.hanging("");
        CannedServer stuck = CannedServer.hanging(start);
        CannedServer cut = CannedServer.raw(start);
        CannedServer noise = CannedServer.raw("SSH-2.0-OpenSSH_9.9\r\n")) {
      String late = "the resolver at URL did not answer within 1 s";
      assertThat(unreachable(silent, hurried(silent.uri()))).isEqualTo(late);
      assertThat(unreachable(stuck, hurried(stuck.uri()))).isEqualTo(late);
      String broken = "the connection to the resolver at URL broke before the answer was complete";
      assertThat(unreachable(cut, client(cut.uri()))).isEqualTo(broken);
      assertThat(unreachable(noise, client(noise.uri()))).isEqualTo(broken);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {206, 301, 404, 418, 503})
  void whatIsNoResolverIsUnreachable(int status) {
    byte[] page = "<html>".getBytes(UTF_8);
    try (CannedServer server = CannedServer.of(status, "text/html", page)) {
      assertThat(unreachable(server, client(server.uri())))
          .isEqualTo("what is at URL answered with status " + status + ", not as a resolver does");
      assertThat(await(client(server.uri()).publish(NEW)))
          .isInstanceOf(Publication.Unreachable.class);
    }
  }

  @Test
  void aNotFoundWithoutEvidenceIsNotBelieved() {
    byte[] bare = Problem.of(404, "key-unknown", "No", "no").json();
    try (CannedServer server = CannedServer.of(404, "application/problem+json", bare)) {
      assertThat(unreachable(server, client(server.uri())))
          .isEqualTo("what is at URL answered with status 404, not as a resolver does");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:4880",
        "ftp://127.0.0.1",
        "http:///v1",
        "http://user@127.0.0.1",
        "http://127.0.0.1/?a",
        "http://127.0.0.1/#a"
      })
  void onlyPlainHttpUrlsNameAResolver(String text) {
    URI uri = text.startsWith("127") ? URI.create("//" + text) : URI.create(text);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> client(uri))
        .withMessageStartingWith("the URL of a resolver ");
  }
}
