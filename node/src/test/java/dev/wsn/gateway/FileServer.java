package dev.wsn.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server of files that knows nothing of wsn: {@code /upload} hashes, {@code /zeros?N} streams,
 * {@code /cut} breaks off, {@code /echo} tells what it was asked.
 */
final class FileServer {
  static final int CHUNK = 64 * 1024;

  final BlockingQueue<HttpServerRequest> requests = new LinkedBlockingQueue<>();
  final AtomicLong written = new AtomicLong();
  private final HttpServer server;

  FileServer(Vertx vertx) {
    server = Awaiting.result(vertx.createHttpServer().requestHandler(this::serve).listen(0));
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.actualPort());
  }

  void close() {
    Awaiting.done(server.close());
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private void serve(HttpServerRequest request) {
    requests.add(request);
    HttpServerResponse response = request.response();
    Future<?> unused;
    switch (String.valueOf(request.path())) {
      case "/upload" -> hash(request);
      case "/zeros" -> {
        response = response.putHeader("Content-Length", request.query());
        stream(response, Long.parseLong(request.query()));
      }
      case "/cut" -> {
        response = response.putHeader("Content-Length", "1000");
        unused = response.write("begin").eventually(() -> request.connection().close());
      }
      case "/gone" -> unused = response.setStatusCode(204).end();
      case "/echo" -> {
        Map<String, Object> echo = new HashMap<>();
        for (Map.Entry<String, String> field : request.headers()) {
          Object unusedField = echo.put(field.getKey().toLowerCase(Locale.ROOT), field.getValue());
        }
        Object unusedUri = echo.put("uri", request.uri());
        unused = response.putHeader("X-Answer", "yes").end(new JsonObject(echo).encode());
      }
      default -> unused = response.setStatusCode(404).end("no such file");
    }
  }

  private static void hash(HttpServerRequest request) {
    MessageDigest digest = sha256();
    HttpServerRequest unused =
        request
            .handler(bytes -> digest.update(bytes.getBytes()))
            .endHandler(
                end -> {
                  Future<?> unusedSent =
                      request.response().end(HexFormat.of().formatHex(digest.digest()));
                });
  }

  private void stream(HttpServerResponse response, long left) {
    long rest = left;
    while (rest > 0 && !response.writeQueueFull()) {
      int length = (int) Math.min(CHUNK, rest);
      Future<?> unused = response.write(Buffer.buffer(new byte[length]));
      rest -= length;
      written.addAndGet(length);
    }
    if (rest == 0) {
      Future<?> unused = response.end();
    } else {
      long later = rest;
      HttpServerResponse unused = response.drainHandler(drained -> stream(response, later));
    }
  }
}
