package dev.wsn.resolver.http;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
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
  static final String CACHE_CONTROL = "Cache-Control";
  static final String CONTENT_TYPE = "Content-Type";
  static final String JSON = "application/json";
  static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";

  private static final String RETRY_AFTER = "Retry-After";
  private static final String RETRY_AFTER_SECONDS = "5";
  private static final String EXPOSED =
      "ETag, Age, Last-Modified, Retry-After, RateLimit, RateLimit-Policy";

  private final int status;
  private final Buffer body;

  /** Names and values in turn; a later one replaces an earlier one of the same name. */
  private final List<String> headers = new ArrayList<>(16);

  private Reply(int status, Buffer body) {
    this.status = status;
    this.body = body;
  }

  static Reply empty(int status) {
    return new Reply(status, Buffer.buffer());
  }

  static Reply of(int status, String contentType, byte[] body) {
    return new Reply(status, Buffer.buffer(body)).with(CONTENT_TYPE, contentType);
  }

  static Reply json(int status, byte[] json) {
    return of(status, JSON, json);
  }

  static Reply of(Problem problem) {
    Reply reply = of(problem.status(), "application/problem+json", problem.json());
    return problem.status() == 503 ? reply.with(RETRY_AFTER, RETRY_AFTER_SECONDS) : reply;
  }

  Reply with(String name, String value) {
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
    MultiMap same = all.set("X-Content-Type-Options", "nosniff").set(CACHE_CONTROL, "no-store");
    boolean isReading = !method.equals(HttpMethod.PUT);
    return isReading
        ? same.set(ALLOW_ORIGIN, "*").set("Access-Control-Expose-Headers", EXPOSED)
        : same;
  }
}
