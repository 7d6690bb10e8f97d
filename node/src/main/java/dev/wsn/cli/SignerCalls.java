package dev.wsn.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.Nip44;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.NostrEvent;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.PlainText;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Questions to a remote signer and its answers: encrypted events of kind 24133 through one of its
 * relays (NIP-46). A relay that cannot be used is followed by the next one. Blocking.
 */
final class SignerCalls implements AutoCloseable {
  /** How long a signer may take to answer. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How long it may take when a person has to allow it first. */
  static final Duration PATIENCE_WITH_PERSON = Duration.ofMinutes(5);

  private static final int KIND = 24_133;
  private static final int ID_BYTES = 8;
  private static final String SUBSCRIPTION = "signer";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Host host;
  private final BunkerAddress address;
  private final SecretKey client;
  private final PublicKey self;
  private final Secp256k1 curve = Secp256k1.preferred();
  private final byte[] conversationKey;
  private Optional<NostrClient> relay = Optional.empty();
  private int nextRelay;

  /**
   * Calls that are not connected yet.
   *
   * @param client the key that this machine introduces itself with; stays the caller's
   * @throws CommandFailure if the signer's key is no point of the curve
   */
  SignerCalls(Host host, BunkerAddress address, SecretKey client) {
    this.host = host;
    this.address = address;
    this.client = client;
    this.self = curve.publicKey(client);
    try {
      this.conversationKey = Nip44.conversationKey(curve, client, address.signer());
    } catch (MalformedKeyException malformed) {
      throw CommandFailure.usage("the key in the bunker address is none");
    }
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws CommandFailure if the signer says no, or cannot be reached through any of its relays
   */
  String ask(String method, List<String> params) {
    byte[] id = new byte[ID_BYTES];
    host.random().nextBytes(id);
    String name = HexFormat.of().formatHex(id);
    ObjectNode question = JSON.createObjectNode().put("id", name).put("method", method);
    ArrayNode list = question.putArray("params");
    params.forEach(list::add);
    List<String> problems = new ArrayList<>();
    for (int attempt = 0; attempt < address.relays().size(); attempt++) {
      URI at = address.relays().get(nextRelay % address.relays().size());
      try {
        return exchange(at, name, question.toString());
      } catch (IOException broken) {
        problems.add(at.getHost() + ": " + PlainText.of(String.valueOf(broken.getMessage())));
        close();
        nextRelay++;
      }
    }
    throw CommandFailure.unreachable(
        "the signer did not answer " + method + " (" + String.join("; ", problems) + ")");
  }

  private String exchange(URI at, String id, String question) throws IOException {
    NostrClient connected = relay.isPresent() ? relay.get() : connect(at);
    byte[] nonce = new byte[Nip44.KEY_BYTES];
    byte[] auxiliary = new byte[Secp256k1.AUXILIARY_RANDOM_BYTES];
    host.random().nextBytes(nonce);
    host.random().nextBytes(auxiliary);
    NostrEvent event =
        NostrClient.sign(
            curve,
            client,
            host.unixSeconds(),
            KIND,
            List.of(List.of("p", address.signer().hex())),
            Nip44.encrypt(conversationKey, nonce, question),
            auxiliary);
    connected.send(NostrClient.array("EVENT").add(JSON.readTree(EventJson.write(event))));
    long deadline = host.monotonicMillis().getAsLong() + PATIENCE.toMillis();
    while (true) {
      long left = deadline - host.monotonicMillis().getAsLong();
      Optional<JsonNode> message = connected.next(Duration.ofMillis(Math.max(0, left)));
      if (message.isEmpty()) {
        throw new IOException("no answer in time");
      }
      Optional<JsonNode> answer = answer(message.get(), event, id);
      if (answer.isEmpty()) {
        continue;
      }
      String result = answer.get().path("result").asText("");
      String error = answer.get().path("error").asText("");
      if (result.equals("auth_url")) {
        tell(error);
        deadline = host.monotonicMillis().getAsLong() + PATIENCE_WITH_PERSON.toMillis();
      } else if (!error.isEmpty()) {
        throw CommandFailure.refused("the signer refused: " + PlainText.of(error));
      } else {
        return result;
      }
    }
  }

  private NostrClient connect(URI at) throws IOException {
    NostrClient connected = NostrClient.connect(at);
    relay = Optional.of(connected);
    ArrayNode request = NostrClient.array("REQ").add(SUBSCRIPTION);
    ObjectNode filter = request.addObject();
    filter.putArray("kinds").add(KIND);
    filter.putArray("authors").add(address.signer().hex());
    filter.putArray("#p").add(self.hex());
    filter.put("limit", 0);
    connected.send(request);
    return connected;
  }

  /** The signer's answer, if this message of the relay holds it. */
  private Optional<JsonNode> answer(JsonNode message, NostrEvent question, String id)
      throws IOException {
    String type = message.path(0).asText();
    boolean isOurs = message.path(1).asText().equals(question.id().hex());
    if (type.equals("OK") && isOurs && !message.path(2).asBoolean()) {
      throw new IOException("the relay refused: " + message.path(3).asText());
    }
    if (type.equals("CLOSED")) {
      throw new IOException("the relay refused: " + message.path(2).asText());
    }
    if (!type.equals("EVENT")) {
      return Optional.empty();
    }
    NostrEvent event;
    try {
      event = EventJson.read(JSON.writeValueAsBytes(message.path(2)));
    } catch (MalformedJsonException malformed) {
      return Optional.empty();
    }
    boolean isSigners =
        event.kind() == KIND
            && event.pubkey().equals(address.signer())
            && event.computeId().equals(event.id())
            && curve.verify(event.signature(), event.id().bytes(), event.pubkey());
    if (!isSigners) {
      return Optional.empty();
    }
    return Nip44.decrypt(conversationKey, event.content())
        .flatMap(SignerCalls::json)
        .filter(answer -> answer.path("id").asText().equals(id));
  }

  private static Optional<JsonNode> json(String text) {
    try {
      return Optional.of(JSON.readTree(text.getBytes(StandardCharsets.UTF_8)));
    } catch (JsonProcessingException malformed) {
      return Optional.empty();
    } catch (IOException impossible) {
      throw new IllegalStateException("bytes in memory cannot fail to be read", impossible);
    }
  }

  /** Only what a browser can open, so that nobody is tricked into running something. */
  private void tell(String url) {
    boolean isUrl = url.startsWith("https://") || url.startsWith("http://");
    if (isUrl && url.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      host.err().println("the signer wants you to allow this; open " + url);
    } else {
      host.err().println("the signer wants you to allow this; look at it");
    }
    host.err().flush();
  }

  @Override
  public void close() {
    relay.ifPresent(NostrClient::close);
    relay = Optional.empty();
  }
}
