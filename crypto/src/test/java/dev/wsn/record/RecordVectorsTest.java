package dev.wsn.record;

import static dev.wsn.record.Verdicts.accepted;
import static dev.wsn.record.Verdicts.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.Secp256k1;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/vectors/record.json is what this code does. After a change on purpose, {@code
 * -Dvectors.write=true} writes it anew.
 */
class RecordVectorsTest {
  private static final Path FILE = Path.of("..", "docs", "vectors", "record.json");
  private static final HexFormat HEX = HexFormat.of();
  private static final String NPUB = Nip19.npub(Events.CURVE.publicKey(Events.SECRET));

  @Test
  void fileSaysWhatTheCodeDoes() throws IOException {
    String made = JsonEvents.pretty(vectors());
    if (Boolean.getBoolean("vectors.write")) {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, made);
    }
    assertThat(Files.readString(FILE))
        .as("run with -Dvectors.write=true after a change on purpose, and mention it")
        .isEqualTo(made);
  }

  @Test
  void everyRuleHasACase() {
    Set<RecordRejection> decidedElsewhere =
        EnumSet.of(RecordRejection.OLDER_THAN_KNOWN, RecordRejection.FULL);
    Set<RecordRejection> covered =
        RecordVectors.mustFail().stream()
            .map(RecordVectors.MustFail::reason)
            .collect(Collectors.toSet());
    assertThat(covered).isEqualTo(EnumSet.complementOf(EnumSet.copyOf(decidedElsewhere)));
  }

  @Test
  void bothBackEndsJudgeTheSame() {
    Stream.concat(Stream.of(Secp256k1.portable()), Secp256k1.nativeLibrary().stream())
        .map(curve -> new RecordRules(curve, false))
        .forEach(
            rules -> {
              RecordVectors.accepted().values().forEach(e -> accepted(rules.verify(e, Events.NOW)));
              for (RecordVectors.MustFail each : RecordVectors.mustFail()) {
                assertRefused(rules.verify(each.event(), Events.NOW), each.reason());
              }
            });
  }

  private static ObjectNode vectors() {
    ObjectNode root = JsonEvents.object();
    root.put("about", "Made by RecordVectorsTest; the rules are in docs/PROTOCOL.md. All hex.");
    root.put("now", Events.NOW);
    ObjectNode key = root.putObject("key");
    key.put("secret", HEX.formatHex(Events.SECRET.reveal()));
    key.put("pubkey", Events.CURVE.publicKey(Events.SECRET).hex());
    key.put("npub", NPUB);
    key.put("auxiliary_random", HEX.formatHex(Events.AUX));
    ArrayNode events = root.putArray("accepted");
    RecordVectors.accepted().forEach((name, event) -> events.add(acceptedCase(name, event)));
    ArrayNode refused = root.putArray("refused");
    for (RecordVectors.MustFail each : RecordVectors.mustFail()) {
      ObjectNode node = refused.addObject();
      node.put("name", each.name());
      node.put("reason", each.reason().name());
      node.set("event", JsonEvents.write(each.event()));
    }
    ArrayNode malformed = root.putArray("malformed_compact");
    malformedForms()
        .forEach(
            (name, bytes) -> {
              assertThatThrownBy(() -> RecordCodec.decode(bytes))
                  .as(name)
                  .isInstanceOf(MalformedRecordException.class);
              malformed.addObject().put("name", name).put("compact", HEX.formatHex(bytes));
            });
    order(root.putArray("oldest_first"));
    uris(root.putArray("uris"));
    refusedUris(root.putArray("refused_uris"));
    return root;
  }

  private static ObjectNode acceptedCase(String name, NostrEvent event) {
    RecordRules rules = new RecordRules(Secp256k1.portable(), false);
    AddressRecord addressRecord = accepted(rules.verify(event, Events.NOW));
    ObjectNode node = JsonEvents.object();
    node.put("name", name);
    node.set("event", JsonEvents.write(event));
    node.put("canonical", JsonEvents.utf8(event.canonicalBytes()));
    node.put("canonical_bytes", HEX.formatHex(event.canonicalBytes()));
    node.put("compact", HEX.formatHex(addressRecord.compact()));
    node.put("compact_length", addressRecord.compact().length);
    node.put("expires_at", addressRecord.expiresAt());
    node.put("is_withdrawal", addressRecord.isWithdrawal());
    ArrayNode endpoints = node.putArray("endpoints");
    for (Endpoint endpoint : addressRecord.endpoints()) {
      endpoints
          .addObject()
          .put("network", endpoint.network().tag())
          .put("host", endpoint.host())
          .put("port", endpoint.port())
          .put("protocol", endpoint.protocol())
          .put("uri", endpoint.uri(event.pubkey()));
    }
    return node;
  }

  private static Map<String, byte[]> malformedForms() {
    byte[] good = RecordCodec.encode(Events.usual());
    byte[] head = Arrays.copyOf(good, 97);
    Map<String, byte[]> forms = new LinkedHashMap<>();
    forms.put("empty", new byte[0]);
    forms.put("version 0", with(good, 0, 0));
    forms.put("version 2", with(good, 0, 2));
    forms.put("cut short", Arrays.copyOf(good, good.length - 1));
    forms.put("a byte too many", Arrays.copyOf(good, good.length + 1));
    forms.put("513 bytes", Arrays.copyOf(good, 513));
    forms.put("number with a needless byte", join(head, 0x80, 0x00, 0x00));
    forms.put("number over 63 bits", join(head, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1));
    forms.put("more tags than bytes", join(head, 0, 0x7f));
    forms.put("word of the table spelled out", join(head, 0, 1, 1, 3, 't', 'o', 'r'));
    forms.put("word that is not in the table", join(head, 0, 1, 1, 0xbf));
    forms.put("unknown lead byte", join(head, 0, 1, 1, 0xff));
    forms.put("short text in the long form", join(head, 0, 1, 1, 0xc4, 1, 'x'));
    forms.put("port 0 in binary", join(head, 0, 1, 1, 0xc0, 203, 0, 113, 7, 0, 0));
    forms.put("number spelled out", join(head, 0, 1, 1, 1, '7'));
    forms.put("address spelled out", join(head, 0, 1, 1, 9, 49, 46, 50, 46, 51, 46, 52, 58, 53));
    forms.put("UTF-8 that is not", join(head, 0, 1, 1, 2, 0xc3, 0x28));
    forms.put("surrogate in UTF-8", join(head, 0, 1, 1, 3, 0xed, 0xa0, 0x80));
    return forms;
  }

  private static void order(ArrayNode json) {
    Stream.of("00", "7f", "80", "ff")
        .flatMap(id -> Stream.of(1L, 2L).map(time -> new RecordVersion(time, id(id))))
        .sorted()
        .forEach(v -> json.addObject().put("created_at", v.createdAt()).put("id", v.id().hex()));
  }

  private static void uris(ArrayNode json) {
    String hex = Events.CURVE.publicKey(Events.SECRET).hex();
    for (String text :
        List.of(
            "wsn://" + NPUB,
            "wsn://" + hex,
            "wsn://" + NPUB + "@203.0.113.7:4848",
            "wsn://" + hex + "@[2001:DB8::1]:4848/",
            "WSN://" + NPUB + "@" + Events.ONION + ":4848/a%20b?x=y")) {
      WsnUri uri = WsnUri.parse(text);
      ObjectNode node = json.addObject().put("text", text).put("canonical", uri.toString());
      node.put("pubkey", uri.key().hex()).put("path", uri.path());
      uri.hint().ifPresent(at -> node.put("host", at.host()).put("port", at.port()));
    }
  }

  private static void refusedUris(ArrayNode json) {
    for (String text :
        List.of(
            "wss://" + NPUB,
            "wsn://",
            "wsn://203.0.113.7:4848",
            "wsn://" + NPUB.substring(0, 62) + "@203.0.113.7:4848",
            "wsn://" + NPUB + "@relay.example.com:4848",
            "wsn://" + NPUB + "@203.0.113.7",
            "wsn://" + NPUB + "@203.0.113.7:0",
            "wsn://" + NPUB + "@2001:db8::1:4848",
            "wsn://" + NPUB + "/a b",
            "wsn://" + NPUB + "#x")) {
      assertThatThrownBy(() -> WsnUri.parse(text))
          .isInstanceOfAny(MalformedUriException.class, MalformedKeyException.class);
      json.add(text);
    }
  }

  private static EventId id(String firstByte) {
    return EventId.of(HEX.parseHex(firstByte + "00".repeat(31)));
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] changed = bytes.clone();
    changed[at] = (byte) value;
    return changed;
  }

  private static byte[] join(byte[] head, int... tail) {
    byte[] bytes = Arrays.copyOf(head, head.length + tail.length);
    for (int i = 0; i < tail.length; i++) {
      bytes[head.length + i] = (byte) tail[i];
    }
    return bytes;
  }
}
