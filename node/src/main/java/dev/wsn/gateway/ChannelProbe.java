package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.ChannelProtocol;
import dev.wsn.gateway.channel.ClientSession;
import dev.wsn.gateway.channel.UpgradeRefusedException;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.AddressScope;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpAddress;
import dev.wsn.resolver.EndpointProbe;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * Dials the wsn endpoints of a record and runs the handshake, which only the holder of the key can
 * finish; nothing is asked of the relay behind it. Dials public addresses, and others only in local
 * mode. Thread-safe.
 */
public final class ChannelProbe implements EndpointProbe {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_MESSAGE_BYTES = 1 << 16;

  private final Vertx vertx;
  private final Context context;
  private final Dialer dialer;
  private final Secp256k1 curve;
  private final boolean isLocal;
  private final LongSupplier monotonicMillis;
  private final SecureRandom random;

  /**
   * A probe that has not dialled.
   *
   * @param isLocal whether loopback and private addresses are dialled
   * @param monotonicMillis a clock that never goes back, of arbitrary origin
   */
  public ChannelProbe(
      Vertx vertx,
      Secp256k1 curve,
      boolean isLocal,
      LongSupplier monotonicMillis,
      SecureRandom random) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.curve = curve;
    this.isLocal = isLocal;
    this.monotonicMillis = monotonicMillis;
    this.random = random;
    Dialer.Purpose purpose =
        LocalProxyOptions.of(IpAddress.of(new byte[4]), 0, isLocal).carrierPurpose();
    this.dialer = new Dialer(vertx, () -> purpose, TIMEOUT, monotonicMillis, random);
  }

  @Override
  public CompletionStage<List<Report>> probe(AddressRecord addressRecord) {
    Promise<List<Report>> done = Promise.promise();
    context.runOnContext(
        now -> {
          List<Future<Report>> each =
              addressRecord.endpoints().stream()
                  .map(endpoint -> probe(addressRecord.pubkey(), endpoint))
                  .toList();
          Future<List<Report>> unused =
              Future.all(each).<List<Report>>map(all -> all.list()).onComplete(done);
        });
    return done.future().toCompletionStage();
  }

  private Future<Report> probe(PublicKey key, Endpoint endpoint) {
    if (!endpoint.protocol().equals(Endpoint.WSN)
        || endpoint.network() != Endpoint.Network.CLEARNET) {
      return Future.succeededFuture(
          failed(endpoint, "only wsn endpoints with an IP address are dialled"));
    }
    if (endpoint.scope() != AddressScope.PUBLIC && !isLocal) {
      return Future.succeededFuture(failed(endpoint, "this address is not dialled from here"));
    }
    long startMillis = monotonicMillis.getAsLong();
    return dialer
        .open(endpoint.host(), endpoint.port(), "/", List.of(ChannelProtocol.NAME), List.of())
        .compose(opened -> shakeHands(key, opened))
        .map(
            proved ->
                new Report(
                    endpoint,
                    OptionalLong.of(Math.max(0, monotonicMillis.getAsLong() - startMillis)),
                    "the holder of the key answers"))
        .otherwise(failure -> failed(endpoint, sentence(failure)));
  }

  private static Report failed(Endpoint endpoint, String why) {
    return new Report(endpoint, OptionalLong.empty(), why);
  }

  private Future<Boolean> shakeHands(PublicKey key, Dialer.Opened opened) {
    FrameSocket carrier = opened.socket();
    if (!opened.protocol().equals(ChannelProtocol.NAME)) {
      carrier.abort(ChannelEnd.BAD_WEBSOCKET);
      return Future.failedFuture(new ChannelException(ChannelEnd.BAD_WEBSOCKET));
    }
    Alarm alarm = new Alarm(vertx);
    alarm.set(TIMEOUT.toMillis(), () -> carrier.fail(ChannelEnd.HANDSHAKE_TIMEOUT));
    ClientSession session = ClientSession.anonymous(curve, key, random, MAX_MESSAGE_BYTES);
    return Handshakes.ask(vertx, carrier, session)
        .onComplete(done -> alarm.cancel())
        .map(
            channel -> {
              channel.abort(ChannelEnd.CLOSED);
              return true;
            });
  }

  /** Says nothing of what a stranger's server answers, and little of how it was not reached. */
  private static String sentence(Throwable failure) {
    if (failure instanceof UpgradeRefusedException) {
      return "what answers there refuses the WebSocket";
    }
    if (failure instanceof ChannelException broken) {
      return broken.end() == ChannelEnd.HANDSHAKE_REFUSED
          ? "what answers there does not hold the key"
          : "what answers there is no wsn gateway, or not in time";
    }
    return "nobody answers there";
  }
}
