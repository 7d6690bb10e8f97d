package dev.wsn.resolver.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A whole HTTP response as a value; handlers make one, and {@link #send} is the only place that
 * writes to a connection.
 *
 * @param status the HTTP status
 * @param headers what this response adds to, or replaces of, the headers that all have
 * @param body empty for 204 and 304
 */
record Reply(int status, Map<String, String> headers, Buffer body) {
  static final String CACHE_CONTROL = "Cache-Control";

  private static final String CONTENT_TYPE = "Content-Type";
  private static final String RETRY_AFTER_SECONDS = "5";

  /** Copies the headers. */
  Reply {
    headers = Map.copyOf(headers);
  }

  static Reply empty(int status) {
    return new Reply(status, Map.of(), Buffer.buffer());
  }

  static Reply json(int status, byte[] json) {
    return new Reply(status, Map.of(CONTENT_TYPE, "application/json"), Buffer.buffer(json));
  }

  static Reply of(Problem problem) {
    Reply reply =
        new Reply(
            problem.status(),
            Map.of(CONTENT_TYPE, "application/problem+json"),
            Buffer.buffer(problem.json()));
    return problem.status() == 503 ? reply.with("Retry-After", RETRY_AFTER_SECONDS) : reply;
  }

  Reply with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Reply(status, more, body);
  }

  /**
   * Sends this, unless the request already has a response or whoever asked is gone.
   *
   * @return when it is on its way; fails if whoever asked left, after which nothing is to be done
   */
  Future<Void> send(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return Future.succeededFuture();
    }
    Map<String, String> all = new LinkedHashMap<>();
    all.put("X-Content-Type-Options", "nosniff");
    all.put(CACHE_CONTROL, "no-store");
    HttpMethod method = request.method();
    if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
      all.put("Access-Control-Allow-Origin", "*");
      all.put("Access-Control-Expose-Headers", "ETag, Retry-After");
    }
    if (method.equals(HttpMethod.HEAD) && body.length() > 0) {
      all.put("Content-Length", Integer.toString(body.length()));
    }
    all.putAll(headers);
    var unusedHeaders = response.setStatusCode(status).headers().setAll(all);
    return response.end(body);
  }
}
