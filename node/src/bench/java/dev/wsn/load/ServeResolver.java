package dev.wsn.load;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.monitor.HttpMeters;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpAddress;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.EndpointProbe;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.NetworkStatus;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import dev.wsn.resolver.cache.AnswerCache;
import dev.wsn.resolver.directory.Directory;
import dev.wsn.resolver.directory.RelayFacts;
import dev.wsn.resolver.directory.TopicIndex;
import dev.wsn.resolver.dns.DnsAnswers;
import dev.wsn.resolver.http.Backend;
import dev.wsn.resolver.http.ResolverRoutes;
import dev.wsn.resolver.http.ResolverServer;
import dev.wsn.resolver.quota.ForwardedFor;
import dev.wsn.resolver.quota.Quotas;
import dev.wsn.resolver.quota.Rate;
import dev.wsn.resolver.watch.ChangeFeed;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The HTTP face of a resolver as a node runs it, in front of a thousand records in memory, or a
 * Vert.x route that does nothing but return a constant. Until standard input ends; for each line of
 * it the bytes of heap and direct memory in use are said.
 */
public final class ServeResolver {
  private static final int KEYS = 1_000;

  /** High enough for the load, and checked for every request all the same. */
  private static final Rate PLENTY = new Rate(900_000_000, 900_000_000);

  private ServeResolver() {}

  private record InMemory(Map<PublicKey, AddressRecord> records) implements Resolver {
    @Override
    public CompletionStage<Resolution> resolve(PublicKey key, ResolvePolicy policy) {
      Evidence evidence = new Evidence(policy, "dht", 37, 35, 20, 20, 0, 4, 190);
      AddressRecord known = records.get(key);
      return CompletableFuture.completedFuture(
          known == null
              ? new Resolution.NotFound(evidence)
              : new Resolution.Found(known, evidence));
    }

    @Override
    public CompletionStage<Publication> publish(NostrEvent event) {
      return CompletableFuture.completedFuture(new Publication.Unreachable("it is no network"));
    }
  }

  /**
   * Serves.
   *
   * @param arguments the port; a directory, to which the body of a batch of all keys is written;
   *     and the bytes of the constant, if it is the bare route
   */
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    if (arguments.length > 2) {
      bare(vertx, port, Integer.parseInt(arguments[2]));
      System.out.println("ready");
    } else {
      InMemory network = new InMemory(new HashMap<>());
      StringBuilder keys = new StringBuilder();
      for (int i = 0; i < KEYS; i++) {
        AddressRecord signed = LoadNodes.record(i, LoadNodes.unixSeconds());
        network.records().put(signed.pubkey(), signed);
        keys.append(i == 0 ? "\"" : ",\"").append(signed.pubkey().hex()).append('"');
      }
      Files.writeString(Path.of(arguments[1], "batch.json"), "{\"keys\":[" + keys + "]}");
      resolver(vertx, port, network);
      String key = keys.substring(1, 65);
      System.out.println("ready " + key + " " + sizeOf(port, key));
    }
    while (System.in.read() >= 0) {
      System.out.println("used " + usedBytes());
    }
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  private static int sizeOf(int port, String key) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/v1/relays/" + key);
    HttpClient http = HttpClient.newHttpClient();
    int length = 0;
    // The first answer is not from the cache.
    for (int i = 0; i < 2; i++) {
      length =
          http.send(
                  HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray())
              .body()
              .length;
    }
    return length;
  }

  private static void bare(Vertx vertx, int port, int length) {
    Router router = Router.router(vertx);
    Buffer constant = Buffer.buffer("x".repeat(length));
    router
        .get("/v1/relays/:key")
        .handler(
            ctx ->
                ctx.response().putHeader("Content-Type", "application/json").end(constant));
    await(vertx.createHttpServer().requestHandler(router).listen(port, "127.0.0.1"));
  }

  private static void resolver(Vertx vertx, int port, Resolver network) {
    InstantSource time = InstantSource.system();
    LongSupplier millis = () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    RecordRules rules = new RecordRules(Secp256k1.preferred(), true);
    Quotas quotas = Quotas.of(new Quotas.Rates(PLENTY, PLENTY, PLENTY), millis);
    AnswerCache cache =
        new AnswerCache(
            network, rules, time, millis, AnswerCache.Limits.defaults(), quotas.limits());
    ForwardedFor forwarded = ForwardedFor.nobody();
    NetworkStatus status =
        new NetworkStatus(
            "npub1x@127.0.0.1:1",
            1,
            true,
            "fine",
            1,
            new NetworkStatus.Family(
                1, 1, OptionalLong.of(1), java.util.Optional.empty(), true, List.of(1)),
            NetworkStatus.Family.none(),
            List.of());
    Backend backend =
        new Backend(
            cache,
            new ChangeFeed(cache, time, millis),
            () -> status,
            rules,
            EndpointProbe.none(),
            new Directory(TopicIndex.none(), cache, RelayFacts.none(), millis),
            quotas,
            new DnsAnswers(vertx, cache, quotas.lookups(), time, ""),
            () -> forwarded,
            time,
            millis,
            Backend.BODY_PATIENCE);
    ResolverServer server =
        new ResolverServer(
            vertx, new ResolverRoutes(vertx, backend), ResolverServer.Options.defaults());
    new HttpMeters(millis).watch(server.router());
    await(server.start(IpAddress.parse("127.0.0.1").orElseThrow(), port));
  }

  private static long usedBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      used += pool.getMemoryUsed();
    }
    return used;
  }
}
