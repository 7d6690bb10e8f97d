package dev.wsn.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.record.NostrEvent;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.MalformedJsonException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A small Nostr relay for the demo: NIP-01 (EVENT, REQ, CLOSE) and NIP-11, in memory, regular
 * events only: it keeps every version of a replaceable one. It is what stands behind the gateway,
 * knows nothing of wsn, and any other relay could take its place. Everything runs on the event loop
 * of its server.
 */
final class DemoRelay {
  /** Events that are kept; the oldest goes first. */
  static final int MAX_EVENTS = 1_000;

  static final int MAX_SUBSCRIPTIONS = 20;
  static final int MAX_FILTERS = 10;
  static final int MAX_CLIENTS = 100;
  private static final int MAX_SUBSCRIPTION_ID_CHARS = 64;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Vertx vertx;
  private final Secp256k1 curve;
  private final PublicKey self;
  private final Deque<NostrEvent> events = new ArrayDeque<>();
  private final Set<Client> clients = new HashSet<>();
  private final HttpServer server;

  /**
   * A relay that does not listen yet.
   *
   * @param self its NIP-11 {@code self}: the key that its gateway has
   */
  DemoRelay(Vertx vertx, Secp256k1 curve, PublicKey self) {
    this.vertx = vertx;
    this.curve = curve;
    this.self = self;
    this.server = newServer();
  }

  private HttpServer newServer() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setMaxWebSocketFrameSize(EventJson.MAX_BYTES * 4)
            .setMaxWebSocketMessageSize(EventJson.MAX_BYTES * 4);
    return vertx
        .createHttpServer(options)
        .requestHandler(this::describe)
        .webSocketHandler(this::accept);
  }

  /** Listens on a free port of the loopback interface; gives the port. */
  Future<Integer> start() {
    return server.listen(0, "127.0.0.1").map(HttpServer::actualPort);
  }

  /** Ends all connections. */
  Future<Void> stop() {
    return server.close();
  }

  private void describe(HttpServerRequest request) {
    ObjectNode document =
        JsonText.object()
            .put("name", "wsn demo relay")
            .put("description", "in memory, gone when the demo ends")
            .put("self", self.hex())
            .put("software", "wsn");
    document.putArray("supported_nips").add(1).add(11);
    ignore(
        request
            .response()
            .putHeader("Content-Type", "application/nostr+json")
            .putHeader("Access-Control-Allow-Origin", "*")
            .end(JsonText.of(document)));
  }

  /** The other side is gone, which its close handler hears, too. */
  private static void ignore(Future<Void> written) {
    Future<Void> unused = written.otherwiseEmpty();
  }

  @SuppressWarnings("CheckReturnValue") // the setters of handlers return their object
  private void accept(ServerWebSocket socket) {
    if (clients.size() >= MAX_CLIENTS) {
      ignore(socket.close((short) 1013, "too many clients"));
      return;
    }
    Client client = new Client(socket);
    clients.add(client);
    socket.closeHandler(closed -> clients.remove(client));
    socket.exceptionHandler(failure -> clients.remove(client));
    socket.textMessageHandler(client::receive);
  }

  private boolean isAuthentic(NostrEvent event) {
    return event.computeId().equals(event.id())
        && curve.verify(event.signature(), event.id().bytes(), event.pubkey());
  }

  private void keep(NostrEvent event) {
    if (events.size() == MAX_EVENTS) {
      events.removeFirst();
    }
    events.addLast(event);
    clients.forEach(client -> client.offer(event));
  }

  private boolean isKnown(NostrEvent event) {
    return events.stream().anyMatch(kept -> kept.id().equals(event.id()));
  }

  /** One connection with its subscriptions. */
  private final class Client {
    private final ServerWebSocket socket;
    private final Map<String, List<RelayFilter>> subscriptions = new HashMap<>();

    Client(ServerWebSocket socket) {
      this.socket = socket;
    }

    void receive(String text) {
      try {
        JsonNode message = JSON.readTree(text);
        switch (message.path(0).asText()) {
          case "EVENT" -> publish(message.path(1));
          case "REQ" -> subscribe(message);
          case "CLOSE" -> subscriptions.remove(message.path(1).asText());
          default -> notice("unknown message; NIP-01 has EVENT, REQ and CLOSE");
        }
      } catch (JsonProcessingException malformed) {
        notice("not JSON");
      } catch (IllegalArgumentException bad) {
        notice(String.valueOf(bad.getMessage()));
      }
    }

    private void publish(JsonNode node) {
      String id = node.path("id").asText();
      try {
        NostrEvent event = EventJson.read(JSON.writeValueAsBytes(node));
        if (isKnown(event)) {
          answer(id, true, "duplicate: already here");
        } else if (isAuthentic(event)) {
          keep(event);
          answer(id, true, "");
        } else {
          answer(id, false, "invalid: the id or the signature is wrong");
        }
      } catch (MalformedJsonException | IOException malformed) {
        answer(id, false, "invalid: " + malformed.getMessage());
      }
    }

    private void subscribe(JsonNode message) {
      String id = message.path(1).asText();
      List<RelayFilter> filters = new ArrayList<>();
      for (int i = 2; i < message.size(); i++) {
        filters.add(RelayFilter.read(message.get(i), MAX_EVENTS));
      }
      boolean isNew = !subscriptions.containsKey(id);
      boolean isBadId = id.isEmpty() || id.length() > MAX_SUBSCRIPTION_ID_CHARS;
      if (isBadId || filters.isEmpty() || filters.size() > MAX_FILTERS) {
        notice("REQ has a subscription id and 1 to " + MAX_FILTERS + " filters");
      } else if (isNew && subscriptions.size() == MAX_SUBSCRIPTIONS) {
        send(array("CLOSED").add(id).add("error: at most " + MAX_SUBSCRIPTIONS + " subscriptions"));
      } else {
        subscriptions.put(id, filters);
        stored(filters).forEach(event -> deliver(id, event));
        send(array("EOSE").add(id));
      }
    }

    /** What is kept and matches, newest first, each filter up to its limit. */
    private Set<NostrEvent> stored(List<RelayFilter> filters) {
      Set<NostrEvent> found = new LinkedHashSet<>();
      for (RelayFilter filter : filters) {
        int left = filter.limit();
        Iterator<NostrEvent> newestFirst = events.descendingIterator();
        while (left > 0 && newestFirst.hasNext()) {
          NostrEvent event = newestFirst.next();
          if (filter.matches(event)) {
            found.add(event);
            left--;
          }
        }
      }
      return found;
    }

    void offer(NostrEvent event) {
      subscriptions.forEach(
          (id, filters) -> {
            if (filters.stream().anyMatch(filter -> filter.matches(event))) {
              deliver(id, event);
            }
          });
    }

    private void deliver(String subscription, NostrEvent event) {
      try {
        send(array("EVENT").add(subscription).add(JSON.readTree(EventJson.write(event))));
      } catch (IOException impossible) {
        throw new IllegalStateException("our own JSON does not parse", impossible);
      }
    }

    private void answer(String id, boolean isAccepted, String message) {
      send(array("OK").add(id).add(isAccepted).add(message));
    }

    private void notice(String message) {
      send(array("NOTICE").add(message));
    }

    private void send(ArrayNode message) {
      ignore(socket.writeTextMessage(message.toString()));
    }

    private static ArrayNode array(String first) {
      return JsonNodeFactory.instance.arrayNode().add(first);
    }
  }
}
