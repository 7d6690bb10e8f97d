package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.HttpField;
import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.AddressScope;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpAddress;
import dev.wsn.resolver.directory.RelayFacts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * Asks a relay for its information document through the encrypted channel, so that nobody but the
 * holder of the key can answer. Tries the first wsn endpoints of the record, in order. Dials public
 * addresses, and others only in local mode. Thread-safe.
 */
public final class ChannelFacts implements RelayFacts {
  private static final Duration ENDPOINT_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(3);
  private static final int MAX_ENDPOINTS = 2;
  private static final int OK = 200;
  private static final byte[] NONE = {};

  private final Vertx vertx;
  private final Context context;
  private final EndpointDialer dialer;
  private final boolean isLocal;

  /**
   * One that has not dialled.
   *
   * @param isLocal whether loopback and private addresses are dialled
   * @param monotonicMillis a clock that never goes back, of arbitrary origin
   */
  public ChannelFacts(
      Vertx vertx,
      Secp256k1 curve,
      boolean isLocal,
      LongSupplier monotonicMillis,
      SecureRandom random) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.isLocal = isLocal;
    Dialer.Purpose purpose =
        LocalProxyOptions.of(IpAddress.of(new byte[4]), 0, isLocal).carrierPurpose();
    Dialer carrier = new Dialer(vertx, () -> purpose, ENDPOINT_TIMEOUT, monotonicMillis, random);
    this.dialer =
        new EndpointDialer(
            vertx, carrier, curve, random, Optional.empty(), ENDPOINT_TIMEOUT, MAX_BYTES);
  }

  @Override
  public CompletionStage<Answer> ask(AddressRecord addressRecord) {
    List<Endpoint> endpoints =
        addressRecord.endpoints().stream().filter(this::mayBeDialled).limit(MAX_ENDPOINTS).toList();
    Promise<Answer> done = Promise.promise();
    if (endpoints.isEmpty()) {
      done.complete(new NotDialled());
    } else {
      context.runOnContext(
          now -> {
            Future<Answer> unused = ask(addressRecord.pubkey(), endpoints, 0).onComplete(done);
          });
    }
    return done.future().toCompletionStage();
  }

  private boolean mayBeDialled(Endpoint endpoint) {
    return endpoint.protocol().equals(Endpoint.WSN)
        && endpoint.network() == Endpoint.Network.CLEARNET
        && (endpoint.scope() == AddressScope.PUBLIC || isLocal);
  }

  private Future<Answer> ask(PublicKey key, List<Endpoint> endpoints, int next) {
    if (next == endpoints.size()) {
      return Future.succeededFuture(new Silent());
    }
    return dialer
        .open(key, endpoints.get(next))
        .compose(this::read)
        .recover(failure -> ask(key, endpoints, next + 1));
  }

  /** The key is proved by now, whatever else is answered. */
  private Future<Answer> read(ChannelSocket channel) {
    RequestHead head =
        RequestHead.http("GET", "/", List.of(new HttpField("accept", "application/nostr+json")));
    Alarm alarm = new Alarm(vertx);
    alarm.set(ANSWER_TIMEOUT.toMillis(), () -> channel.abort(ChannelEnd.HANDSHAKE_TIMEOUT));
    return HttpCall.send(channel, head, NONE, MAX_BYTES)
        .map(answer -> new Live(answer.status() == OK ? answer.body() : NONE))
        .otherwise(new Live(NONE))
        .<Answer>map(live -> live)
        .onComplete(
            done -> {
              alarm.cancel();
              channel.abort(ChannelEnd.CLOSED);
            });
  }
}
