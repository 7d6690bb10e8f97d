package dev.wsn.load;

import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.AccessPolicy;
import dev.wsn.gateway.Backend;
import dev.wsn.gateway.Gateway;
import dev.wsn.gateway.GatewayLimits;
import dev.wsn.gateway.GatewayOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/**
 * A gateway on one event loop in front of a server on 127.0.0.1, until its standard input ends. A
 * line there makes it collect garbage and say what heap is used.
 */
public final class ServeGateway {
  /** The loopback address is one source, and the one program there shall not be the limit. */
  private static final int UNLIMITED = 1_000_000;

  private ServeGateway() {}

  private static GatewayLimits limits() {
    GatewayLimits defaults = GatewayLimits.defaults();
    return new GatewayLimits(
        UNLIMITED,
        UNLIMITED,
        UNLIMITED,
        UNLIMITED,
        defaults.handshakeTimeout(),
        defaults.backendTimeout(),
        defaults.pingAfter(),
        // The client that holds idle channels does not answer pings.
        Duration.ofHours(1),
        defaults.writeTimeout(),
        defaults.maxMessageBytes(),
        UNLIMITED,
        0);
  }

  /** A gateway on one event loop, not yet started, which limits nobody. */
  static Gateway gateway(Vertx vertx, SecretKey key, int port, Backend backend) {
    return new Gateway(
        vertx,
        key,
        LoadNodes.CURVE,
        new GatewayOptions(LoadNodes.LOOPBACK, port, List.of(backend), 1, limits()),
        AccessPolicy.EVERYONE,
        LoadNodes::millis,
        new SecureRandom());
  }

  /**
   * Serves.
   *
   * @param arguments the port, 0 for any; and the URL of the backend
   */
  public static void main(String[] arguments) throws IOException {
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    SecretKey key = LoadNodes.secret(0);
    Gateway gateway =
        gateway(vertx, key, Integer.parseInt(arguments[0]), Backend.parse(arguments[1]));
    LoadNodes.await(gateway.start().toCompletionStage());
    System.out.println("ready " + gateway.port() + " " + gateway.self().hex());
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (input.readLine() != null) {
      System.out.println("heap " + LoadNodes.heapBytes() + " connections " + gateway.connections());
    }
    Future<Void> unused = vertx.close();
  }
}
