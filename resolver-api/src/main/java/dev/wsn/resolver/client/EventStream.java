package dev.wsn.resolver.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wsn.resolver.ResolutionJson;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events (HTML Living Standard, 9.2) with {@code id}, {@code event} and {@code
 * data} of one line, as resolvers send them. Ends a stream whose line gets too long. The signals of
 * one response come one after the other; {@link #cancel} and {@link #takeReceived} may be called on
 * any thread.
 */
final class EventStream implements BodySubscriber<Void> {
  /** Longest line that is read, bytes. */
  static final int MAX_LINE_BYTES = ResolutionJson.MAX_BYTES + 100;

  /** Who is told. */
  interface Listener {
    /** An event came. */
    void event(String id, String kind, byte[] data);

    /** The stream is over, for whatever reason; told once. */
    void ended();
  }

  private final Listener listener;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private String id = "";
  private String kind = "";
  private byte[] data = {};
  private boolean isEnded;
  private volatile boolean hasReceived;
  private volatile Flow.@Nullable Subscription subscription;
  private volatile boolean isCancelled;

  EventStream(Listener listener) {
    this.listener = listener;
  }

  /** Whether something came since this was asked last. */
  boolean takeReceived() {
    boolean received = hasReceived;
    hasReceived = false;
    return received;
  }

  /** Ends the stream from this side; the listener hears of it unless it is over. */
  void cancel() {
    isCancelled = true;
    Flow.Subscription current = subscription;
    if (current != null) {
      current.cancel();
    }
    end();
  }

  @Override
  public CompletionStage<Void> getBody() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void onSubscribe(Flow.Subscription incoming) {
    subscription = incoming;
    if (isCancelled) {
      incoming.cancel();
    } else {
      incoming.request(Long.MAX_VALUE);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    hasReceived = true;
    for (ByteBuffer buffer : buffers) {
      while (buffer.hasRemaining() && !isCancelled) {
        take(buffer.get());
      }
    }
  }

  private void take(byte next) {
    if (next == '\n') {
      String text = line.toString(UTF_8);
      line.reset();
      line(text);
    } else if (next != '\r') {
      line.write(next);
      if (line.size() > MAX_LINE_BYTES) {
        cancel();
      }
    }
  }

  private void line(String text) {
    if (text.isEmpty()) {
      if (data.length > 0) {
        listener.event(id, kind, data);
      }
      kind = "";
      data = new byte[0];
    } else if (text.startsWith("id: ")) {
      id = text.substring("id: ".length());
    } else if (text.startsWith("event: ")) {
      kind = text.substring("event: ".length());
    } else if (text.startsWith("data: ")) {
      data = text.substring("data: ".length()).getBytes(UTF_8);
    }
  }

  @Override
  public void onError(Throwable failure) {
    end();
  }

  @Override
  public void onComplete() {
    end();
  }

  private void end() {
    synchronized (this) {
      if (isEnded) {
        return;
      }
      isEnded = true;
    }
    listener.ended();
  }
}
