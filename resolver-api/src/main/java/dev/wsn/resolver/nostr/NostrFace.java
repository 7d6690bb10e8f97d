package dev.wsn.resolver.nostr;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpAddress;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.StrictJson;
import dev.wsn.resolver.cache.AnswerCache;
import dev.wsn.resolver.quota.Concurrency;
import dev.wsn.resolver.quota.Limit;
import dev.wsn.resolver.quota.Quotas;
import dev.wsn.resolver.watch.ChangeFeed;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The resolver as a relay: any Nostr library resolves with {@code REQ} for kind 11111 and an
 * author, and publishes with {@code EVENT}. Confined to the server's event loop.
 */
public final class NostrFace {
  /** Most clients, in total and of one address. */
  public static final int MAX_CLIENTS = 10_000;

  private static final int MAX_OF_ONE_CLIENT = 100;
  private static final int TICKS_BETWEEN_PINGS = 15;

  private final Vertx vertx;
  private final AnswerCache cache;
  private final ChangeFeed changes;
  private final Quotas quotas;
  private final Concurrency clients;
  private final Set<NostrSocket> open = new HashSet<>();
  private @Nullable Context context;
  private int ticks;

  /** A relay without clients. */
  public NostrFace(Vertx vertx, AnswerCache cache, ChangeFeed changes, Quotas quotas) {
    this.vertx = vertx;
    this.cache = cache;
    this.changes = changes;
    this.quotas = quotas;
    this.clients =
        new Concurrency(
            MAX_CLIENTS,
            MAX_OF_ONE_CLIENT,
            quotas.limits(),
            Limit.SOCKETS,
            Limit.SOCKETS_OF_CLIENT);
  }

  /** Whether one more client may come; if so {@link #serve} follows. */
  public boolean admit(IpAddress client) {
    return clients.enter(client);
  }

  /** The client did not open its WebSocket after all. */
  public void dismiss(IpAddress client) {
    clients.leave(client);
  }

  /** Serves a client that was admitted. */
  public void serve(ServerWebSocket webSocket, IpAddress client) {
    if (context == null) {
      context = vertx.getOrCreateContext();
    }
    NostrSocket socket = new NostrSocket(this, webSocket, client);
    open.add(socket);
    var unused =
        webSocket.closeHandler(
            gone -> {
              if (open.remove(socket)) {
                socket.closed();
                clients.leave(client);
              }
            });
    socket.open();
  }

  /** About once a second. */
  public void tick() {
    ticks++;
    if (ticks % TICKS_BETWEEN_PINGS == 0) {
      List.copyOf(open).forEach(NostrSocket::stillThere);
    }
  }

  AnswerCache cache() {
    return cache;
  }

  ChangeFeed changes() {
    return changes;
  }

  Quotas quotas() {
    return quotas;
  }

  /** Runs on the event loop of the server. Any thread. */
  void run(Runnable task) {
    Context loop = context;
    if (loop != null) {
      loop.runOnContext(now -> task.run());
    }
  }

  <T> Future<T> future(CompletionStage<T> stage) {
    return Future.fromCompletionStage(stage, vertx.getOrCreateContext());
  }

  /** The relay information document (NIP-11). */
  public static byte[] information() {
    return StrictJson.write(
        out -> {
          out.writeStartObject();
          out.writeStringField("name", "wsn resolver");
          out.writeStringField(
              "description",
              "Where is this key now? Ask for kind 11111 of an author: the answer comes from the"
                  + " wsn DHT. What is published here goes there.");
          out.writeArrayFieldStart("supported_nips");
          for (int nip : new int[] {1, 11, 40}) {
            out.writeNumber(nip);
          }
          out.writeEndArray();
          out.writeObjectFieldStart("limitation");
          out.writeNumberField("max_message_length", ClientMessage.MAX_BYTES);
          out.writeNumberField("max_subscriptions", NostrSocket.MAX_SUBSCRIPTIONS);
          out.writeNumberField("max_subid_length", ClientMessage.MAX_NAME_CHARS);
          out.writeNumberField("max_limit", Filter.MAX_LIMIT);
          out.writeNumberField("max_content_length", 0);
          out.writeNumberField("created_at_upper_limit", RecordRules.MAX_AHEAD.toSeconds());
          out.writeBooleanField("auth_required", false);
          out.writeBooleanField("payment_required", false);
          out.writeBooleanField("restricted_writes", true);
          out.writeEndObject();
          out.writeArrayFieldStart("retention");
          out.writeStartObject();
          out.writeArrayFieldStart("kinds");
          out.writeNumber(AddressRecord.KIND);
          out.writeEndArray();
          out.writeNumberField("count", 1);
          out.writeEndObject();
          out.writeEndArray();
          out.writeEndObject();
        });
  }
}
