package dev.wsn.gateway;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a resolver dial the published endpoints from where it is ({@code ?probe=true}), and tells the
 * operator in plain words what clients would find. Thread-safe.
 */
public final class Reachability {
  private static final Logger LOG = LoggerFactory.getLogger(Reachability.class);
  private static final long PATIENCE_SECONDS = 30;
  private static final int MAX_ANSWER_BYTES = 64 * 1024;
  private static final int OK = 200;

  private final HttpClient http;
  private final URI resolver;
  private final PublicKey key;

  /**
   * What the resolver saw of one endpoint.
   *
   * @param uri of the endpoint
   * @param isReachable whether the holder of the key answered there
   * @param detail a sentence for people, cut to 200 characters
   */
  public record Seen(String uri, boolean isReachable, String detail) {}

  /**
   * Asks this resolver.
   *
   * @param resolver root of its HTTP interface
   * @param key whose record is probed
   */
  public Reachability(Vertx vertx, URI resolver, PublicKey key) {
    this.http = vertx.createHttpClient();
    this.resolver = resolver;
    this.key = key;
  }

  /** Asks, and logs what is wrong; fails when the resolver cannot tell. */
  public Future<List<Seen>> check() {
    return ask()
        .onSuccess(Reachability::tell)
        .onFailure(
            cause ->
                LOG.warn(
                    "{} cannot say whether this relay is reachable: {}",
                    resolver,
                    cause.getMessage()));
  }

  /** Asks; fails with a sentence for people when the resolver cannot tell. */
  public Future<List<Seen>> ask() {
    String root = resolver.toString();
    String url = root + (root.endsWith("/") ? "" : "/") + "v1/relays/" + Nip19.npub(key);
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setAbsoluteURI(url + "?probe=true&policy=quorum");
    return http.request(options)
        .compose(request -> request.send().compose(Reachability::read))
        .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Closes the connection to the resolver; Vert.x does so as well when the collector finds this.
   */
  public Future<Void> close() {
    return http.close();
  }

  private static Future<List<Seen>> read(HttpClientResponse response) {
    if (response.statusCode() != OK) {
      Future<?> unused = response.request().connection().close();
      return Future.failedFuture("it answered with status " + response.statusCode());
    }
    String length = String.valueOf(response.getHeader("Content-Length"));
    boolean isShort = length.matches("\\d{1,6}") && Integer.parseInt(length) <= MAX_ANSWER_BYTES;
    if (!isShort) {
      Future<?> unused = response.request().connection().close();
      return Future.failedFuture("its answer is too long");
    }
    return response.body().map(Reachability::parse);
  }

  private static List<Seen> parse(Buffer body) {
    try {
      JsonArray probes = body.toJsonObject().getJsonArray("probes");
      List<Seen> seen = new ArrayList<>();
      for (int i = 0; probes != null && i < probes.size(); i++) {
        JsonObject probe = probes.getJsonObject(i);
        boolean isReachable = Boolean.TRUE.equals(probe.getBoolean("reachable"));
        seen.add(
            new Seen(plain(probe.getString("uri")), isReachable, plain(probe.getString("detail"))));
      }
      if (seen.isEmpty()) {
        throw new IllegalStateException("it does not dial endpoints");
      }
      return seen;
    } catch (DecodeException | ClassCastException malformed) {
      throw new IllegalStateException("its answer is not understood", malformed);
    }
  }

  /** What a stranger says, fit for a log. */
  private static String plain(Object text) {
    String printable = String.valueOf(text).replaceAll("[\\p{Cntrl}]", " ");
    return printable.substring(0, Math.min(200, printable.length()));
  }

  private static void tell(List<Seen> all) {
    for (Seen seen : all) {
      if (seen.isReachable) {
        LOG.info("{} is reachable from outside", seen.uri);
      } else {
        LOG.warn(
            "nobody can reach this relay at {}: {}. Is the TCP port open in the firewall and"
                + " forwarded by the router? Is --advertise right?",
            seen.uri,
            seen.detail);
      }
    }
  }
}
