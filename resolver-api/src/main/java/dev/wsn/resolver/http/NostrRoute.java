package dev.wsn.resolver.http;

import dev.wsn.record.IpAddress;
import dev.wsn.resolver.nostr.NostrFace;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;

/**
 * What is at the root for Nostr clients: a WebSocket (NIP-01), and a document for who accepts it
 * (NIP-11). Confined to the server's event loop.
 */
final class NostrRoute {
  private static final String DOCUMENT = "application/nostr+json";

  private final NostrFace face;

  NostrRoute(NostrFace face) {
    this.face = face;
  }

  /** Serves Nostr clients and passes others on. */
  void serve(RoutingContext ctx) {
    HttpServerRequest request = ctx.request();
    String upgrade = request.getHeader("Upgrade");
    if (upgrade != null && upgrade.toLowerCase(Locale.ROOT).equals("websocket")) {
      open(ctx);
      return;
    }
    String accept = request.getHeader("Accept");
    if (accept != null && accept.toLowerCase(Locale.ROOT).contains(DOCUMENT)) {
      Reply.of(200, DOCUMENT, NostrFace.information()).with("Vary", "Accept").send(request);
      return;
    }
    ctx.next();
  }

  private void open(RoutingContext ctx) {
    IpAddress client = Requests.client(ctx);
    if (!face.admit(client)) {
      throw new ProblemException(Problems.TOO_MANY_STREAMS);
    }
    Future<ServerWebSocket> unused =
        ctx.request()
            .toWebSocket()
            .onSuccess(socket -> face.serve(socket, client))
            .onFailure(
                failure -> {
                  face.dismiss(client);
                  ctx.fail(400, failure);
                });
  }
}
