package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.Publication;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PublisherTest {
  private static final long NOON = 1_795_000_000;
  private static final Duration LIFETIME = Duration.ofHours(2);
  private static final Endpoint HERE = Endpoint.parse("127.0.0.1:4848");
  private static final Endpoint THERE = Endpoint.parse("127.0.0.1:4849");

  private final Path directory;
  private final Path file;
  private final Vertx vertx = Vertx.vertx();
  private final RecordRules rules = new RecordRules(TestRelay.CURVE, true);
  private final SecretKey secret = SecretKey.generate(TestRelay.RANDOM);
  private final PublicKey key = TestRelay.CURVE.publicKey(secret);
  private volatile long networkTime = NOON;
  private final InstantSource networkClock = () -> Instant.ofEpochSecond(networkTime);
  private final MemoryResolver resolver = new MemoryResolver(rules, networkClock);

  PublisherTest(@TempDir Path directory) {
    this.directory = directory;
    this.file = directory.resolve("relay.key.published");
  }

  @AfterEach
  void stop() {
    Awaiting.done(vertx.close());
  }

  private Publisher publisher(InstantSource clock, Duration lifetime, boolean withdraws) {
    PublisherOptions options =
        new PublisherOptions(List.of(HERE), List.of(), lifetime, file, withdraws);
    return new Publisher(vertx, resolver, rules, secret, options, clock, TestRelay.RANDOM);
  }

  private Publisher publisherAt(long time) {
    return publisher(() -> Instant.ofEpochSecond(time), LIFETIME, false);
  }

  private AddressRecord signed(long createdAt) {
    return rules.sign(secret, List.of(THERE), createdAt, LIFETIME, new byte[32]);
  }

  private AddressRecord inNetwork() {
    return Objects.requireNonNull(resolver.records.get(key), "nothing was published");
  }

  @Test
  void publishesAndRemembersWhen() throws IOException {
    Publisher publisher = publisherAt(NOON);

    Publication outcome = Awaiting.result(publisher.start());

    assertThat(outcome).isInstanceOf(Publication.Accepted.class);
    assertThat(inNetwork().endpoints()).containsExactly(HERE);
    assertThat(inNetwork().createdAt()).isEqualTo(NOON);
    assertThat(inNetwork().expiresAt()).isEqualTo(NOON + LIFETIME.toSeconds());
    assertThat(publisher.current()).hasValue(inNetwork());
    assertThat(file).hasContent(key.hex() + " " + NOON + "\n");
    assertThat(directory.toFile().list()).containsExactly("relay.key.published");
  }

  @Test
  void renewsAtAThirdOfTheLifetimeAndNeverRepeatsATime() {
    Publisher publisher = publisher(networkClock, Duration.ofSeconds(3), false);

    Publication unused = Awaiting.result(publisher.start());

    Awaiting.until(() -> resolver.published.size() >= 3);
    assertThat(resolver.published)
        .extracting(AddressRecord::createdAt)
        .startsWith(NOON, NOON + 1, NOON + 2);
  }

  @Test
  void aRestartWithTheClockSetBackGoesOnWhereItWas() {
    Publication unused = Awaiting.result(publisherAt(NOON).start());

    unused = Awaiting.result(publisherAt(NOON - 3600).start());
    assertThat(inNetwork().createdAt()).isEqualTo(NOON + 1);

    unused = Awaiting.result(publisherAt(NOON - 30).start());
    assertThat(inNetwork().createdAt()).isEqualTo(NOON + 2);
  }

  @Test
  void aClockSetBackGoesOnWhereItWasAlsoWhenNobodyCanBeAsked() throws IOException {
    new PublishedFile(file, key).write(NOON);
    resolver.isUnreachable = true;

    Publication outcome = Awaiting.result(publisherAt(NOON - 3600).start());

    assertThat(outcome).isInstanceOf(Publication.Unreachable.class);
    assertThat(file).hasContent(key.hex() + " " + (NOON + 1) + "\n");
  }

  @Test
  void aClockThatWasOnceAheadDoesNotLockTheOwnerOut() throws IOException {
    new PublishedFile(file, key).write(NOON + Duration.ofDays(365).toSeconds());

    Publication outcome = Awaiting.result(publisherAt(NOON).start());

    assertThat(outcome).isInstanceOf(Publication.Accepted.class);
    assertThat(inNetwork().createdAt()).isEqualTo(NOON);
  }

  @Test
  void aNewerRecordOfTheSameKeyIsOvertaken() {
    resolver.records.put(key, signed(NOON + 30));

    Publication outcome = Awaiting.result(publisherAt(NOON).start());

    assertThat(outcome).isInstanceOf(Publication.Refused.class);
    Awaiting.until(() -> inNetwork().createdAt() == NOON + 31);
    assertThat(inNetwork().endpoints()).containsExactly(HERE);
  }

  @Test
  void aFailureIsTriedAgainWithTheSameRecord() {
    resolver.nextPublications.add(new Publication.TooFew(1, 10, Map.of()));
    resolver.nextPublications.add(new Publication.Unreachable("nobody answers"));
    Publisher publisher = publisher(networkClock, Duration.ofSeconds(30), false);

    Publication first = Awaiting.result(publisher.start());

    assertThat(first).isInstanceOf(Publication.TooFew.class);
    Awaiting.until(() -> !resolver.published.isEmpty());
    assertThat(inNetwork().createdAt()).isEqualTo(NOON);
    assertThat(resolver.nextPublications).isEmpty();
  }

  @Test
  void aSignerThatIsAwayIsAskedAgainAndLosesNoTime() {
    AtomicInteger asked = new AtomicInteger();
    RecordSignature signature =
        (endpoints, topics, createdAt, lifetime) -> {
          if (asked.incrementAndGet() <= 2) {
            throw new IllegalStateException("the signer is away");
          }
          return rules.sign(secret, endpoints, topics, createdAt, lifetime, new byte[32]);
        };
    PublisherOptions options =
        new PublisherOptions(List.of(HERE), List.of(), Duration.ofSeconds(3), file, false);
    Publisher publisher =
        new Publisher(vertx, resolver, key, signature, options, networkClock, TestRelay.RANDOM);

    assertThat(Awaiting.failure(publisher.start())).hasMessage("the signer is away");
    assertThat(file).doesNotExist();
    Awaiting.until(() -> !resolver.published.isEmpty());

    assertThat(resolver.published.get(0).createdAt()).isEqualTo(NOON);
    assertThat(publisher.key()).isEqualTo(key);
  }

  @Test
  void aChangeIsPublishedAtOnceAndTheLastOneWins() {
    Publisher publisher = publisherAt(NOON);
    Publication unused = Awaiting.result(publisher.start());

    var first = publisher.endpointsChanged(List.of(THERE));
    var second = publisher.endpointsChanged(List.of(THERE, HERE));

    unused = Awaiting.result(first);
    unused = Awaiting.result(second);
    assertThat(inNetwork().endpoints()).containsExactly(THERE, HERE);
    assertThat(resolver.published)
        .extracting(AddressRecord::createdAt)
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(publisher.current()).hasValue(inNetwork());
  }

  @Test
  void nothingIsPublishedBeforeAnAddressIsKnown() {
    PublisherOptions options = new PublisherOptions(List.of(), List.of(), LIFETIME, file, false);
    Publisher publisher =
        new Publisher(vertx, resolver, rules, secret, options, networkClock, TestRelay.RANDOM);

    assertThat(Awaiting.result(publisher.start())).isInstanceOf(Publication.Unreachable.class);
    assertThat(resolver.published).isEmpty();
    Publication unused = Awaiting.result(publisher.endpointsChanged(List.of(THERE)));

    assertThat(inNetwork().endpoints()).containsExactly(THERE);
  }

  @Test
  void aStopWithdrawsWhenAskedToAndThenPublishesNoMore() {
    Publisher publisher = publisher(networkClock, Duration.ofSeconds(3), true);
    Publication unused = Awaiting.result(publisher.start());

    Awaiting.done(publisher.stop());

    assertThat(inNetwork().isWithdrawal()).isTrue();
    int published = resolver.published.size();
    Awaiting.done(publisher.stop());
    assertThat(resolver.published).hasSize(published);
  }

  @Test
  void aStopWithoutWithdrawalLeavesTheRecord() {
    Publisher publisher = publisherAt(NOON);
    Publication unused = Awaiting.result(publisher.start());

    Awaiting.done(publisher.stop());

    assertThat(inNetwork().endpoints()).containsExactly(HERE);
  }

  @Test
  void theFileOfAnotherKeyIsNotUsed() throws IOException {
    PublicKey other = TestRelay.CURVE.publicKey(SecretKey.generate(TestRelay.RANDOM));
    new PublishedFile(file, other).write(NOON);

    assertThat(Awaiting.failure(publisherAt(NOON).start()))
        .hasMessageContaining("belongs to another key");
    assertThat(resolver.published).isEmpty();
  }

  @Test
  void aFileThatIsSomethingElseIsNotOverwritten() throws IOException {
    Files.writeString(file, "-----BEGIN PRIVATE KEY-----\n");

    assertThat(Awaiting.failure(publisherAt(NOON).start())).hasMessageContaining("move it away");
    assertThat(file).hasContent("-----BEGIN PRIVATE KEY-----\n");
  }

  @Test
  void anEndpointThatTheRulesForbidIsSaidAtTheStart() {
    RecordRules publicOnly = new RecordRules(TestRelay.CURVE, false);
    PublisherOptions options =
        new PublisherOptions(List.of(HERE), List.of(), LIFETIME, file, false);
    Publisher publisher =
        new Publisher(vertx, resolver, publicOnly, secret, options, networkClock, TestRelay.RANDOM);

    assertThat(Awaiting.failure(publisher.start())).isInstanceOf(IllegalArgumentException.class);
    Awaiting.done(publisher.stop());
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(
            () -> new PublisherOptions(List.of(HERE), List.of(), Duration.ofHours(25), file, false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(PublisherOptions.stateFileOf(Path.of("a", "b.key")))
        .isEqualTo(Path.of("a", "b.key.published"));
  }
}
