package dev.wsn.resolver.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.PublicKey;
import dev.wsn.record.IpAddress;
import dev.wsn.record.KeyText;
import dev.wsn.record.MalformedUriException;
import dev.wsn.resolver.StrictJson;
import dev.wsn.resolver.cache.Answer;
import dev.wsn.resolver.cache.AnswerCache;
import dev.wsn.resolver.cache.BusyException;
import dev.wsn.resolver.quota.Quota;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * Answers one batch, a line of JSON for each key as soon as it is known. A client that does not
 * read is not asked for, and cut off when it reads nothing for a while. Confined to the server's
 * event loop.
 */
final class BatchRun {
  /** Keys of one batch that the DHT is asked for at one time. */
  private static final int MAX_ASKING = 64;

  private static final int CHUNK_BYTES = 32 * 1024;
  private static final long STALLED_MILLIS = 10_000;

  private final Vertx vertx;
  private final AnswerCache cache;
  private final Quota lookups;
  private final IpAddress client;
  private final Batch batch;
  private final HttpServerResponse response;
  private Buffer lines = Buffer.buffer();
  private int next;
  private int asking;
  private boolean isRunning;
  private boolean isOver;
  private long stallTimer = -1;

  BatchRun(
      Vertx vertx,
      AnswerCache cache,
      Quota lookups,
      IpAddress client,
      Batch batch,
      HttpServerResponse response) {
    this.vertx = vertx;
    this.cache = cache;
    this.lookups = lookups;
    this.client = client;
    this.batch = batch;
    this.response = response;
  }

  void start() {
    var unused =
        response
            .setChunked(true)
            .exceptionHandler(gone -> isOver = true)
            .drainHandler(
                drained -> {
                  stopWaiting();
                  run();
                });
    run();
  }

  private void run() {
    if (isRunning) {
      return;
    }
    isRunning = true;
    while (!isOver && next < batch.keys().size() && asking < MAX_ASKING && !isStalled()) {
      int index = next;
      next++;
      take(index);
    }
    isRunning = false;
    flush();
    if (next == batch.keys().size() && asking == 0 && !isOver) {
      isOver = true;
      stopWaiting();
      Future<Void> unused = response.end();
    }
  }

  private boolean isStalled() {
    if (!response.writeQueueFull()) {
      return false;
    }
    if (stallTimer < 0) {
      stallTimer = vertx.setTimer(STALLED_MILLIS, late -> cut());
    }
    return true;
  }

  private void cut() {
    isOver = true;
    Future<Void> unused = response.reset();
  }

  private void stopWaiting() {
    boolean unused = stallTimer >= 0 && vertx.cancelTimer(stallTimer);
    stallTimer = -1;
  }

  private void take(int index) {
    PublicKey key;
    try {
      key = KeyText.parse(batch.keys().get(index)).key();
    } catch (MalformedKeyException | MalformedUriException malformed) {
      note(index, "malformed_key", String.valueOf(malformed.getMessage()));
      return;
    }
    Optional<Answer> held = cache.held(key, batch.policy());
    if (held.isPresent()) {
      line(index, held.get().json());
    } else if (!lookups.take(client, Answers.cost(batch.policy())).isGranted()) {
      note(index, "rate_limited", "this client has used up its lookups; ask again later");
    } else {
      ask(index, key);
    }
  }

  private void ask(int index, PublicKey key) {
    asking++;
    Future<Answer> unused =
        Answers.future(vertx, cache.ask(key, batch.policy()))
            .onComplete(
                done -> {
                  asking--;
                  if (done.succeeded()) {
                    line(index, done.result().json());
                  } else {
                    fail(index, done.cause());
                  }
                  run();
                });
  }

  private void fail(int index, Throwable failure) {
    if (failure instanceof BusyException) {
      note(index, "busy", Problems.BUSY.detail());
    } else if (failure instanceof TimeoutException) {
      note(index, "timeout", Problems.TIMED_OUT.detail());
    } else {
      note(index, "internal", Problems.INTERNAL.detail());
    }
  }

  private void note(int index, String status, String detail) {
    byte[] json =
        StrictJson.write(
            out -> {
              out.writeStartObject();
              out.writeStringField("status", status);
              out.writeStringField("detail", detail);
              out.writeEndObject();
            });
    line(index, json);
  }

  /** The object, with its place in the batch as its first member. */
  private void line(int index, byte[] object) {
    Buffer unused =
        lines
            .appendBytes(("{\"index\":" + index + ",").getBytes(UTF_8))
            .appendBytes(object, 1, object.length - 1)
            .appendByte((byte) '\n');
    if (lines.length() >= CHUNK_BYTES) {
      flush();
    }
  }

  private void flush() {
    if (lines.length() > 0 && !isOver) {
      Future<Void> unused = response.write(lines);
      lines = Buffer.buffer();
    }
  }
}
