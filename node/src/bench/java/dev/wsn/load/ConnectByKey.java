package dev.wsn.load;

import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.Backend;
import dev.wsn.gateway.Gateway;
import dev.wsn.gateway.WsnClient;
import dev.wsn.gateway.WsnSocket;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Parameters;
import dev.wsn.node.DhtNode;
import dev.wsn.node.NodeThreads;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpPort;
import dev.wsn.resolver.Publication;
import dev.wsn.wire.Limits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * How long it takes from a key to the first message that came back: resolve through the DHT, dial,
 * shake hands, open the WebSocket behind the gateway, send 32 bytes. Every time with a client that
 * joined a moment ago and has never asked for that key. All nodes, the gateway and the clients are
 * in this process and share a thread for each core, as those of HyperDHT share their one.
 */
public final class ConnectByKey {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private final NodeThreads threads = NodeThreads.of(CORES, CORES);
  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(2));
  private final SecretKey key = LoadNodes.secret(0);
  private final List<DhtNode> nodes = new ArrayList<>();

  private ConnectByKey() {}

  /**
   * Measures.
   *
   * @param arguments a directory, how many nodes, how many connections, the URL of a WebSocket
   *     server that sends everything back, and how many connections before those that count,
   *     because the machine compiles while it runs
   */
  public static void main(String[] arguments) {
    ConnectByKey bench = new ConnectByKey();
    int count = Integer.parseInt(arguments[1]);
    bench.startNodes(Path.of(arguments[0]), count);
    bench.publish(bench.startGateway(URI.create(arguments[3])));
    int connections = Integer.parseInt(arguments[2]);
    double[] opened = new double[connections];
    double[] answered = new double[connections];
    for (int i = -Integer.parseInt(arguments[4]); i < connections; i++) {
      double[] millis = bench.connect();
      if (i >= 0) {
        opened[i] = millis[0];
        answered[i] = millis[1];
      }
    }
    System.out.printf(
        "{\"nodes\":%d,\"connections\":%d,\"open_p50_ms\":%.2f,\"open_p99_ms\":%.2f,"
            + "\"first_message_p50_ms\":%.2f,\"first_message_p99_ms\":%.2f}%n",
        count,
        connections,
        quantile(opened, 0.5),
        quantile(opened, 0.99),
        quantile(answered, 0.5),
        quantile(answered, 0.99));
    System.exit(0);
  }

  private static double quantile(double[] values, double part) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[Math.min(sorted.length - 1, (int) (sorted.length * part))];
  }

  private void startNodes(Path parent, int count) {
    for (int i = 0; i < count; i++) {
      List<Contact> seeds = i == 0 ? List.of() : List.of(seed());
      nodes.add(
          DhtNode.start(LoadNodes.options(i, 0, parent, seeds, 1_000), threads, LoadNodes::fail));
      int unused = LoadNodes.await(nodes.get(i).joined());
    }
  }

  private Contact seed() {
    return Contact.of(nodes.get(0).key(), nodes.get(0).listening());
  }

  private int startGateway(URI backend) {
    Gateway gateway = ServeGateway.gateway(vertx, key, 0, Backend.of(backend));
    return LoadNodes.await(gateway.start().toCompletionStage());
  }

  private void publish(int port) {
    Endpoint endpoint = Endpoint.of(new IpPort(LoadNodes.LOOPBACK, port), Endpoint.WSN);
    AddressRecord signed =
        LoadNodes.RULES.sign(
            key, List.of(endpoint), LoadNodes.unixSeconds(), Duration.ofHours(2), new byte[32]);
    Publication published = LoadNodes.await(nodes.get(1).resolver().publish(signed));
    if (!(published instanceof Publication.Accepted)) {
      throw new IllegalStateException("not published: " + published);
    }
  }

  /** Milliseconds until the WebSocket was open, and until the first message was back. */
  private double[] connect() {
    SecureRandom random = new SecureRandom();
    SecretKey own = SecretKey.generate(random);
    DhtNode.Options options =
        new DhtNode.Options(
            LoadNodes.NETWORK,
            LoadNodes.LOOPBACK,
            0,
            new DhtNode.Storage.Nowhere(),
            List.of(seed()),
            Parameters.defaults().asLocal().asClient(),
            Limits.defaults(),
            own,
            LoadNodes.CURVE,
            InstantSource.system(),
            LoadNodes::millis,
            random);
    try (DhtNode node = DhtNode.start(options, threads, LoadNodes::fail)) {
      int unused = LoadNodes.await(node.joined());
      try (WsnClient client =
          WsnClient.anonymous(
              vertx,
              node.resolver(),
              LoadNodes.CURVE,
              true,
              InstantSource.system(),
              LoadNodes::millis,
              random)) {
        return talk(client);
      }
    }
  }

  private double[] talk(WsnClient client) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    CompletableFuture<CloseStatus> closed = new CompletableFuture<>();
    double[] millis = new double[2];
    long start = System.nanoTime();
    Future<WsnSocket> opening =
        client
            .connect("wsn://" + LoadNodes.CURVE.publicKey(key).hex(), List.of())
            .onSuccess(
                socket -> {
                  millis[0] = (System.nanoTime() - start) / 1e6;
                  socket
                      .onBinary(
                          bytes -> {
                            millis[1] = (System.nanoTime() - start) / 1e6;
                            answer.complete(bytes);
                          })
                      .onClose(closed::complete)
                      .start();
                  socket.send(new byte[32]);
                });
    WsnSocket socket = LoadNodes.await(opening.toCompletionStage());
    if (LoadNodes.await(answer).length != 32) {
      throw new IllegalStateException("another answer");
    }
    socket.close(CloseStatus.of(CloseStatus.NORMAL));
    CloseStatus unused = LoadNodes.await(closed);
    return millis;
  }
}
