package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.channel.HttpField;
import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.record.IpAddress;
import dev.wsn.record.KeyText;
import dev.wsn.record.WsnUri;
import dev.wsn.resolver.Resolver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Reaches servers by their keys from Java: WebSockets and HTTP requests through the encrypted
 * channel, with no proxy in between. Thread-safe; what it gives works on one event loop.
 */
public final class WsnClient implements AutoCloseable {
  private static final Duration ENDPOINT_TIMEOUT = Duration.ofSeconds(5);

  /**
   * The answer to an HTTP request.
   *
   * @param status as the server sent it
   * @param fields its header fields
   * @param body not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Answer(int status, List<HttpField> fields, byte[] body) {
    /** Copies the list. */
    public Answer {
      fields = List.copyOf(fields);
    }
  }

  private final Context context;
  private final Dialer dialer;
  private final KeyDialer keys;
  private final long maxMessageBytes;

  private WsnClient(Context context, Dialer dialer, KeyDialer keys, long maxMessageBytes) {
    this.context = context;
    this.dialer = dialer;
    this.keys = keys;
    this.maxMessageBytes = maxMessageBytes;
  }

  /**
   * A client that stays anonymous.
   *
   * @param resolver is asked where a key is; verifies what it answers. A {@link
   *     dev.wsn.resolver.client.RememberingResolver} also refuses, over restarts, what is older
   *     than it saw before; any other remembers as long as the program runs
   * @param curve back end
   * @param isLocal whether endpoints on loopback and private addresses are dialled
   * @param clock tells whether a remembered record is still alive
   * @param monotonicMillis a clock that never goes back
   * @param random source of ephemeral keys
   */
  public static WsnClient anonymous(
      Vertx vertx,
      Resolver resolver,
      Secp256k1 curve,
      boolean isLocal,
      InstantSource clock,
      LongSupplier monotonicMillis,
      SecureRandom random) {
    return create(
        vertx, resolver, curve, Optional.empty(), isLocal, clock, monotonicMillis, random);
  }

  /**
   * As {@link #anonymous}, a client that proves its own key to every server.
   *
   * @param self stays the caller's, and is used until {@link #close}
   */
  public static WsnClient authenticated(
      Vertx vertx,
      Resolver resolver,
      Secp256k1 curve,
      SecretKey self,
      boolean isLocal,
      InstantSource clock,
      LongSupplier monotonicMillis,
      SecureRandom random) {
    return create(
        vertx, resolver, curve, Optional.of(self), isLocal, clock, monotonicMillis, random);
  }

  private static WsnClient create(
      Vertx vertx,
      Resolver resolver,
      Secp256k1 curve,
      Optional<SecretKey> self,
      boolean isLocal,
      InstantSource clock,
      LongSupplier monotonicMillis,
      SecureRandom random) {
    LocalProxyOptions options = LocalProxyOptions.of(IpAddress.of(new byte[4]), 0, isLocal);
    Dialer dialer =
        new Dialer(vertx, options::carrierPurpose, ENDPOINT_TIMEOUT, monotonicMillis, random);
    EndpointDialer endpoints =
        new EndpointDialer(
            vertx, dialer, curve, random, self, ENDPOINT_TIMEOUT, options.maxMessageBytes());
    Context context = vertx.getOrCreateContext();
    KeyDialer keys = new KeyDialer(vertx, resolver, endpoints, isLocal, clock, context);
    return new WsnClient(context, dialer, keys, options.maxMessageBytes());
  }

  /**
   * Opens a WebSocket.
   *
   * @param uri {@code wsn://<npub>[@<ip>:<port>][/path]}, or a key as people type it; an address is
   *     a hint that is dialled at once
   * @param protocols WebSocket subprotocols in order of preference
   * @return fails with sentences for people when the key cannot be reached: why, and each address
   *     that was tried with what happened there
   * @throws dev.wsn.crypto.MalformedKeyException if there is no key in the text
   * @throws dev.wsn.record.MalformedUriException if the URI is none
   */
  public Future<WsnSocket> connect(String uri, List<String> protocols) {
    KeyText target = KeyText.parse(uri);
    RequestHead head = RequestHead.webSocket(path(uri), protocols);
    return onContext(
        () ->
            keys.connect(target.key(), target.hints(), head)
                .map(
                    opened ->
                        new WsnSocket(
                            context,
                            opened.socket(),
                            opened.answer().protocol(),
                            maxMessageBytes)));
  }

  private static String path(String uri) {
    boolean isUri = uri.regionMatches(true, 0, WsnUri.SCHEME, 0, WsnUri.SCHEME.length());
    String path = isUri ? WsnUri.parse(uri).path() : "";
    return path.isEmpty() ? "/" : path;
  }

  /**
   * Sends an HTTP request and waits for the whole answer.
   *
   * @param key of the server
   * @param method one of {@link RequestHead#METHODS}
   * @param path origin-form target
   * @param fields header fields; the length of the body is added
   * @param body of the request, empty for none
   * @return fails with a sentence for people when the key cannot be reached, and when the answer is
   *     over 16 MiB or was cut off
   * @throws IllegalArgumentException if a part cannot be sent
   */
  public Future<Answer> request(
      PublicKey key, String method, String path, List<HttpField> fields, byte[] body) {
    RequestHead head = RequestHead.http(method, path, HttpCall.withLength(method, fields, body));
    return onContext(
        () ->
            keys.open(key, List.of())
                .compose(channel -> HttpCall.send(channel, head, body, maxMessageBytes)));
  }

  private <T> Future<T> onContext(Supplier<Future<T>> action) {
    Promise<T> promise = Promise.promise();
    context.runOnContext(
        go -> {
          Future<T> unused = action.get().recover(WsnClient::told).onComplete(promise);
        });
    return promise.future();
  }

  private static <T> Future<T> told(Throwable cause) {
    return Future.failedFuture(cause instanceof ConnectFailure failure ? failure.told() : cause);
  }

  /** Ends every connection. */
  @Override
  public void close() {
    Future<Void> unused = dialer.close();
  }
}
