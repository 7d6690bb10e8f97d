package dev.wsn.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/vectors/datagram.json is what this code does, and what both back ends do. After a change on
 * purpose, {@code -Dvectors.write=true} writes it anew.
 */
class DatagramVectorsTest {
  private static final Path FILE = Path.of("..", "docs", "vectors", "datagram.json");
  private static final HexFormat HEX = HexFormat.of();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Request PING =
      new Request(DatagramVectors.ID, false, Token.NONE, new Request.Ping());

  @Test
  void fileSaysWhatTheCodeDoes() throws IOException {
    String made = pretty(vectors());
    if (Boolean.getBoolean("vectors.write")) {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, made);
    }
    assertThat(Files.readString(FILE))
        .as("run with -Dvectors.write=true after a change on purpose, and mention it")
        .isEqualTo(made);
  }

  /** The sealer and the description in PROTOCOL.md, written down twice, agree. */
  @Test
  void datagramsAreAsDescribed() {
    DatagramVectors.requests()
        .forEach(
            (name, request) -> {
              byte[] sealed = DatagramVectors.sealed(request);
              byte[] message = DatagramVectors.message(request);
              byte[] padded = Arrays.copyOf(message, sealed.length - 61);
              assertThat(sealed)
                  .as(name)
                  .isEqualTo(
                      ByHand.request(
                          DatagramVectors.key(0x10),
                          DatagramVectors.CALLER.key,
                          DatagramVectors.REQUEST_NONCE,
                          padded));
            });
    DatagramVectors.requests()
        .forEach(
            (name, request) -> {
              byte[] sealed = DatagramVectors.sealedWithCookie(request);
              assertThat(sealed)
                  .as(name)
                  .isEqualTo(
                      ByHand.requestWithCookie(
                          DatagramVectors.key(0x10),
                          DatagramVectors.CALLER.key,
                          DatagramVectors.REQUEST_NONCE,
                          DatagramVectors.COOKIE,
                          Arrays.copyOf(DatagramVectors.message(request), sealed.length - 69)));
            });
    DatagramVectors.replies()
        .forEach(
            (name, reply) ->
                assertThat(DatagramVectors.sealed(reply))
                    .as(name)
                    .isEqualTo(
                        ByHand.reply(
                            DatagramVectors.key(0x11),
                            DatagramVectors.REQUEST_NONCE,
                            DatagramVectors.REPLY_NONCE,
                            DatagramVectors.message(reply))));
  }

  @Test
  void everyReasonHasACase() {
    Set<RejectReason> neverOpened =
        EnumSet.of(
            RejectReason.KEY_EXHAUSTED,
            RejectReason.NO_ROOM,
            // These depend on what came before; see CookieTest.
            RejectReason.ADDRESS_RATE,
            RejectReason.SUBNET_RATE,
            RejectReason.TOTAL_RATE,
            RejectReason.AGREEMENT_RATE);
    Set<RejectReason> covered =
        DatagramVectors.mustFail().stream()
            .map(DatagramVectors.MustFail::reason)
            .collect(Collectors.toSet());
    assertThat(covered).isEqualTo(EnumSet.complementOf(EnumSet.copyOf(neverOpened)));
  }

  @Test
  void bothBackEndsOpenWhatTheFileHas() throws IOException {
    JsonNode file = JSON.readTree(Files.readString(FILE));
    for (Secp256k1 curve : backEnds()) {
      for (JsonNode each : file.get("requests")) {
        Opened opened = open(curve, DatagramVectors.Receiver.CALLEE, datagram(each));
        Request expected = DatagramVectors.requests().get(each.get("name").asText());
        assertThat(((Opened.IncomingRequest) opened).request()).isEqualTo(expected);
      }
      for (JsonNode each : file.get("requests_with_cookie")) {
        Opened opened = open(curve, DatagramVectors.Receiver.CALLEE, datagram(each));
        Request expected = DatagramVectors.requests().get(each.get("name").asText());
        assertThat(((Opened.IncomingRequest) opened).request()).isEqualTo(expected);
      }
      byte[] challenge = HEX.parseHex(file.get("challenge").asText());
      assertThat(open(curve, DatagramVectors.Receiver.CALLER, challenge))
          .isEqualTo(new Opened.Challenged(DatagramVectors.CALLEE.key, DatagramVectors.ID));
      for (JsonNode each : file.get("replies")) {
        Opened opened = open(curve, DatagramVectors.Receiver.CALLER, datagram(each));
        Reply expected =
            Objects.requireNonNull(DatagramVectors.replies().get(each.get("name").asText()));
        assertThat(opened)
            .isEqualTo(new Opened.IncomingReply(DatagramVectors.CALLEE.key, expected));
      }
    }
  }

  @Test
  void bothBackEndsRefuseWhatTheFileSays() throws IOException {
    JsonNode file = JSON.readTree(Files.readString(FILE));
    assertThat(file.get("refused").size()).isEqualTo(DatagramVectors.mustFail().size());
    for (Secp256k1 curve : backEnds()) {
      for (JsonNode each : file.get("refused")) {
        var receiver = DatagramVectors.Receiver.valueOf(each.get("receiver").asText());
        assertThat(open(curve, receiver, datagram(each)))
            .as("%s on the %s back end", each.get("name").asText(), curve.name())
            .isEqualTo(new Opened.Rejected(RejectReason.valueOf(each.get("reason").asText())));
      }
    }
  }

  private static Opened open(Secp256k1 curve, DatagramVectors.Receiver receiver, byte[] datagram) {
    FixedNonce nonce = new FixedNonce(DatagramVectors.REPLY_NONCE);
    Peer caller = Peer.of(1, curve, Peer.NETWORK, nonce);
    Peer callee = Peer.of(2, curve, Peer.NETWORK, nonce);
    return switch (receiver) {
      case CALLEE -> callee.open(datagram, caller);
      case CALLEE_AGAIN -> {
        assertThat(callee.open(datagram, caller)).isInstanceOf(Opened.IncomingRequest.class);
        yield callee.open(datagram, caller);
      }
      case IDLE_CALLER -> caller.open(datagram, callee);
      case CALLER -> {
        assertThat(caller.seal(callee, PING)).hasSize(Datagrams.MIN_REQUEST_BYTES);
        yield caller.open(datagram, callee);
      }
    };
  }

  private static Iterable<Secp256k1> backEnds() {
    return Stream.concat(Stream.of(Secp256k1.portable()), Secp256k1.nativeLibrary().stream())
        .toList();
  }

  private static byte[] datagram(JsonNode each) {
    return HEX.parseHex(each.get("datagram").asText());
  }

  private static ObjectNode vectors() {
    ObjectNode root = JSON.createObjectNode();
    root.put("about", "Made by DatagramVectorsTest; the rules are in docs/PROTOCOL.md. All hex.");
    root.put("network", Peer.NETWORK);
    peer(root.putObject("caller"), DatagramVectors.CALLER);
    peer(root.putObject("callee"), DatagramVectors.CALLEE);
    root.put("shared_x", HEX.formatHex(DatagramVectors.shared()));
    root.put("hkdf_prk", HEX.formatHex(ByHand.prk(DatagramVectors.shared())));
    root.put("request_key", HEX.formatHex(DatagramVectors.key(0x10)));
    root.put("reply_key", HEX.formatHex(DatagramVectors.key(0x11)));
    root.put("request_nonce", HEX.formatHex(DatagramVectors.REQUEST_NONCE));
    root.put("reply_nonce", HEX.formatHex(DatagramVectors.REPLY_NONCE));
    root.put("cookie", HEX.formatHex(DatagramVectors.COOKIE));
    root.put(
        "challenge",
        HEX.formatHex(ByHand.challenge(DatagramVectors.REQUEST_NONCE, DatagramVectors.COOKIE)));
    ArrayNode requests = root.putArray("requests");
    DatagramVectors.requests()
        .forEach(
            (name, request) ->
                add(
                    requests,
                    name,
                    DatagramVectors.message(request),
                    DatagramVectors.sealed(request)));
    ArrayNode withCookie = root.putArray("requests_with_cookie");
    DatagramVectors.requests()
        .forEach(
            (name, request) ->
                add(
                    withCookie,
                    name,
                    DatagramVectors.message(request),
                    DatagramVectors.sealedWithCookie(request)));
    ArrayNode replies = root.putArray("replies");
    DatagramVectors.replies()
        .forEach(
            (name, reply) ->
                add(replies, name, DatagramVectors.message(reply), DatagramVectors.sealed(reply)));
    ArrayNode refused = root.putArray("refused");
    for (DatagramVectors.MustFail each : DatagramVectors.mustFail()) {
      refused
          .addObject()
          .put("name", each.name())
          .put("reason", each.reason().name())
          .put("receiver", each.receiver().name())
          .put("datagram", HEX.formatHex(each.datagram()));
    }
    return root;
  }

  private static void peer(ObjectNode node, Peer peer) {
    node.put("secret", HEX.formatHex(peer.secret.reveal()));
    node.put("pubkey", peer.key.hex());
    node.put("address", peer.address.toString());
  }

  private static void add(ArrayNode array, String name, byte[] message, byte[] datagram) {
    array
        .addObject()
        .put("name", name)
        .put("message", HEX.formatHex(message))
        .put("datagram", HEX.formatHex(datagram))
        .put("length", datagram.length);
  }

  private static String pretty(ObjectNode root) throws IOException {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(new DefaultIndenter("  ", "\n"));
    printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    return JSON.writer(printer).writeValueAsString(root) + "\n";
  }
}
