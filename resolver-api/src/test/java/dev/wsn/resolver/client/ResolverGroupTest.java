package dev.wsn.resolver.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.wsn.record.AddressRecord;
import dev.wsn.resolver.InMemoryResolver;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolutionJson;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Signed;
import dev.wsn.resolver.client.ResolverGroup.Accusation;
import dev.wsn.resolver.client.ResolverGroup.Checked;
import dev.wsn.resolver.client.ResolverGroup.Offence;
import dev.wsn.resolver.http.Serving;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several resolvers, some of which lie, over real connections. */
final class ResolverGroupTest {
  private static final AddressRecord OLD =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(9), "203.0.113.7:4848");
  private static final AddressRecord NEW =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(5), "203.0.113.9:4848");
  private static final AddressRecord FRESH =
      Signed.record(Signed.ALICE_SECRET, Duration.ofSeconds(30), "203.0.113.10:4848");

  private final Serving honest = new Serving();
  private final Serving liar = new Serving();

  @AfterEach
  void stop() {
    honest.close();
    liar.close();
  }

  private static ResolverGroup group(URI... resolvers) {
    return new ResolverGroup(List.of(resolvers), Signed.RULES, InstantSource.fixed(Signed.NOW));
  }

  private ResolverGroup both() {
    return group(liar.uri(""), honest.uri(""));
  }

  private static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static AddressRecord found(Resolution resolution) {
    assertThat(resolution).isInstanceOf(Resolution.Found.class);
    return ((Resolution.Found) resolution).addressRecord();
  }

  private void isNamed(Checked checked, Offence offence) {
    assertThat(checked.accusations())
        .extracting(Accusation::resolver, Accusation::offence)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(liar.uri(""), offence));
  }

  @Test
  void whoServesAnOldRecordIsNamedAndNotBelieved() {
    honest.resolver.rollBackTo(NEW);
    liar.resolver.rollBackTo(OLD);
    ResolverGroup group = both();
    Checked checked = await(group.check(Signed.ALICE));
    assertThat(found(checked.resolution())).isEqualTo(NEW);
    isNamed(checked, Offence.SERVES_OLD);
    assertThat(found(await(group.resolve(Signed.ALICE, ResolvePolicy.FAST))))
        .as("what one has shown, the other cannot take back")
        .isEqualTo(NEW);
  }

  @Test
  void whoServesARecordThatHasExpiredIsNamed() {
    honest.resolver.rollBackTo(NEW);
    AddressRecord dead =
        Signed.record(Signed.ALICE_SECRET, Duration.ofHours(3), "203.0.113.7:4848");
    byte[] json =
        ResolutionJson.write(
            Signed.ALICE,
            new Resolution.Found(dead, InMemoryResolver.evidence(ResolvePolicy.FAST, 2)));
    try (CannedServer old = CannedServer.of(200, "application/json", json)) {
      Checked checked = await(group(old.uri(), honest.uri("")).check(Signed.ALICE));
      assertThat(found(checked.resolution())).isEqualTo(NEW);
      assertThat(checked.accusations())
          .extracting(Accusation::resolver, Accusation::offence)
          .containsExactly(org.assertj.core.groups.Tuple.tuple(old.uri(), Offence.SERVES_OLD));
    }
  }

  @Test
  void whoWithholdsIsNamed() {
    honest.resolver.rollBackTo(NEW);
    Checked checked = await(both().check(Signed.ALICE));
    assertThat(found(checked.resolution())).isEqualTo(NEW);
    isNamed(checked, Offence.WITHHOLDS);
  }

  @Test
  void whoTampersIsNamed() {
    honest.resolver.rollBackTo(NEW);
    byte[] forged =
        ResolutionJson.write(
            Signed.ALICE,
            new Resolution.Found(
                Signed.record(Signed.BOB_SECRET, Duration.ZERO, "203.0.113.66:4848"),
                InMemoryResolver.evidence(ResolvePolicy.FAST, 2)));
    try (CannedServer forger = CannedServer.of(200, "application/json", forged)) {
      Checked checked = await(group(forger.uri(), honest.uri("")).check(Signed.ALICE));
      assertThat(found(checked.resolution())).isEqualTo(NEW);
      assertThat(checked.accusations())
          .extracting(Accusation::resolver)
          .containsExactly(forger.uri());
    }
  }

  @Test
  void whoHasNotHeardOfANewRecordYetIsNotAccused() {
    honest.resolver.rollBackTo(FRESH);
    Checked checked = await(both().check(Signed.ALICE));
    assertThat(found(checked.resolution())).isEqualTo(FRESH);
    assertThat(checked.accusations()).isEmpty();
  }

  @Test
  void anHonestCacheIsAskedAgainBeforeItIsAccused() {
    honest.resolver.rollBackTo(NEW);
    liar.get(Serving.path(Signed.ALICE));
    liar.resolver.rollBackTo(NEW);
    assertThat(await(both().check(Signed.ALICE)).accusations()).isEmpty();
  }

  @Test
  void theNextIsAskedWhenOneIsGoneOrKnowsNothing() {
    honest.resolver.rollBackTo(NEW);
    URI nobody = URI.create("http://127.0.0.1:1");
    ResolverGroup group = group(nobody, liar.uri(""), honest.uri(""));
    assertThat(found(await(group.resolve(Signed.ALICE, ResolvePolicy.FAST)))).isEqualTo(NEW);
    assertThat(await(group.resolve(Signed.BOB, ResolvePolicy.FAST)))
        .isInstanceOf(Resolution.NotFound.class);
    assertThat(await(group(nobody).resolve(Signed.BOB, ResolvePolicy.FAST)))
        .isInstanceOf(Resolution.Unreachable.class);
  }

  @Test
  void aRecordIsPublishedThroughAll() {
    Publication publication =
        await(group(URI.create("http://127.0.0.1:1"), liar.uri(""), honest.uri("")).publish(NEW));
    assertThat(publication).isInstanceOf(Publication.Accepted.class);
    assertThat(honest.resolver.size()).isEqualTo(1);
    assertThat(liar.resolver.size()).isEqualTo(1);
  }

  @Test
  void aGroupHasResolvers() {
    assertThatIllegalArgumentException().isThrownBy(() -> group());
  }
}
