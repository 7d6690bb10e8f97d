package dev.wsn.resolver.nostr;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpAddress;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRejection;
import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.quota.Limit;
import io.vertx.core.Future;
import io.vertx.core.http.ServerWebSocket;
import java.util.HashMap;
import java.util.Map;

/** One client of the relay. Confined to the server's event loop. */
final class NostrSocket {
  /** Most subscriptions at one time. */
  static final int MAX_SUBSCRIPTIONS = 20;

  /** Most events that wait for their OK. */
  static final int MAX_PUBLISHING = 20;

  /** Refused messages after which a client is cut off. */
  private static final int MAX_REFUSED = 100;

  private static final int MAX_WAITING_BYTES = 1 << 20;
  private static final short POLICY_VIOLATION = 1008;

  private final NostrFace face;
  private final ServerWebSocket socket;
  private final IpAddress client;
  private final Map<String, Subscription> subscriptions = new HashMap<>();
  private int publishing;
  private int refused;
  private boolean isHeard = true;

  NostrSocket(NostrFace face, ServerWebSocket socket, IpAddress client) {
    this.face = face;
    this.socket = socket;
    this.client = client;
  }

  void open() {
    var unused =
        socket
            .setWriteQueueMaxSize(MAX_WAITING_BYTES)
            .textMessageHandler(this::receive)
            .binaryMessageHandler(bytes -> send(RelayMessage.notice("error: say it as text")))
            .pongHandler(pong -> isHeard = true)
            .exceptionHandler(broken -> cut());
  }

  IpAddress client() {
    return client;
  }

  /** Pings, or gives up who did not answer the last one. */
  void stillThere() {
    if (!isHeard) {
      cut();
      return;
    }
    isHeard = false;
    Future<Void> unused = socket.writePing(io.vertx.core.buffer.Buffer.buffer());
  }

  /** Nothing is told any more. */
  void closed() {
    subscriptions.values().forEach(Subscription::end);
    subscriptions.clear();
  }

  private void cut() {
    Future<Void> unused = socket.close(POLICY_VIOLATION);
  }

  /** Sends a text, or cuts off who does not read. */
  void send(String text) {
    if (socket.isClosed()) {
      return;
    }
    if (socket.writeQueueFull()) {
      reached(Limit.UNREAD);
      cut();
      return;
    }
    Future<Void> unused = socket.writeTextMessage(text);
  }

  private void receive(String text) {
    isHeard = true;
    ClientMessage message;
    try {
      message = ClientMessage.read(text.getBytes(UTF_8));
    } catch (MalformedJsonException malformed) {
      refuse(RelayMessage.notice("invalid: " + malformed.getMessage()));
      return;
    }
    boolean isGranted = face.quotas().requests().take(client, 1).isGranted();
    if (message instanceof ClientMessage.Publish publish) {
      publish(publish.event(), isGranted);
    } else if (message instanceof ClientMessage.Subscribe subscribe) {
      subscribe(subscribe, isGranted);
    } else if (message instanceof ClientMessage.Unsubscribe over) {
      unsubscribe(over.name());
    } else {
      refuse(RelayMessage.notice("error: this relay speaks EVENT, REQ and CLOSE"));
    }
  }

  /** Refuses a message; who goes on all the same is cut off. */
  private void refuse(String answer) {
    send(answer);
    refused++;
    if (refused == MAX_REFUSED) {
      reached(Limit.REFUSALS);
      cut();
    }
  }

  private void reached(Limit limit) {
    face.quotas().limits().reached(limit);
  }

  private void unsubscribe(String name) {
    Subscription old = subscriptions.remove(name);
    if (old != null) {
      old.end();
    }
  }

  private void subscribe(ClientMessage.Subscribe wanted, boolean isGranted) {
    String name = wanted.name();
    unsubscribe(name);
    if (!isGranted) {
      refuse(RelayMessage.closed(name, "rate-limited: too many requests, wait a moment"));
      return;
    }
    if (subscriptions.size() >= MAX_SUBSCRIPTIONS) {
      reached(Limit.SUBSCRIPTIONS);
      refuse(RelayMessage.closed(name, "error: more than " + MAX_SUBSCRIPTIONS + " at a time"));
      return;
    }
    Subscription subscription = new Subscription(face, this, name, wanted.filters());
    subscriptions.put(name, subscription);
    subscription.start();
  }

  /** Ends a subscription from this side. */
  void close(Subscription subscription, String reason) {
    if (subscriptions.remove(subscription.name(), subscription)) {
      subscription.end();
      refuse(RelayMessage.closed(subscription.name(), reason));
    }
  }

  private void publish(NostrEvent event, boolean isGranted) {
    if (event.kind() != AddressRecord.KIND) {
      answer(event, false, "blocked: this relay takes kind " + AddressRecord.KIND + " only");
      return;
    }
    if (!isGranted || !face.quotas().publications().take(client, 1).isGranted()) {
      answer(event, false, "rate-limited: too many records of one client, wait a moment");
      return;
    }
    if (publishing >= MAX_PUBLISHING) {
      reached(Limit.PUBLICATIONS_AT_ONCE);
      answer(event, false, "rate-limited: wait for the records before this one");
      return;
    }
    publishing++;
    Future<Publication> unused =
        face.future(face.cache().publish(event))
            .onComplete(
                done -> {
                  publishing--;
                  if (done.succeeded()) {
                    answer(event, done.result());
                  } else {
                    answer(event, false, "error: the DHT did not answer in time");
                  }
                });
  }

  private void answer(NostrEvent event, Publication publication) {
    if (publication instanceof Publication.Accepted accepted) {
      answer(event, true, accepted.isNew() ? "" : "duplicate: this record is known");
    } else if (publication instanceof Publication.Refused refusal) {
      String prefix = refusal.reason() == RecordRejection.FULL ? "error: " : "invalid: ";
      answer(event, false, prefix + refusal.detail());
    } else if (publication instanceof Publication.TooFew tooFew) {
      answer(
          event,
          false,
          "error: %d of at least %d nodes took the record"
              .formatted(tooFew.acknowledged(), tooFew.required()));
    } else if (publication instanceof Publication.Unreachable unreachable) {
      answer(event, false, "error: " + unreachable.reason());
    }
  }

  private void answer(NostrEvent event, boolean isAccepted, String reason) {
    String text = RelayMessage.ok(event.id(), isAccepted, reason);
    if (isAccepted) {
      send(text);
    } else {
      refuse(text);
    }
  }
}
