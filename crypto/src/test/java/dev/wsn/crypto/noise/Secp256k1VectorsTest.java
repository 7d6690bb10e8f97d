package dev.wsn.crypto.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.crypto.BackEnds;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.crypto.Sha256;
import dev.wsn.crypto.Vectors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Our own vectors, {@code docs/vectors/noise-secp256k1.json}: that the file is what the code gives,
 * and that every back end accepts the valid ones and refuses the others. {@code
 * -Dvectors.write=true} writes the file anew.
 */
class Secp256k1VectorsTest {
  private static final Path FILE = Path.of("..", "docs", "vectors", "noise-secp256k1.json");
  private static final SecureRandom UNUSED = new SecureRandom();
  private static final HexFormat HEX = HexFormat.of();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] PROLOGUE = "wsn test vectors".getBytes(StandardCharsets.US_ASCII);
  private static final List<String> PAYLOADS =
      List.of(
          "", "first answer", "REQ", "EVENT", "", "a longer transport message of the initiator");

  @Test
  void theFileIsWhatTheCodeGives() throws IOException {
    String generated = generate();
    if (Boolean.getBoolean("vectors.write")) {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, generated);
    }
    assertThat(Files.readString(FILE)).isEqualTo(generated);
  }

  static Stream<Arguments> valid() throws IOException {
    return onEveryBackEnd("vectors");
  }

  static Stream<Arguments> invalid() throws IOException {
    return onEveryBackEnd("invalid");
  }

  private static Stream<Arguments> onEveryBackEnd(String group) throws IOException {
    JsonNode vectors = JSON.readTree(Files.readString(FILE)).get(group);
    return BackEnds.all()
        .flatMap(curve -> Vectors.stream(vectors).map(vector -> Arguments.of(curve, vector)));
  }

  @ParameterizedTest
  @MethodSource("valid")
  void validVectorHolds(Secp256k1 curve, JsonNode vector) {
    HandshakeState initiator = side(curve, vector, true);
    HandshakeState responder = side(curve, vector, false);
    List<JsonNode> messages = Vectors.stream(vector.get("messages")).toList();
    for (int i = 0; i < 2; i++) {
      byte[] message = bytes(messages.get(i), "ciphertext");
      byte[] payload = bytes(messages.get(i), "payload");
      assertThat((i == 0 ? initiator : responder).writeMessage(payload)).isEqualTo(message);
      assertThat((i == 0 ? responder : initiator).readMessage(message)).isEqualTo(payload);
    }
    Session[] sessions = {initiator.split(), responder.split()};
    assertThat(sessions[0].handshakeHash()).isEqualTo(bytes(vector, "handshake_hash"));
    for (int i = 2; i < messages.size(); i++) {
      Session sender = sessions[i % 2];
      Session receiver = sessions[1 - i % 2];
      if (messages.get(i).path("rekey_before").asBoolean()) {
        sender.rekeySend();
        receiver.rekeyReceive();
      }
      byte[] message = bytes(messages.get(i), "ciphertext");
      byte[] payload = bytes(messages.get(i), "payload");
      assertThat(sender.encrypt(payload)).isEqualTo(message);
      assertThat(receiver.decrypt(message)).isEqualTo(payload);
    }
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void invalidVectorIsRefused(Secp256k1 curve, JsonNode vector) {
    HandshakeState responder = side(curve, vector, false);
    byte[] message = bytes(vector, "message_1");
    assertThatThrownBy(() -> responder.readMessage(message))
        .as(vector.get("why").asText())
        .isInstanceOf(HandshakeException.class);
  }

  private static HandshakeState side(Secp256k1 curve, JsonNode vector, boolean isInitiator) {
    String side = isInitiator ? "init_" : "resp_";
    HandshakePattern pattern =
        vector.get("protocol_name").asText().contains("_IK_")
            ? HandshakePattern.IK
            : HandshakePattern.NK;
    Secp256k1Dh dh = new Secp256k1Dh(curve);
    String ephemeral = vector.get(side + "ephemeral").asText();
    DhFunctions.@Nullable KeyPair s =
        vector.has(side + "static") ? keyPair(dh, bytes(vector, side + "static")) : null;
    byte @Nullable [] rs = isInitiator ? bytes(vector, "init_remote_static") : null;
    var suite = new HandshakeState.Suite(new GivenEphemeral(dh, ephemeral), new AesGcm());
    assertThat(suite.protocolName(pattern)).isEqualTo(vector.get("protocol_name").asText());
    byte[] prologue = bytes(vector, side + "prologue");
    return new HandshakeState(pattern, suite, isInitiator, prologue, s, rs, UNUSED);
  }

  private static DhFunctions.KeyPair keyPair(Secp256k1Dh dh, byte[] scalar) {
    return dh.keyPair(SecretKey.of(scalar));
  }

  /** The DH functions of secp256k1 with an ephemeral key that is not random. */
  private record GivenEphemeral(Secp256k1Dh dh, String scalar) implements DhFunctions {
    @Override
    public String name() {
      return dh.name();
    }

    @Override
    public int length() {
      return dh.length();
    }

    @Override
    public KeyPair generate(SecureRandom random) {
      return keyPair(dh, HEX.parseHex(scalar));
    }
  }

  private static String generate() throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put(
        "comment",
        "Noise on secp256k1 with x-only keys (DHLEN 32, DH = unhashed x coordinate), in the common"
            + " format of Noise vectors. All values are hex. rekey_before: the sender and the"
            + " receiver call Rekey() for this direction before this message. invalid: a responder"
            + " must refuse message_1.");
    ArrayNode vectors = root.putArray("vectors");
    for (HandshakePattern pattern :
        new HandshakePattern[] {HandshakePattern.NK, HandshakePattern.IK}) {
      ObjectNode vector = parties(vectors.addObject(), pattern);
      addMessages(vector);
    }
    ArrayNode invalid = root.putArray("invalid");
    for (JsonNode vector : vectors) {
      addInvalid(invalid, vector);
    }
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n"));
    printer.indentObjectsWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n"));
    return JSON.writer(printer).writeValueAsString(root) + "\n";
  }

  private static ObjectNode parties(ObjectNode vector, HandshakePattern pattern) {
    Secp256k1 curve = Secp256k1.portable();
    vector.put("protocol_name", "Noise_" + pattern.name() + "_secp256k1_AESGCM_SHA256");
    vector.put("init_prologue", HEX.formatHex(PROLOGUE));
    if (pattern.authenticatesInitiator()) {
      vector.put("init_static", scalar("initiator static"));
    }
    vector.put("init_ephemeral", scalar("initiator ephemeral " + pattern.name()));
    SecretKey responder = SecretKey.of(HEX.parseHex(scalar("responder static")));
    vector.put("init_remote_static", curve.publicKey(responder).hex());
    vector.put("resp_prologue", HEX.formatHex(PROLOGUE));
    vector.put("resp_static", scalar("responder static"));
    vector.put("resp_ephemeral", scalar("responder ephemeral " + pattern.name()));
    return vector;
  }

  private static void addMessages(ObjectNode vector) {
    HandshakeState initiator = side(Secp256k1.portable(), vector, true);
    HandshakeState responder = side(Secp256k1.portable(), vector, false);
    byte[] first = initiator.writeMessage(payload(0));
    responder.readMessage(first);
    byte[] second = responder.writeMessage(payload(1));
    initiator.readMessage(second);
    Session[] sessions = {initiator.split(), responder.split()};
    vector.put("handshake_hash", HEX.formatHex(sessions[0].handshakeHash()));
    ArrayNode messages = vector.putArray("messages");
    addMessage(messages, 0, first);
    addMessage(messages, 1, second);
    for (int i = 2; i < PAYLOADS.size(); i++) {
      addMessage(messages, i, sessions[i % 2].encrypt(payload(i)));
    }
    sessions[0].rekeySend();
    addMessage(messages, 2, sessions[0].encrypt(payload(2))).put("rekey_before", true);
  }

  private static ObjectNode addMessage(ArrayNode messages, int index, byte[] message) {
    ObjectNode node = messages.addObject();
    node.put("payload", HEX.formatHex(payload(index)));
    node.put("ciphertext", HEX.formatHex(message));
    return node;
  }

  private static void addInvalid(ArrayNode invalid, JsonNode vector) {
    byte[] first = bytes(vector.get("messages").get(0), "ciphertext");
    byte[] changed = first.clone();
    changed[first.length - 1] ^= 1;
    addInvalid(invalid, vector, "the tag was changed", changed);
    addInvalid(invalid, vector, "the last byte is missing", Arrays.copyOf(first, first.length - 1));
    addInvalid(invalid, vector, "the ephemeral key is cut short", Arrays.copyOf(first, 31));
    addInvalid(invalid, vector, "the message is empty", new byte[0]);
    byte[] zero = first.clone();
    Arrays.fill(zero, 0, 32, (byte) 0);
    addInvalid(invalid, vector, "the ephemeral key is zero, no point of the curve", zero);
    byte[] large = first.clone();
    Arrays.fill(large, 0, 32, (byte) -1);
    addInvalid(invalid, vector, "the ephemeral key is not below the field prime", large);
    addInvalid(invalid, vector, "the responder has another prologue", first)
        .put("resp_prologue", "00");
    addInvalid(invalid, vector, "the responder has another key", first)
        .put("resp_static", scalar("somebody else"));
    if (vector.has("init_static")) {
      byte[] other = first.clone();
      other[32] ^= 1;
      addInvalid(invalid, vector, "the encrypted static key was changed", other);
    }
  }

  private static ObjectNode addInvalid(
      ArrayNode invalid, JsonNode vector, String why, byte[] message) {
    ObjectNode node = invalid.addObject();
    node.put("why", why);
    for (String field :
        List.of("protocol_name", "resp_prologue", "resp_static", "resp_ephemeral")) {
      node.set(field, vector.get(field));
    }
    return node.put("message_1", HEX.formatHex(message));
  }

  /** A secret key that anyone can make again: the hash of what it is for. */
  private static String scalar(String purpose) {
    return HEX.formatHex(Sha256.hash(("wsn " + purpose).getBytes(StandardCharsets.US_ASCII)));
  }

  private static byte[] payload(int index) {
    return PAYLOADS.get(index).getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] bytes(JsonNode node, String field) {
    return HEX.parseHex(node.get(field).asText());
  }
}
