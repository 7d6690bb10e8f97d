package dev.wsn.gateway.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import java.io.IOException;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code docs/vectors/channel.json}: that the file is what the code gives, and that the code does
 * what the file says. {@code -Dvectors.write=true} writes the file anew.
 */
final class ChannelVectorsTest {
  private static final Path FILE = Path.of("..", "docs", "vectors", "channel.json");
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final HexFormat HEX = HexFormat.of();
  private static final Secp256k1 CURVE = Secp256k1.portable();
  private static final long MAX_MESSAGE = 1 << 20;

  /** Gives the same bytes to whoever asks for a key. */
  private static final class FixedRandom extends SecureRandom {
    @Serial private static final long serialVersionUID = 1L;
    private final byte[] bytes;

    FixedRandom(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    @Override
    public void nextBytes(byte[] target) {
      System.arraycopy(bytes, 0, target, 0, target.length);
    }
  }

  private static byte[] derived(String label) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return sha256.digest(("wsn channel vector " + label).getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void theFileIsWhatTheCodeGives() throws IOException, ChannelException {
    String generated = JSON.writeValueAsString(generate()) + "\n";
    if (Boolean.getBoolean("vectors.write")) {
      Files.writeString(FILE, generated);
    }
    assertThat(Files.readString(FILE)).isEqualTo(generated);
  }

  private static ObjectNode generate() throws ChannelException {
    ObjectNode file = JSON.createObjectNode();
    file.put(
        "about",
        "Made by ChannelVectorsTest; the rules are in docs/PROTOCOL.md, The channel. All hex but "
            + "why, end and from. A message is what one binary message of the carrier holds; its "
            + "plaintext is its frames, one after the other.");
    ArrayNode channels = file.putArray("channels");
    channels.add(channel("NK"));
    channels.add(channel("IK"));
    file.set("rekey", rekey());
    file.set("refused_hellos", refusedHellos());
    file.set("refused_plaintexts", refusedPlaintexts());
    return file;
  }

  private static SecretKey gatewayKey() {
    return SecretKey.of(derived("gateway"));
  }

  private static PublicKey gatewayPublic() {
    return CURVE.publicKey(gatewayKey());
  }

  private static GatewaySession gateway() {
    SecureRandom ephemeral = new FixedRandom(derived("gateway ephemeral"));
    return new GatewaySession(CURVE, gatewayKey(), ephemeral, MAX_MESSAGE);
  }

  private static ClientSession client(String pattern) {
    SecureRandom ephemeral = new FixedRandom(derived("client ephemeral"));
    SecretKey self = SecretKey.of(derived("client"));
    return pattern.equals("NK")
        ? ClientSession.anonymous(CURVE, gatewayPublic(), ephemeral, MAX_MESSAGE)
        : ClientSession.authenticated(CURVE, self, gatewayPublic(), ephemeral, MAX_MESSAGE);
  }

  private static ObjectNode channel(String pattern) throws ChannelException {
    ClientSession client = client(pattern);
    GatewaySession gateway = gateway();
    byte[] hello = client.hello();
    byte[] answer = gateway.answer(hello);
    client.finish(answer);

    ObjectNode channel = JSON.createObjectNode();
    channel.put("pattern", pattern);
    channel.put("prologue", HEX.formatHex(ChannelProtocol.prologue(hello[0])));
    channel.put("gateway_secret", HEX.formatHex(derived("gateway")));
    channel.put("gateway_public", gatewayPublic().hex());
    channel.put("gateway_ephemeral_secret", HEX.formatHex(derived("gateway ephemeral")));
    if (pattern.equals("IK")) {
      channel.put("client_secret", HEX.formatHex(derived("client")));
      channel.put("client_public", gateway.client().orElseThrow().hex());
    }
    channel.put("client_ephemeral_secret", HEX.formatHex(derived("client ephemeral")));
    channel.put("hello", HEX.formatHex(hello));
    channel.put("answer", HEX.formatHex(answer));
    channel.put("handshake_hash", HEX.formatHex(client.session().binding()));
    ArrayNode messages = channel.putArray("messages");
    for (Spoken spoken : conversation()) {
      ChannelSession from = spoken.isClient() ? client.session() : gateway.session();
      ObjectNode message = messages.addObject();
      message.put("from", spoken.isClient() ? "client" : "gateway");
      ArrayNode frames = message.putArray("frames");
      for (Frame frame : spoken.frames()) {
        frames.add(HEX.formatHex(ChannelFrames.encode(frame)));
      }
      Frame[] all = spoken.frames().toArray(Frame[]::new);
      message.put("message", HEX.formatHex(from.seal(all)));
    }
    return channel;
  }

  private record Spoken(boolean isClient, List<Frame> frames) {}

  private static Spoken client(Frame... frames) {
    return new Spoken(true, List.of(frames));
  }

  private static Spoken gateway(Frame... frames) {
    return new Spoken(false, List.of(frames));
  }

  private static Frame text(String text) {
    return new Frame(Opcode.TEXT, true, utf8(text));
  }

  private static List<Spoken> conversation() {
    Frame ping = new Frame(Opcode.PING, true, utf8("alive?"));
    Frame close = Frame.close(new CloseStatus(4001, "done"));
    return List.of(
        client(HeadJson.encode(RequestHead.webSocket("/?a=b", List.of("nostr")))),
        gateway(HeadJson.encode(ResponseHead.switched("nostr"))),
        client(text("[\"REQ\",\"é\",{}]")),
        gateway(text("a".repeat(125)), ping, text("b".repeat(126)), text("")),
        gateway(new Frame(Opcode.BINARY, false, new byte[] {0, 1, 2})),
        gateway(ping),
        client(Frame.pong(ping), text("[\"CLOSE\",\"é\"]"), Frame.pong(ping)),
        gateway(new Frame(Opcode.CONTINUATION, true, new byte[0]), text("[\"EOSE\",\"é\"]")),
        client(text("last"), close),
        gateway(Frame.close(CloseStatus.of(4001))));
  }

  /** The first message under the second key of the client's direction. */
  private static ObjectNode rekey() throws ChannelException {
    ClientSession client = client("NK");
    client.finish(gateway().answer(client.hello()));
    Frame empty = new Frame(Opcode.TEXT, true, new byte[0]);
    byte[] before = client.session().seal(HeadJson.encode(RequestHead.webSocket("/", List.of())));
    for (int i = 1; i < ChannelProtocol.MESSAGES_PER_KEY; i++) {
      before = client.session().seal(empty);
    }
    ObjectNode rekey = JSON.createObjectNode();
    rekey.put(
        "why",
        "In the NK channel above the client sends, instead of what is above, its head for / with"
            + " no protocols and then empty text frames (8100), one in each message.");
    rekey.put("message_65536", HEX.formatHex(before));
    rekey.put("message_65537", HEX.formatHex(client.session().seal(empty)));
    return rekey;
  }

  private static ArrayNode refusedHellos() throws ChannelException {
    byte[] good = client("NK").hello();
    byte[] otherPattern = good.clone();
    otherPattern[0] = ChannelProtocol.IK;
    byte[] unknownPattern = good.clone();
    unknownPattern[0] = 3;
    byte[] flipped = good.clone();
    flipped[flipped.length - 1] ^= 1;
    byte[] notOnCurve = good.clone();
    Arrays.fill(notOnCurve, 1, 33, (byte) 0);
    notOnCurve[32] = 5;
    ArrayNode hellos = JSON.createArrayNode();
    addHello(hellos, "empty", new byte[0]);
    addHello(hellos, "NK sent as IK", otherPattern);
    addHello(hellos, "a pattern that does not exist", unknownPattern);
    addHello(hellos, "the tag was changed", flipped);
    addHello(hellos, "the ephemeral key is not on the curve", notOnCurve);
    addHello(hellos, "one byte is missing", Arrays.copyOf(good, good.length - 1));
    addHello(hellos, "one byte too many", Arrays.copyOf(good, good.length + 1));
    return hellos;
  }

  private static void addHello(ArrayNode hellos, String why, byte[] hello) {
    hellos.addObject().put("why", why).put("hello", HEX.formatHex(hello));
  }

  private static ArrayNode refusedPlaintexts() {
    String head = HEX.formatHex(ChannelFrames.encode(head("{\"path\":\"/\"}")));
    ArrayNode all = JSON.createArrayNode();
    add(all, "no head first", ChannelEnd.OUT_OF_ORDER, "810161");
    add(all, "two heads", ChannelEnd.OUT_OF_ORDER, head, head);
    add(all, "two heads in one message", ChannelEnd.OUT_OF_ORDER, head + head);
    add(all, "a head without FIN", ChannelEnd.BAD_HEAD, "03" + head.substring(2));
    add(all, "no frame", ChannelEnd.BAD_FRAME, head, "");
    add(all, "a header without a length", ChannelEnd.BAD_FRAME, head, "81");
    add(all, "a frame that is cut off", ChannelEnd.BAD_FRAME, head, "810261");
    add(all, "a second frame that is cut off", ChannelEnd.BAD_FRAME, head, "810161" + "8102");
    add(all, "a length that is cut off", ChannelEnd.BAD_FRAME, head, "817e00");
    add(all, "two bytes for a short length", ChannelEnd.BAD_FRAME, head, "817e0001" + "61");
    add(all, "a length of eight bytes", ChannelEnd.BAD_FRAME, head, "817f000000000000000161");
    add(all, "a mask", ChannelEnd.BAD_FRAME, head, "81810000000061");
    add(all, "opcode 4", ChannelEnd.UNKNOWN_OPCODE, head, "840161");
    add(all, "a reserved bit", ChannelEnd.UNKNOWN_OPCODE, head, "c10161");
    add(all, "a continuation of nothing", ChannelEnd.OUT_OF_ORDER, head, "800161");
    add(all, "a message inside another", ChannelEnd.OUT_OF_ORDER, head, "010161", "810161");
    add(all, "the same, together", ChannelEnd.OUT_OF_ORDER, head, "010161" + "810161");
    add(all, "a fragmented ping", ChannelEnd.BAD_CONTROL, head, "090161");
    add(all, "a ping of 126 bytes", ChannelEnd.BAD_CONTROL, head, "897e007e" + "00".repeat(126));
    add(all, "a close of one byte", ChannelEnd.BAD_CONTROL, head, "880103");
    add(all, "close code 1005", ChannelEnd.BAD_CONTROL, head, "880203ed");
    add(all, "a reason that is not UTF-8", ChannelEnd.BAD_CONTROL, head, "880303e8ff");
    add(all, "a frame after the close", ChannelEnd.OUT_OF_ORDER, head, "8800", "810161");
    add(all, "the same, together", ChannelEnd.OUT_OF_ORDER, head, "8800" + "810161");
    add(all, "a byte after the close", ChannelEnd.OUT_OF_ORDER, head, "8800" + "00");
    return all;
  }

  private static Frame head(String json) {
    return new Frame(Opcode.HEAD, true, utf8(json));
  }

  private static void add(ArrayNode all, String why, ChannelEnd end, String... plaintexts) {
    ObjectNode entry = all.addObject().put("why", why).put("end", end.label());
    ArrayNode list = entry.putArray("plaintexts");
    Arrays.stream(plaintexts).forEach(list::add);
  }

  private static Stream<JsonNode> group(String name) throws IOException {
    JsonNode file = JSON.readTree(Files.readString(FILE));
    return StreamSupport.stream(file.get(name).spliterator(), false);
  }

  static Stream<JsonNode> channels() throws IOException {
    return group("channels");
  }

  static Stream<JsonNode> refusedHellosOfTheFile() throws IOException {
    return group("refused_hellos");
  }

  static Stream<JsonNode> refusedPlaintextsOfTheFile() throws IOException {
    return group("refused_plaintexts");
  }

  @ParameterizedTest
  @MethodSource("channels")
  void everyBackEndReadsTheConversation(JsonNode vector) throws ChannelException {
    Secp256k1 curve = Secp256k1.preferred();
    SecretKey self = SecretKey.of(HEX.parseHex(vector.get("gateway_secret").asText()));
    byte[] ephemeral = HEX.parseHex(vector.get("gateway_ephemeral_secret").asText());
    GatewaySession gateway =
        new GatewaySession(curve, self, new FixedRandom(ephemeral), MAX_MESSAGE);
    ClientSession client = client(vector.get("pattern").asText());

    assertThat(client.hello()).isEqualTo(HEX.parseHex(vector.get("hello").asText()));
    byte[] answer = gateway.answer(HEX.parseHex(vector.get("hello").asText()));
    assertThat(answer).isEqualTo(HEX.parseHex(vector.get("answer").asText()));
    client.finish(answer);
    for (JsonNode spoken : vector.get("messages")) {
      boolean isFromClient = spoken.get("from").asText().equals("client");
      ChannelSession reader = isFromClient ? gateway.session() : client.session();
      List<Frame> frames = reader.open(HEX.parseHex(spoken.get("message").asText()));
      assertThat(frames).hasSameSizeAs(spoken.get("frames"));
      for (int i = 0; i < frames.size(); i++) {
        assertThat(HEX.formatHex(ChannelFrames.encode(frames.get(i))))
            .isEqualTo(spoken.get("frames").get(i).asText());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("refusedHellosOfTheFile")
  void aHelloThatMustBeRefusedIs(JsonNode vector) {
    byte[] hello = HEX.parseHex(vector.get("hello").asText());

    assertThatThrownBy(() -> gateway().answer(hello))
        .isInstanceOfSatisfying(
            ChannelException.class,
            thrown -> assertThat(thrown.end()).isEqualTo(ChannelEnd.HANDSHAKE_REFUSED));
  }

  @ParameterizedTest
  @MethodSource("refusedPlaintextsOfTheFile")
  void aPlaintextThatMustBeRefusedIsAndNoneBeforeIt(JsonNode vector) throws ChannelException {
    ChannelFrames reader = new ChannelFrames(MAX_MESSAGE);
    JsonNode plaintexts = vector.get("plaintexts");
    for (int i = 0; i < plaintexts.size() - 1; i++) {
      assertThat(reader.decode(HEX.parseHex(plaintexts.get(i).asText()))).isNotEmpty();
    }
    byte[] last = HEX.parseHex(plaintexts.get(plaintexts.size() - 1).asText());

    assertThatThrownBy(() -> reader.decode(last))
        .isInstanceOfSatisfying(
            ChannelException.class,
            thrown -> assertThat(thrown.end().label()).isEqualTo(vector.get("end").asText()));
  }
}
