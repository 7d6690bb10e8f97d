package dev.wsn.gateway;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.gateway.channel.ChannelEnd;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What a local proxy does now, and what failed lately. Owned by one event loop. */
final class ProxyStatus {
  /** Failures that are remembered; the oldest goes first. */
  static final int MAX_FAILURES = 50;

  /** A channel that is open. */
  record Open(PublicKey key, String endpoint, String what, ChannelSocket socket, long since) {}

  private record Failure(String key, String what, String why, long at) {}

  private final LongSupplier clock;
  private final Set<Open> channels = new LinkedHashSet<>();
  private final Deque<Failure> failures = new ArrayDeque<>();

  ProxyStatus(LongSupplier clock) {
    this.clock = clock;
  }

  /** Adds a channel until {@link #ended}. */
  Open opened(PublicKey key, String what, ChannelSocket socket) {
    Open open = new Open(key, socket.remote(), what, socket, clock.getAsLong());
    channels.add(open);
    return open;
  }

  void ended(Open open, ChannelEnd end) {
    channels.remove(open);
    if (end != ChannelEnd.CLOSED && end != ChannelEnd.STOPPED) {
      failed(open.key, open.what, sentence(end));
    }
  }

  private static String sentence(ChannelEnd end) {
    return switch (end) {
      case TRUNCATED -> "cut off before anybody said close";
      case IDLE -> "nothing was heard for too long";
      case WRITE_STALLED -> "what was sent was not taken for too long";
      case BAD_TAG -> "a message was changed on the way";
      case TOO_LARGE -> "a message was over the limit";
      default -> end.label().replace('_', ' ');
    };
  }

  void failed(PublicKey key, String what, String why) {
    if (failures.size() == MAX_FAILURES) {
      failures.removeFirst();
    }
    failures.addLast(new Failure(Nip19.npub(key), what, why, clock.getAsLong()));
  }

  private long secondsSince(long then) {
    return TimeUnit.MILLISECONDS.toSeconds(clock.getAsLong() - then);
  }

  JsonObject json() {
    JsonArray open = new JsonArray();
    for (Open each : channels) {
      open =
          open.add(
              new JsonObject()
                  .put("key", Nip19.npub(each.key))
                  .put("endpoint", each.endpoint)
                  .put("what", each.what)
                  .put("bytes_received", each.socket.receivedBytes())
                  .put("bytes_sent", each.socket.sentBytes())
                  .put("seconds", secondsSince(each.since)));
    }
    JsonArray failed = new JsonArray();
    for (Failure each : failures) {
      failed =
          failed.add(
              new JsonObject()
                  .put("key", each.key)
                  .put("what", each.what)
                  .put("why", each.why)
                  .put("seconds_ago", secondsSince(each.at)));
    }
    return new JsonObject().put("channels", open).put("failures", failed);
  }

  String text() {
    StringBuilder text = new StringBuilder("Open channels: ").append(channels.size()).append('\n');
    for (Open each : channels) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %s at %s, %s: %d bytes received, %d sent, %d s%n",
              Nip19.npub(each.key),
              each.endpoint,
              each.what,
              each.socket.receivedBytes(),
              each.socket.sentBytes(),
              secondsSince(each.since)));
    }
    text.append("\nLast failures: ").append(failures.size()).append('\n');
    for (Failure each : failures) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %s, %s: %s, %d s ago%n",
              each.key,
              each.what,
              each.why,
              secondsSince(each.at)));
    }
    return text.toString();
  }
}
