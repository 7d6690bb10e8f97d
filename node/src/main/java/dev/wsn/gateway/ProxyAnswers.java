package dev.wsn.gateway;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the local proxy itself says over HTTP, mostly that something went wrong (RFC 9457). */
final class ProxyAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyAnswers.class);
  private static final String RETRY_SECONDS = "5";

  private ProxyAnswers() {}

  /** Says why a key could not be reached. */
  static void failure(HttpServerRequest request, Throwable cause) {
    if (cause instanceof ConnectFailure failure) {
      if (failure.kind() == ConnectFailure.Kind.RESOLVER_UNREACHABLE) {
        HttpServerResponse unused = request.response().putHeader("Retry-After", RETRY_SECONDS);
      }
      problem(request, failure.status(), failure.kind().type(), failure.detail(), failure.tried());
    } else if (!(cause instanceof CancellationException)) {
      LOG.error("connecting failed in a way that it should not", cause);
      problem(request, 500, "internal-error", "This is a bug of the proxy.", List.of());
    }
  }

  /** Says what is wrong. */
  static void problem(HttpServerRequest request, int status, String type, String detail) {
    problem(request, status, type, detail, List.of());
  }

  private static void problem(
      HttpServerRequest request,
      int status,
      String type,
      String detail,
      List<ConnectFailure.Tried> tried) {
    JsonObject problem =
        new JsonObject()
            .put("type", "/problems/" + type)
            .put("title", type.replace('-', ' '))
            .put("status", status)
            .put("detail", detail);
    if (!tried.isEmpty()) {
      JsonArray list = new JsonArray();
      for (ConnectFailure.Tried one : tried) {
        list =
            list.add(new JsonObject().put("endpoint", one.endpoint()).put("reason", one.reason()));
      }
      problem = problem.put("tried", list);
    }
    end(request.response().setStatusCode(status), "application/problem+json", problem.encode());
  }

  /** Answers and closes the connection. */
  static void end(HttpServerResponse response, String type, String body) {
    if (response.ended() || response.closed()) {
      return;
    }
    Future<Void> unused =
        response
            .putHeader("Content-Type", type)
            .putHeader("X-Content-Type-Options", "nosniff")
            .putHeader("Connection", "close")
            .end(body);
  }
}
