package dev.wsn.resolver.http;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole HTTP response; handlers make one, and {@link #send} is the only place that writes it.
 * Belongs to one request.
 */
final class Reply {
  static final CharSequence CACHE_CONTROL = HttpHeaders.CACHE_CONTROL;
  static final CharSequence CONTENT_TYPE = HttpHeaders.CONTENT_TYPE;
  static final CharSequence ALLOW_ORIGIN = HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN;
  static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
  static final String JSON = "application/json";

  private static final CharSequence JSON_TYPE = HttpHeaders.createOptimized(JSON);
  private static final CharSequence ANY = HttpHeaders.createOptimized("*");
  private static final CharSequence OPTIONS = HttpHeaders.createOptimized("X-Content-Type-Options");
  private static final CharSequence NO_SNIFF = HttpHeaders.createOptimized("nosniff");
  private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("Retry-After");
  private static final CharSequence RETRY_AFTER_SECONDS = HttpHeaders.createOptimized("5");
  private static final CharSequence EXPOSE = HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS;
  private static final CharSequence EXPOSED =
      HttpHeaders.createOptimized(
          "ETag, Age, Last-Modified, Retry-After, RateLimit, RateLimit-Policy");

  private final int status;
  private final Buffer body;

  /** Names and values in turn; a later one replaces an earlier one of the same name. */
  private final List<CharSequence> headers = new ArrayList<>(16);

  private Reply(int status, Buffer body) {
    this.status = status;
    this.body = body;
  }

  static Reply empty(int status) {
    return new Reply(status, Buffer.buffer());
  }

  static Reply of(int status, CharSequence contentType, byte[] body) {
    return new Reply(status, Buffer.buffer(body)).with(CONTENT_TYPE, contentType);
  }

  static Reply json(int status, byte[] json) {
    return of(status, JSON_TYPE, json);
  }

  static Reply of(Problem problem) {
    Reply reply = of(problem.status(), "application/problem+json", problem.json());
    return problem.status() == 503 ? reply.with(RETRY_AFTER, RETRY_AFTER_SECONDS) : reply;
  }

  Reply with(CharSequence name, CharSequence value) {
    headers.add(name);
    headers.add(value);
    return this;
  }

  /**
   * Sends this, unless the request already has a response or whoever asked is gone.
   *
   * @return when it is on its way; fails if whoever asked left, after which nothing is to be done
   */
  Future<Void> send(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed() || response.headWritten()) {
      return Future.succeededFuture();
    }
    MultiMap all = response.setStatusCode(status).headers();
    MultiMap unused = common(all, request.method());
    if (request.method().equals(HttpMethod.HEAD) && body.length() > 0) {
      unused = all.set("Content-Length", Integer.toString(body.length()));
    }
    for (int i = 0; i < headers.size(); i += 2) {
      unused = all.set(headers.get(i), headers.get(i + 1));
    }
    return response.end(body);
  }

  /** What every response has. */
  static MultiMap common(MultiMap all, HttpMethod method) {
    MultiMap same = all.set(OPTIONS, NO_SNIFF).set(CACHE_CONTROL, NO_STORE);
    boolean isReading = !method.equals(HttpMethod.PUT);
    return isReading ? same.set(ALLOW_ORIGIN, ANY).set(EXPOSE, EXPOSED) : same;
  }
}
