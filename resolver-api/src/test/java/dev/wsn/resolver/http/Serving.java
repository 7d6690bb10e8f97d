package dev.wsn.resolver.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.resolver.EndpointProbe;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.InMemoryResolver;
import dev.wsn.resolver.NetworkStatus;
import dev.wsn.resolver.Signed;
import dev.wsn.resolver.cache.AnswerCache;
import dev.wsn.resolver.directory.Directory;
import dev.wsn.resolver.directory.RelayFacts;
import dev.wsn.resolver.directory.TopicIndex;
import dev.wsn.resolver.dns.DnsAnswers;
import dev.wsn.resolver.dns.DnsServer;
import dev.wsn.resolver.quota.ForwardedFor;
import dev.wsn.resolver.quota.LimitCounters;
import dev.wsn.resolver.quota.Quotas;
import dev.wsn.resolver.quota.Rate;
import dev.wsn.resolver.watch.ChangeFeed;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/** A resolver behind its HTTP face on a free loopback port, and ways to talk to it. */
public final class Serving implements AutoCloseable {
  public static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1").orElseThrow();

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final Contract CONTRACT = Contract.load();

  /** How a server is set up. */
  public record Setup(
      ResolverServer.Options options,
      AnswerCache.Limits limits,
      Quotas.Rates rates,
      ForwardedFor forwarded,
      Duration bodyPatience,
      EndpointProbe probe,
      TopicIndex topics,
      RelayFacts facts) {
    private static final Rate FREE = Rate.unlimited();

    public static Setup defaults() {
      return new Setup(
          ResolverServer.Options.defaults(),
          AnswerCache.Limits.defaults(),
          new Quotas.Rates(FREE, FREE, FREE),
          ForwardedFor.nobody(),
          Backend.BODY_PATIENCE,
          EndpointProbe.none(),
          TopicIndex.none(),
          RelayFacts.none());
    }

    public Setup with(ResolverServer.Options other) {
      return new Setup(other, limits, rates, forwarded, bodyPatience, probe, topics, facts);
    }

    public Setup with(AnswerCache.Limits other) {
      return new Setup(options, other, rates, forwarded, bodyPatience, probe, topics, facts);
    }

    public Setup with(Quotas.Rates other) {
      return new Setup(options, limits, other, forwarded, bodyPatience, probe, topics, facts);
    }

    public Setup with(ForwardedFor other) {
      return new Setup(options, limits, rates, other, bodyPatience, probe, topics, facts);
    }

    public Setup with(EndpointProbe other) {
      return new Setup(options, limits, rates, forwarded, bodyPatience, other, topics, facts);
    }

    public Setup with(TopicIndex topicIndex, RelayFacts relayFacts) {
      return new Setup(
          options, limits, rates, forwarded, bodyPatience, probe, topicIndex, relayFacts);
    }

    public Setup withBodyPatience(Duration other) {
      return new Setup(options, limits, rates, forwarded, other, probe, topics, facts);
    }
  }

  public final AtomicReference<Instant> now = new AtomicReference<>(Signed.NOW);
  public final AtomicReference<NetworkStatus> status =
      new AtomicReference<>(network(7, true, "fine"));
  public final InMemoryResolver resolver = new InMemoryResolver(now::get);
  public final ChangeFeed changes;
  public final AnswerCache cache;
  public final LimitCounters refused;
  private final Vertx vertx = Vertx.vertx();
  private final DnsAnswers answers;
  private final ResolverRoutes routes;
  private final ResolverServer server;
  private final IpPort listening;

  public Serving(Setup setup) {
    LongSupplier millis = () -> now.updateAndGet(time -> time).toEpochMilli();
    Quotas quotas = Quotas.of(setup.rates(), millis);
    refused = quotas.limits();
    cache = new AnswerCache(resolver, Signed.RULES, now::get, millis, setup.limits(), refused);
    changes = new ChangeFeed(cache, now::get, millis);
    answers = new DnsAnswers(vertx, cache, quotas.lookups(), now::get, "wsn.example");
    Backend backend =
        new Backend(
            cache,
            changes,
            status::get,
            Signed.RULES,
            setup.probe(),
            new Directory(setup.topics(), cache, setup.facts(), millis),
            quotas,
            answers,
            setup::forwarded,
            now::get,
            millis,
            setup.bodyPatience());
    routes = new ResolverRoutes(vertx, backend);
    server = new ResolverServer(vertx, routes, setup.options());
    listening = await(server.start(LOOPBACK, 0));
  }

  public Serving() {
    this(Setup.defaults());
  }

  /** A network as a node may know it. */
  public static NetworkStatus network(int nodes, boolean isReachable, String detail) {
    return new NetworkStatus(
        "npub1x@127.0.0.1:1",
        nodes,
        isReachable,
        detail,
        812,
        new NetworkStatus.Family(
            nodes,
            nodes,
            OptionalLong.of(800),
            Optional.of("203.0.113.7:4848"),
            true,
            List.of(nodes)),
        NetworkStatus.Family.none(),
        List.of("npub1y@203.0.113.8:4848"));
  }

  public static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  public Vertx vertx() {
    return vertx;
  }

  /** A DNS server of the same resolver, not started. */
  public DnsServer dns() {
    return new DnsServer(
        vertx, answers, refused, () -> now.updateAndGet(time -> time).toEpochMilli());
  }

  /** A second server of the same resolver, not started. */
  public ResolverServer another() {
    return new ResolverServer(vertx, routes, ResolverServer.Options.defaults());
  }

  public IpPort listening() {
    return listening;
  }

  public URI uri(String path) {
    return URI.create("http://" + listening + path);
  }

  public static String path(PublicKey key) {
    return "/v1/relays/" + key.hex();
  }

  public HttpResponse<String> get(String path, String... headers) {
    return send("GET", path, "", headers);
  }

  public HttpResponse<String> put(AddressRecord signed) {
    return put(signed.pubkey(), EventJson.write(signed.event()));
  }

  /** The body of a response that must be this problem with its headers. */
  public static JsonNode problem(HttpResponse<String> response, int status, String type) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
    assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
    assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
    JsonNode body = json(response.body());
    assertThat(body.path("type").asText()).isEqualTo("/problems/" + type);
    assertThat(body.path("status").asInt()).isEqualTo(status);
    assertThat(body.path("title").asText()).isNotEmpty();
    assertThat(body.path("detail").asText()).isNotEmpty();
    return body;
  }

  public static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  public HttpResponse<String> put(PublicKey key, byte[] json) {
    return put(key, new String(json, UTF_8));
  }

  public HttpResponse<String> put(PublicKey key, String json) {
    return send("PUT", path(key), json, "Content-Type", "application/json");
  }

  public HttpResponse<String> send(String method, String path, String body, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpRequest.BodyPublisher publisher =
        body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
    try {
      HttpResponse<String> response =
          HTTP.send(request.method(method, publisher).build(), BodyHandlers.ofString());
      CONTRACT.check(response);
      return response;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Moves the clocks. */
  public void sleep(Duration duration) {
    now.updateAndGet(time -> time.plus(duration));
  }

  /** Sends bytes as they are and reads until the server closes. */
  public String raw(String request) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listening.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    await(server.stop());
    await(vertx.close());
  }
}
