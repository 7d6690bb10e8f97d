package dev.wsn.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.crypto.Signature;
import dev.wsn.record.EventId;
import dev.wsn.record.NostrEvent;
import dev.wsn.resolver.EventJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A plain Nostr client on the WebSocket of the JDK that knows nothing of wsn: the visitor of the
 * demo, and the way to a remote signer. Blocking; one owner thread.
 */
final class NostrClient implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TIMEOUT_SECONDS = 15;

  /** Messages that wait to be read; a relay that sends more is cut off. */
  private static final int MAX_WAITING = 1_000;

  /** Longest message; a relay that sends a longer one is cut off. */
  private static final int MAX_MESSAGE_CHARACTERS = 1 << 20;

  private final WebSocket socket;
  private final Inbox inbox;

  private NostrClient(WebSocket socket, Inbox inbox) {
    this.socket = socket;
    this.inbox = inbox;
  }

  /**
   * Connects.
   *
   * @param uri {@code ws://…}
   * @throws IOException if that fails or takes too long
   */
  static NostrClient connect(URI uri) throws IOException {
    Inbox inbox = new Inbox();
    return new NostrClient(
        await(
            HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .connectTimeout(Duration.ofSeconds(TIMEOUT_SECONDS))
                .buildAsync(uri, inbox)),
        inbox);
  }

  /** A signed short note (kind 1). */
  static NostrEvent note(
      Secp256k1 curve, SecretKey author, long createdAt, String content, byte[] auxiliaryRandom) {
    return sign(curve, author, createdAt, 1, List.of(), content, auxiliaryRandom);
  }

  /** A signed event. */
  static NostrEvent sign(
      Secp256k1 curve,
      SecretKey author,
      long createdAt,
      int kind,
      List<List<String>> tags,
      String content,
      byte[] auxiliaryRandom) {
    EventId noId = EventId.of(new byte[EventId.BYTES]);
    Signature noSignature = Signature.of(new byte[Signature.BYTES]);
    NostrEvent draft =
        new NostrEvent(noId, curve.publicKey(author), createdAt, kind, tags, content, noSignature);
    EventId id = draft.computeId();
    return new NostrEvent(
        id,
        draft.pubkey(),
        createdAt,
        draft.kind(),
        draft.tags(),
        content,
        curve.sign(id.bytes(), author, auxiliaryRandom));
  }

  /**
   * Publishes an event and waits for the relay's OK.
   *
   * @throws IOException if the relay refuses it, closes or is silent
   */
  void publish(NostrEvent event) throws IOException {
    send(array("EVENT").add(JSON.readTree(EventJson.write(event))));
    JsonNode answer = next();
    boolean isOk = answer.path(0).asText().equals("OK") && answer.path(2).asBoolean();
    if (!isOk || !answer.path(1).asText().equals(event.id().hex())) {
      throw new IOException("the relay did not take the note: " + answer);
    }
  }

  /**
   * Stored events with one of these ids.
   *
   * @throws IOException if the relay closes, is silent or sends what is no event
   */
  List<NostrEvent> fetch(EventId id) throws IOException {
    ArrayNode request = array("REQ").add("demo");
    request.addObject().putArray("ids").add(id.hex());
    send(request);
    List<NostrEvent> found = new ArrayList<>();
    JsonNode message = next();
    while (message.path(0).asText().equals("EVENT")) {
      found.add(EventJson.read(JSON.writeValueAsBytes(message.path(2))));
      message = next();
    }
    if (!message.path(0).asText().equals("EOSE")) {
      throw new IOException("the relay answered " + message);
    }
    send(array("CLOSE").add("demo"));
    return found;
  }

  /**
   * Sends a message of NIP-01.
   *
   * @throws IOException if that fails or takes too long
   */
  void send(ArrayNode message) throws IOException {
    await(socket.sendText(message.toString(), true));
  }

  private JsonNode next() throws IOException {
    return next(Duration.ofSeconds(TIMEOUT_SECONDS))
        .orElseThrow(() -> new IOException("the relay said nothing for " + TIMEOUT_SECONDS + " s"));
  }

  /**
   * The next message, or empty if none came in time.
   *
   * @throws IOException if the connection ended or the message is not JSON
   */
  Optional<JsonNode> next(Duration patience) throws IOException {
    try {
      String text = inbox.messages.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (text == null) {
        return Optional.empty();
      }
      if (text.isEmpty()) {
        throw new IOException("the connection ended: " + inbox.end);
      }
      return Optional.of(JSON.readTree(text));
    } catch (JsonProcessingException malformed) {
      throw new IOException("the relay sent what is not JSON", malformed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", interrupted);
    }
  }

  private static <T> T await(CompletableFuture<T> future) throws IOException {
    try {
      return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      throw new IOException("no answer within " + TIMEOUT_SECONDS + " s", late);
    } catch (ExecutionException | CompletionException failure) {
      throw new IOException(String.valueOf(failure.getCause()), failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", interrupted);
    }
  }

  /** The beginning of a message. */
  static ArrayNode array(String first) {
    return JsonNodeFactory.instance.arrayNode().add(first);
  }

  /** Says goodbye; does not wait for the answer. */
  @Override
  public void close() {
    try {
      await(socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye"));
    } catch (IOException gone) {
      socket.abort();
    }
  }

  /** Joins the fragments of messages; an empty text marks the end of the connection. */
  private static final class Inbox implements WebSocket.Listener {
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>(MAX_WAITING);
    private final StringBuilder fragments = new StringBuilder();
    private volatile String end = "";

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean isLast) {
      fragments.append(data);
      if (fragments.length() > MAX_MESSAGE_CHARACTERS) {
        finish("a message was too long");
        socket.abort();
      } else if (isLast) {
        if (!messages.offer(fragments.toString())) {
          socket.abort();
        }
        fragments.setLength(0);
      }
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      finish("closed with " + code + " " + reason);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      finish(String.valueOf(failure.getMessage()));
    }

    private void finish(String how) {
      end = how;
      boolean unused = messages.offer("");
    }
  }
}
