package dev.wsn.load;

import dev.wsn.gateway.LocalProxy;
import dev.wsn.gateway.LocalProxyOptions;
import dev.wsn.node.DhtNode;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** A local proxy on 127.0.0.1, for keys with a hint, until its standard input ends. */
public final class ServeProxy {
  private ServeProxy() {}

  /**
   * Serves.
   *
   * @param arguments the port, and a directory for the node that it resolves with
   */
  public static void main(String[] arguments) throws IOException {
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    int port = Integer.parseInt(arguments[0]);
    try (DhtNode node = LoadNodes.start(0, 0, Path.of(arguments[1]), List.of(), 100)) {
      LocalProxy proxy =
          new LocalProxy(
              vertx,
              node.resolver(),
              LoadNodes.CURVE,
              Optional.empty(),
              LocalProxyOptions.of(LoadNodes.LOOPBACK, port, true),
              InstantSource.system(),
              LoadNodes::millis,
              new SecureRandom());
      LoadNodes.await(proxy.start().toCompletionStage());
      System.out.println("ready " + proxy.port());
      while (System.in.read() >= 0) {
        // Whoever started this closes the pipe.
      }
      System.exit(0);
    }
  }
}
