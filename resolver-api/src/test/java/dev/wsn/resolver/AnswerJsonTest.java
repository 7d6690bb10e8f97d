package dev.wsn.resolver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wsn.crypto.Nip19;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.RecordRejection;
import dev.wsn.resolver.http.Problem;
import dev.wsn.resolver.http.Problems;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The objects that the HTTP face and the command line share. */
final class AnswerJsonTest {
  private static final String ONION = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid";
  private static final AddressRecord RECORD =
      Signed.record(
          Signed.ALICE_SECRET,
          Duration.ofMinutes(1),
          List.of(
              Signed.endpoint("203.0.113.7:4848"),
              Signed.endpoint("[2001:db9::1]:4848"),
              new Endpoint(Endpoint.Network.CLEARNET, "203.0.113.7", 7777, "ws"),
              new Endpoint(Endpoint.Network.TOR, ONION + ".onion", 80, "wsn")));
  private static final Evidence EVIDENCE =
      new Evidence(ResolvePolicy.QUORUM, "dht", 20, 19, 18, 17, 1, 3, 142);
  private static final String EVIDENCE_JSON =
      """
      {"policy":"quorum","source":"dht","asked":20,"answered":19,"had":18,"agreed":17,\
      "conflicting":1,"hops":3,"elapsed_ms":142}\
      """;

  private static JsonNode tree(byte[] json) throws IOException {
    return new ObjectMapper().readTree(json);
  }

  private static JsonNode tree(Resolution resolution) throws IOException {
    return tree(ResolutionJson.write(Signed.ALICE, resolution));
  }

  @Test
  void aFoundResolutionHasExactlyTheDocumentedShape() throws IOException {
    String npub = Nip19.npub(Signed.ALICE);
    String expected =
        """
        {"pubkey":"%s","npub":"%s","status":"found","endpoints":[
        {"network":"clearnet","host":"203.0.113.7","port":4848,"protocol":"wsn","uri":"wsn://%s@203.0.113.7:4848"},
        {"network":"clearnet","host":"2001:db9::1","port":4848,"protocol":"wsn","uri":"wsn://%s@[2001:db9::1]:4848"},
        {"network":"clearnet","host":"203.0.113.7","port":7777,"protocol":"ws","uri":"ws://203.0.113.7:7777"},
        {"network":"tor","host":"%s.onion","port":80,"protocol":"wsn","uri":"wsn://%s@%s.onion:80"}],
        "created_at":1789999940,"expires_at":1790007140,"event":%s,"evidence":%s}\
        """
            .formatted(
                Signed.ALICE.hex(),
                npub,
                npub,
                npub,
                ONION,
                npub,
                ONION,
                new String(EventJson.write(RECORD.event()), UTF_8),
                EVIDENCE_JSON)
            .replace("\n", "");
    byte[] json = ResolutionJson.write(Signed.ALICE, new Resolution.Found(RECORD, EVIDENCE));
    assertThat(new String(json, UTF_8)).isEqualTo(expected);
  }

  @Test
  void theMirrorThatHadARecordStaysInTheEvidence() {
    Evidence mirrored = EVIDENCE.ofMirror("wss://relay.example/x", 200);
    String json = new String(json(mirrored), UTF_8);
    assertThat(json)
        .contains(
            "\"source\":\"mirror\"", "\"elapsed_ms\":200,\"mirror\":\"wss://relay.example/x\"}");
    assertThat(ResolutionJson.read(json(mirrored)).evidence()).isEqualTo(mirrored);
    Evidence later = ResolutionJson.read(json(mirrored.from("cache"))).evidence();
    assertThat(later.source()).isEqualTo("cache");
    assertThat(later.mirror()).contains("wss://relay.example/x");
    for (String bad : List.of("relay.example", "wss://", "wss://a b", "wss://\\u001b[31m")) {
      byte[] other = json.replace("wss://relay.example/x", bad).getBytes(UTF_8);
      assertThatThrownBy(() -> ResolutionJson.read(other))
          .isInstanceOf(MalformedJsonException.class);
    }
  }

  @Test
  void aWideningIsToldWithItsReasons() {
    Evidence widened =
        new Evidence(
            ResolvePolicy.QUORUM,
            "dht",
            163,
            160,
            18,
            18,
            0,
            3,
            1437,
            List.of(),
            Optional.empty(),
            Optional.of(new Widening(126, Set.of(Widening.Reason.UNIFORM, Widening.Reason.DENSE))));
    String json = new String(json(widened), UTF_8);
    assertThat(json).contains("\"widened\":{\"asked\":126,\"because\":[\"dense\",\"uniform\"]}");
    assertThat(ResolutionJson.read(json(widened)).evidence()).isEqualTo(widened);
    assertThat(widened.from("cache").widened()).isEqualTo(widened.widened());
    for (String bad :
        List.of(
            "{}", "7", "{\"asked\":1,\"because\":[]}", "{\"asked\":-1,\"because\":[\"dense\"]}")) {
      byte[] other = json.replaceAll("\"widened\":\\{[^}]*}", "\"widened\":" + bad).getBytes(UTF_8);
      assertThatThrownBy(() -> ResolutionJson.read(other))
          .isInstanceOf(MalformedJsonException.class);
    }
  }

  private static byte[] json(Evidence evidence) {
    return ResolutionJson.write(Signed.ALICE, new Resolution.Found(RECORD, evidence));
  }

  @Test
  void aPathIsToldWithSubnetsInPlaceOfAddresses() {
    AskedNode first =
        new AskedNode(
            "a1b2c3d4",
            "203.0.113.77:4848",
            1,
            7,
            Optional.empty(),
            AskedNode.Said.NODES,
            OptionalLong.of(41));
    AskedNode second =
        new AskedNode(
            "5e6f7a8b",
            "[2001:db9:1:2::7]:4848",
            2,
            12,
            Optional.of("a1b2c3d4"),
            AskedNode.Said.OLDER_RECORD,
            OptionalLong.empty());
    Evidence traced = EVIDENCE.along(List.of(first, second));
    byte[] json = ResolutionJson.write(Signed.ALICE, new Resolution.Found(RECORD, traced));
    assertThat(new String(json, UTF_8))
        .contains(
            """
            "elapsed_ms":142,"path":[{"node":"a1b2c3d4","subnet":"203.0.113.0/24","hop":1,\
            "shared_bits":7,"said":"nodes","round_trip_ms":41},{"node":"5e6f7a8b",\
            "subnet":"2001:db9:1::/48","hop":2,"shared_bits":12,"named_by":"a1b2c3d4",\
            "said":"older_record"}]}\
            """)
        .doesNotContain("113.77");
    assertThat(ResolutionJson.read(json).evidence().path())
        .extracting(AskedNode::subnet)
        .containsExactly("203.0.113.0/24", "2001:db9:1::/48");
    assertThat(ResolutionJson.read(json).evidence().path())
        .extracting(AskedNode::said)
        .containsExactly(AskedNode.Said.NODES, AskedNode.Said.OLDER_RECORD);
  }

  @Test
  void aPathIsBoundedAndPlain() {
    AskedNode asked =
        new AskedNode(
            "a1b2c3d4",
            "[2001:db9:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
            999,
            256,
            Optional.of("a1b2c3d4"),
            AskedNode.Said.OLDER_RECORD,
            OptionalLong.of(999_999_999));
    Evidence longest = EVIDENCE.along(Collections.nCopies(AskedNode.MAX, asked));
    byte[] json = ResolutionJson.write(Signed.ALICE, new Resolution.Found(RECORD, longest));
    assertThat(ResolutionJson.read(json).evidence().path()).hasSize(AskedNode.MAX);
    Problem problem = Problems.of(new Resolution.NotFound(longest));
    assertThat(Problem.read(404, problem.json()).extra())
        .isInstanceOfSatisfying(
            Problem.Extra.Asked.class,
            told -> assertThat(told.evidence().path()).hasSize(AskedNode.MAX));
    String text = new String(json, UTF_8);
    for (String broken :
        List.of(
            text.replaceFirst("a1b2c3d4", "A1B2C3D4"),
            text.replaceFirst("2001:db9:ffff::/48", "<b>"),
            text.replaceFirst("\"hop\":999", "\"hop\":0"),
            text.replaceFirst("\"shared_bits\":256", "\"shared_bits\":257"),
            text.replaceFirst("older_record", "unheard_of"),
            text.replaceFirst("\"path\":\\[", "\"path\":[{},"))) {
      assertThat(broken).isNotEqualTo(text);
      assertThatExceptionOfType(MalformedJsonException.class)
          .isThrownBy(() -> ResolutionJson.read(broken.getBytes(UTF_8)));
    }
  }

  @Test
  void aResolutionIsReadAsAnUnverifiedClaim() {
    byte[] json = ResolutionJson.write(Signed.ALICE, new Resolution.Found(RECORD, EVIDENCE));
    assertThat(ResolutionJson.read(json))
        .isEqualTo(new ResolutionJson.Claim(RECORD.event(), EVIDENCE));
  }

  @Test
  void otherResolutionsSayTheirStatus() throws IOException {
    AddressRecord withdrawal = Signed.record(Signed.ALICE_SECRET, Duration.ZERO);
    JsonNode withdrawn = tree(new Resolution.Withdrawn(withdrawal, EVIDENCE));
    assertThat(withdrawn.path("status").asText()).isEqualTo("withdrawn");
    assertThat(withdrawn.path("endpoints").isArray()).isTrue();
    assertThat(withdrawn.path("endpoints")).isEmpty();
    assertThat(withdrawn.path("event").path("id").asText())
        .isEqualTo(withdrawal.event().id().hex());
    JsonNode notFound = tree(new Resolution.NotFound(EVIDENCE));
    assertThat(notFound.path("status").asText()).isEqualTo("not_found");
    assertThat(notFound.path("evidence").toString()).isEqualTo(EVIDENCE_JSON);
    JsonNode unreachable = tree(new Resolution.Unreachable("no \"network\""));
    assertThat(unreachable.path("status").asText()).isEqualTo("unreachable");
    assertThat(unreachable.path("detail").asText()).isEqualTo("no \"network\"");
    JsonNode untrusted = tree(new Resolution.Untrusted("a lie"));
    assertThat(untrusted.path("status").asText()).isEqualTo("untrusted");
    assertThat(untrusted.path("detail").asText()).isEqualTo("a lie");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"policy\":\"quorum\" | \"policy\":\"QUORUM\" | policy is none that is known here",
        "\"source\":\"dht\" | \"source\":\"\\u001b[2J\" | source should be a word of lower-case"
            + " letters",
        "\"asked\":20 | \"asked\":-1 | asked should be from 0 to 1000000000",
        "\"hops\":3 | \"hop\":3 | the evidence lacks a field",
        "\"hops\":3 | \"hops\":\"3\" | hops should be an integer",
        "\"evidence\": | \"proof\": | the answer has no evidence",
        "\"event\": | \"note\": | the answer has no event",
        "\"sig\": | \"signature\": | the event has no sig",
        "\"status\":\"found\" | \"status\":\"found\",\"status\":\"withdrawn\" | a field occurs"
            + " twice",
      })
  void malformedClaimsAreRefused(String good, String bad, String sentence) {
    String json =
        new String(
            ResolutionJson.write(Signed.ALICE, new Resolution.Found(RECORD, EVIDENCE)), UTF_8);
    assertThat(json).contains(good);
    assertThatExceptionOfType(MalformedJsonException.class)
        .isThrownBy(() -> ResolutionJson.read(json.replace(good, bad).getBytes(UTF_8)))
        .withMessage(sentence);
  }

  @Test
  void anAcceptedPublicationSurvivesTheRoundTrip() throws IOException {
    Publication.Accepted accepted =
        new Publication.Accepted(
            12, 10, Map.of(RecordRejection.OLDER_THAN_KNOWN, 2, RecordRejection.FULL, 1), true);
    byte[] json = PublicationJson.write(RECORD, accepted);
    assertThat(new String(json, UTF_8))
        .isEqualTo(
            """
            {"pubkey":"%s","npub":"%s","id":"%s","created_at":1789999940,"expires_at":1790007140,\
            "status":"accepted","new":true,"acknowledged":12,"required":10,\
            "refusals":{"older_than_known":2,"full":1}}\
            """
                .formatted(
                    Signed.ALICE.hex(), Nip19.npub(Signed.ALICE), RECORD.event().id().hex()));
    assertThat(PublicationJson.readAccepted(json)).isEqualTo(accepted);
    byte[] announced = PublicationJson.write(RECORD, accepted.announcedTo(7));
    assertThat(new String(announced, UTF_8)).endsWith("\"full\":1},\"announced\":7}");
    assertThat(PublicationJson.readAccepted(announced)).isEqualTo(accepted.announcedTo(7));
  }

  @Test
  void otherPublicationsSayTheirStatus() throws IOException {
    JsonNode refused =
        tree(
            PublicationJson.write(
                RECORD, new Publication.Refused(RecordRejection.EXPIRED, "too late")));
    assertThat(refused.path("status").asText()).isEqualTo("refused");
    assertThat(refused.path("reason").asText()).isEqualTo("expired");
    assertThat(refused.path("detail").asText()).isEqualTo("too late");
    JsonNode tooFew = tree(PublicationJson.write(RECORD, new Publication.TooFew(1, 10, Map.of())));
    assertThat(tooFew.path("status").asText()).isEqualTo("too_few");
    assertThat(tooFew.path("acknowledged").asInt()).isEqualTo(1);
    JsonNode unreachable =
        tree(PublicationJson.write(RECORD, new Publication.Unreachable("alone")));
    assertThat(unreachable.path("status").asText()).isEqualTo("unreachable");
    assertThat(unreachable.path("detail").asText()).isEqualTo("alone");
  }

  @Test
  void unknownReasonsOfANewerResolverAreSkipped() {
    byte[] json =
        "{\"new\":false,\"acknowledged\":3,\"required\":2,\"refusals\":{\"too_blue\":1,\"full\":2}}"
            .getBytes(UTF_8);
    assertThat(PublicationJson.readAccepted(json))
        .isEqualTo(new Publication.Accepted(3, 2, Map.of(RecordRejection.FULL, 2), false));
    assertThatExceptionOfType(MalformedJsonException.class)
        .isThrownBy(() -> PublicationJson.readAccepted("{}".getBytes(UTF_8)))
        .withMessage("the answer does not say whether the record is new");
  }
}
