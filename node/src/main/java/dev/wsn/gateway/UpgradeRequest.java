package dev.wsn.gateway;

import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.gateway.channel.Upgrade;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The opening handshake of RFC 6455 4, seen from the server.
 *
 * @param request as it came
 * @param key of the client, 16 bytes in base64
 * @param protocols that the client offers, in order of preference; malformed ones left out
 */
record UpgradeRequest(HttpServerRequest request, String key, List<String> protocols) {
  private static final String VERSION = "13";

  UpgradeRequest {
    protocols = List.copyOf(protocols);
  }

  /** Whether the client wants to leave HTTP for WebSocket. */
  static boolean isWebSocket(HttpServerRequest request) {
    return request.headers().contains("Upgrade", "websocket", true);
  }

  /** The request, if it asks in a way that can be answered. */
  static Optional<UpgradeRequest> read(HttpServerRequest request) {
    String key = request.getHeader("Sec-WebSocket-Key");
    String connection = String.join(",", request.headers().getAll("Connection"));
    boolean isWellFormed =
        isWebSocket(request)
            && request.method().equals(HttpMethod.GET)
            && request.version() == HttpVersion.HTTP_1_1
            && connection.toLowerCase(Locale.ROOT).contains("upgrade")
            && VERSION.equals(request.getHeader("Sec-WebSocket-Version"));
    if (!isWellFormed || key == null || !Upgrade.isKey(key)) {
      return Optional.empty();
    }
    return Optional.of(new UpgradeRequest(request, key, protocolsOf(request)));
  }

  private static List<String> protocolsOf(HttpServerRequest request) {
    List<String> protocols = new ArrayList<>();
    for (String line : request.headers().getAll("Sec-WebSocket-Protocol")) {
      for (String protocol : line.split(",", -1)) {
        boolean hasRoom = protocols.size() < RequestHead.MAX_PROTOCOLS;
        if (hasRoom && RequestHead.isToken(protocol.strip())) {
          protocols.add(protocol.strip());
        }
      }
    }
    return protocols;
  }

  /**
   * Accepts.
   *
   * @param protocol the subprotocol to choose, or empty
   */
  Future<NetSocket> accept(String protocol) {
    HttpServerResponse response =
        request
            .response()
            .putHeader("Upgrade", "websocket")
            .putHeader("Connection", "Upgrade")
            .putHeader("Sec-WebSocket-Accept", Upgrade.answer(key));
    if (!protocol.isEmpty()) {
      response = response.putHeader("Sec-WebSocket-Protocol", protocol);
    }
    return request.toNetSocket();
  }
}
