package dev.wsn.gateway;

import dev.wsn.crypto.Nip19;
import dev.wsn.gateway.channel.ChannelProtocol;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What a gateway says to those who do not speak its protocol: NIP-11, or a page for people. */
final class FrontPage {
  static final String NIP_11 = "application/nostr+json";

  /** Longest document of the backend that is passed on. */
  private static final int MAX_DOCUMENT_BYTES = 64 * 1024;

  private static final int OK = 200;

  private final Gateway.Shared shared;
  private final HttpClient http;

  /**
   * The pages of a gateway.
   *
   * @param http of the event loop
   */
  FrontPage(Gateway.Shared shared, HttpClient http) {
    this.shared = shared;
    this.http = http;
  }

  void serve(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    String method = request.method().name();
    if (method.equals("OPTIONS")) {
      end(withCors(response).setStatusCode(OK), "text/plain", "");
    } else if (!method.equals("GET") && !method.equals("HEAD")) {
      refuse(response.putHeader("Allow", "GET, HEAD, OPTIONS"), 405, "only GET");
    } else if (String.valueOf(request.getHeader("Accept")).contains(NIP_11)) {
      Future<JsonObject> unused =
          document().onSuccess(document -> end(withCors(response), NIP_11, document.encode()));
    } else {
      end(response, "text/plain; charset=utf-8", page());
    }
  }

  private String page() {
    String page =
        """
        This is a wsn gateway. Behind it is a server that is reached by its key:

          %s

        A WebSocket client opens it with the subprotocol %s and an encrypted handshake
        that only the holder of the key can answer. To use it with any Nostr app, run

          wsn connect --resolver URL

        with a resolver that you know, and give the app the address ws://127.0.0.1:4881/%s
        """;
    return page.formatted(uri(), ChannelProtocol.NAME, Nip19.npub(shared.selfPublic()));
  }

  private String uri() {
    return "wsn://" + Nip19.npub(shared.selfPublic());
  }

  /** What the relay says of itself, or else we of it; {@code self} is always the gateway's key. */
  private Future<JsonObject> document() {
    JsonObject own =
        new JsonObject()
            .put("name", "wsn gateway")
            .put("description", "Reachable by its key over an encrypted channel: " + uri())
            .put("software", "wsn");
    return ofBackend()
        .otherwise(own)
        .map(document -> document.put("self", shared.selfPublic().hex()));
  }

  private Future<JsonObject> ofBackend() {
    Optional<Backend> relay = shared.options().relay();
    if (relay.isEmpty()) {
      return Future.failedFuture("there is no relay");
    }
    long patience = shared.limits().backendTimeout().toMillis();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost(relay.get().host())
            .setPort(relay.get().port())
            .setURI(relay.get().target("/"))
            .putHeader("Accept", NIP_11);
    return http.request(options)
        .compose(request -> request.send().compose(FrontPage::read))
        .timeout(patience, TimeUnit.MILLISECONDS);
  }

  private static Future<JsonObject> read(HttpClientResponse response) {
    Promise<JsonObject> document = Promise.promise();
    Buffer[] body = {Buffer.buffer()};
    HttpClientResponse unusedResponse =
        response
            .handler(
                bytes -> {
                  body[0] = body[0].appendBuffer(bytes);
                  if (body[0].length() > MAX_DOCUMENT_BYTES) {
                    boolean unused = document.tryFail("the document is too long");
                    Future<?> unusedClose = response.request().connection().close();
                  }
                })
            .exceptionHandler(
                broken -> {
                  boolean unused = document.tryFail(broken);
                })
            .endHandler(
                end -> {
                  boolean unused = parse(document, response.statusCode(), body[0]);
                });
    return document.future();
  }

  private static boolean parse(Promise<JsonObject> document, int status, Buffer body) {
    if (status != OK) {
      return document.tryFail("the relay answered with status " + status);
    }
    try {
      return document.tryComplete(body.toJsonObject());
    } catch (DecodeException | ClassCastException notJson) {
      return document.tryFail("the relay has no document");
    }
  }

  static void refuse(HttpServerResponse response, int status, String detail) {
    end(response.setStatusCode(status), "text/plain; charset=utf-8", detail + "\n");
  }

  private static void end(HttpServerResponse response, String type, String body) {
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

  private static HttpServerResponse withCors(HttpServerResponse response) {
    return response
        .putHeader("Access-Control-Allow-Origin", "*")
        .putHeader("Access-Control-Allow-Headers", "*")
        .putHeader("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
  }
}
