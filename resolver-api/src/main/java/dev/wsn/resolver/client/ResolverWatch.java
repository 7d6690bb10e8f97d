package dev.wsn.resolver.client;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows a key through the changes that resolvers tell of. When a stream ends, breaks, or is
 * silent for too long, the next resolver is asked, with the id of the last event, so that nothing
 * is told twice; after a failure with a pause that doubles up to half a minute. What does not hold
 * or is older than what was told is passed over, and an expiry is believed only when the record has
 * expired. Thread-safe.
 */
public final class ResolverWatch implements AutoCloseable {
  /** Resolvers send something every 15 s. */
  private static final long SILENCE_MILLIS = 45_000;

  private static final long FIRST_PAUSE_MILLIS = 500;
  private static final long MAX_PAUSE_MILLIS = 30_000;
  private static final String EXPIRY = "expiry";
  private static final int OK = 200;

  private final List<ResolverClient> clients;
  private final PublicKey key;
  private final Consumer<Resolution> told;

  // Guarded by this.
  private int next;
  private int failures;
  private String lastEventId = "";
  private @Nullable AddressRecord newest;
  private boolean isExpiryTold;
  private boolean isClosed;
  private @Nullable EventStream current;

  private ResolverWatch(List<ResolverClient> clients, PublicKey key, Consumer<Resolution> told) {
    this.clients = clients;
    this.key = key;
    this.told = told;
  }

  static ResolverWatch start(
      List<ResolverClient> clients, PublicKey key, Consumer<Resolution> told) {
    ResolverWatch watch = new ResolverWatch(clients, key, told);
    watch.connect();
    return watch;
  }

  private void connect() {
    ResolverClient client;
    EventStream stream;
    String last;
    synchronized (this) {
      if (isClosed) {
        return;
      }
      client = clients.get(next % clients.size());
      last = lastEventId;
      stream = new EventStream(listener(client));
      current = stream;
    }
    var unused =
        client
            .changes(key, last, stream)
            .whenComplete(
                (status, failure) -> {
                  if (failure != null || status != OK) {
                    stream.cancel();
                  } else {
                    watchSilence(stream);
                  }
                });
  }

  private EventStream.Listener listener(ResolverClient client) {
    return new EventStream.Listener() {
      @Override
      public void event(String id, String kind, byte[] data) {
        heard(client, id, kind, data);
      }

      @Override
      public void ended() {
        again();
      }
    };
  }

  private void watchSilence(EventStream stream) {
    later(SILENCE_MILLIS)
        .execute(
            () -> {
              synchronized (this) {
                if (isClosed || current != stream) {
                  return;
                }
              }
              if (stream.takeReceived()) {
                watchSilence(stream);
              } else {
                stream.cancel();
              }
            });
  }

  /** The stream is over: goes on with the next resolver. */
  private void again() {
    long pause;
    synchronized (this) {
      if (isClosed) {
        return;
      }
      next++;
      pause = Math.min(MAX_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures, 10));
      failures++;
    }
    later(pause).execute(this::connect);
  }

  private static Executor later(long millis) {
    return CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS);
  }

  private void heard(ResolverClient client, String id, String kind, byte[] data) {
    synchronized (this) {
      if (isClosed) {
        return;
      }
      if (kind.equals(EXPIRY)) {
        expired(client, id);
        return;
      }
      Resolution resolution = client.believe(key, data).resolution();
      AddressRecord about = about(resolution);
      if (about == null) {
        return;
      }
      failures = 0;
      lastEventId = id;
      boolean isNewer = newest == null || about.version().supersedes(newest.version());
      if (isNewer) {
        newest = about;
        isExpiryTold = false;
        told.accept(resolution);
      }
    }
  }

  private void expired(ResolverClient client, String id) {
    AddressRecord last = newest;
    if (last != null && !last.isLive(client.unixSeconds()) && !isExpiryTold) {
      failures = 0;
      lastEventId = id;
      isExpiryTold = true;
      told.accept(new Resolution.NotFound(Evidence.none(ResolvePolicy.FAST, "watch")));
    }
  }

  private static @Nullable AddressRecord about(Resolution resolution) {
    if (resolution instanceof Resolution.Found found) {
      return found.addressRecord();
    }
    return resolution instanceof Resolution.Withdrawn withdrawn ? withdrawn.addressRecord() : null;
  }

  /** Tells nothing more from now on. */
  @Override
  public void close() {
    EventStream open;
    synchronized (this) {
      isClosed = true;
      open = current;
    }
    if (open != null) {
      open.cancel();
    }
  }
}
