package dev.wsn.gateway;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Asks the operator's own server who may use the gateway: {@code POST} with {@code
 * {"client":"<hex>","npub":"…","address":"<ip>"}}, of which the first two are absent for an
 * anonymous client. Status 200 is a yes, everything else, silence included, a no. Thread-safe.
 */
public final class AccessCallout implements AccessPolicy {
  private static final int YES = 200;
  private static final long PATIENCE_SECONDS = 3;
  private static final int MAX_QUESTIONS = 256;

  private final HttpClient http;
  private final URI uri;

  /**
   * Asks at this place.
   *
   * @param uri http or https
   */
  public AccessCallout(Vertx vertx, URI uri) {
    this.uri = uri;
    this.http =
        vertx.createHttpClient(
            new HttpClientOptions(),
            new PoolOptions().setHttp1MaxSize(MAX_QUESTIONS).setMaxWaitQueueSize(MAX_QUESTIONS));
  }

  @Override
  public Future<Boolean> admits(Caller caller) {
    Optional<PublicKey> client = caller.key();
    JsonObject question = new JsonObject().put("address", caller.address().toString());
    if (client.isPresent()) {
      question = question.put("client", client.get().hex()).put("npub", Nip19.npub(client.get()));
    }
    String body = question.encode();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(uri.toString())
            .putHeader("Content-Type", "application/json");
    return http.request(options)
        .compose(request -> ask(request, body))
        .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static Future<Boolean> ask(HttpClientRequest request, String body) {
    return request
        .send(body)
        .map(
            response -> {
              boolean isYes = response.statusCode() == YES;
              // Nobody reads the body; the connection is not worth keeping for a long one.
              Future<?> unused = response.end();
              return isYes;
            });
  }
}
