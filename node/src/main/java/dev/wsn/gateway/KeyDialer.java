package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.gateway.channel.ResponseHead;
import dev.wsn.gateway.channel.UpgradeRefusedException;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.AddressScope;
import dev.wsn.record.Endpoint;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Opens a channel to a key, wherever it is: asks the resolver, tries the endpoints of the verified
 * record in order, the one that worked last first, and when all fail asks all nodes once more and
 * tries what is new. When the resolver takes its time, what it said last is dialled meanwhile.
 * Dials nothing but endpoints of a verified record and hints that came with the key: public
 * addresses, and others only in local mode. Owned by one event loop.
 */
final class KeyDialer {
  private static final int INTERNAL_ERROR = 500;

  private final Vertx vertx;
  private final Resolver resolver;
  private final EndpointDialer dialer;
  private final KnownGood known = new KnownGood();
  private final boolean isLocal;
  private final InstantSource clock;
  private final Context context;

  /**
   * A dialer.
   *
   * @param isLocal whether loopback and private addresses are dialled
   * @param context the event loop that owns this
   */
  KeyDialer(
      Vertx vertx,
      Resolver resolver,
      EndpointDialer dialer,
      boolean isLocal,
      InstantSource clock,
      Context context) {
    this.vertx = vertx;
    this.resolver = resolver;
    this.dialer = dialer;
    this.isLocal = isLocal;
    this.clock = clock;
    this.context = context;
  }

  /**
   * Opens a WebSocket at the key; fails with {@link ConnectFailure}.
   *
   * @param hints where it may be, dialled at once
   */
  Future<EndpointDialer.Channel> connect(PublicKey key, List<Endpoint> hints, RequestHead head) {
    return race(
        key,
        hints,
        socket -> dialer.ask(socket, head).compose(this::judge),
        late -> late.socket().abort(ChannelEnd.STOPPED));
  }

  /** Opens a channel to the key, in which nothing was said yet. */
  Future<ChannelSocket> open(PublicKey key, List<Endpoint> hints) {
    return race(key, hints, Future::succeededFuture, late -> late.abort(ChannelEnd.STOPPED));
  }

  private <T> Future<T> race(
      PublicKey key,
      List<Endpoint> hints,
      Function<ChannelSocket, Future<T>> opening,
      Consumer<T> discard) {
    DialRace<T> race =
        new DialRace<>(
            vertx,
            endpoint ->
                dialer
                    .open(key, endpoint)
                    .compose(opening)
                    .onSuccess(opened -> known.worked(key, endpoint)),
            KeyDialer::reason,
            discard,
            () -> endpoints(key, ResolvePolicy.QUORUM));
    List<Endpoint> dialled = hints.stream().filter(this::mayBeDialled).toList();
    List<Endpoint> remembered =
        known
            .live(key, clock.instant().getEpochSecond())
            .map(record -> candidates(key, record))
            .orElse(List.of());
    return race.run(dialled, endpoints(key, ResolvePolicy.FAST), remembered);
  }

  private Future<List<Endpoint>> endpoints(PublicKey key, ResolvePolicy policy) {
    return resolve(key, policy)
        .compose(resolution -> newest(key, resolution))
        .map(record -> candidates(key, record));
  }

  private Future<Resolution> resolve(PublicKey key, ResolvePolicy policy) {
    return Future.fromCompletionStage(resolver.resolve(key, policy), context);
  }

  /** The record to use: an answer never beats a newer record that was seen before. */
  private Future<AddressRecord> newest(PublicKey key, Resolution resolution) {
    long now = clock.instant().getEpochSecond();
    Optional<AddressRecord> answered = Optional.empty();
    if (resolution instanceof Resolution.Found found) {
      answered = Optional.of(found.addressRecord());
    } else if (resolution instanceof Resolution.Withdrawn withdrawn) {
      answered = Optional.of(withdrawn.addressRecord());
    }
    Optional<AddressRecord> best = answered.map(known::newest).or(() -> known.live(key, now));
    if (best.isPresent()) {
      return best.get().isWithdrawal()
          ? Future.failedFuture(
              ConnectFailure.of(
                  ConnectFailure.Kind.KEY_WITHDRAWN, "Its owner says that it is nowhere now."))
          : Future.succeededFuture(best.get());
    }
    if (resolution instanceof Resolution.Unreachable unreachable) {
      return Future.failedFuture(
          ConnectFailure.of(ConnectFailure.Kind.RESOLVER_UNREACHABLE, unreachable.reason()));
    }
    if (resolution instanceof Resolution.Untrusted untrusted) {
      return Future.failedFuture(
          ConnectFailure.of(
              ConnectFailure.Kind.RESOLVER_UNREACHABLE,
              "No answer that holds: " + untrusted.reason() + "."));
    }
    return Future.failedFuture(
        ConnectFailure.of(
            ConnectFailure.Kind.KEY_UNKNOWN, "The network was asked and has no live record."));
  }

  /** What of a record may be dialled, in the order to try. */
  private List<Endpoint> candidates(PublicKey key, AddressRecord record) {
    List<Endpoint> candidates = new ArrayList<>();
    for (Endpoint endpoint : record.endpoints()) {
      if (mayBeDialled(endpoint)) {
        candidates.add(endpoint);
      }
    }
    Optional<Endpoint> good = known.good(key);
    if (good.isPresent() && candidates.remove(good.get())) {
      candidates.add(0, good.get());
    }
    return candidates;
  }

  private boolean mayBeDialled(Endpoint endpoint) {
    boolean isGateway =
        endpoint.network() == Endpoint.Network.CLEARNET && endpoint.protocol().equals(Endpoint.WSN);
    return isGateway && (endpoint.scope() == AddressScope.PUBLIC || isLocal);
  }

  /** The gateway is the right one; what does it say? */
  private Future<EndpointDialer.Channel> judge(EndpointDialer.Channel channel) {
    ResponseHead answer = channel.answer();
    if (answer.isSwitched()) {
      return Future.succeededFuture(channel);
    }
    channel.socket().onFrame(dropped -> {});
    channel.socket().send(Frame.close(CloseStatus.of(CloseStatus.NORMAL)));
    channel.socket().resume();
    ConnectFailure refused = ConnectFailure.refused(answer.status(), answer.detail());
    return Future.failedFuture(
        answer.status() < INTERNAL_ERROR ? new DialRace.FinalFailure(refused) : refused);
  }

  private static String reason(Throwable cause) {
    if (cause instanceof ConnectFailure failure) {
      return "the gateway answers " + failure.status() + ": " + failure.detail();
    }
    if (cause instanceof UpgradeRefusedException refused) {
      return "it refused the WebSocket with HTTP status " + refused.status();
    }
    if (cause instanceof ChannelException broken) {
      return sentence(broken.end());
    }
    return "no connection: " + String.valueOf(cause.getMessage());
  }

  private static String sentence(ChannelEnd end) {
    return switch (end) {
      case HANDSHAKE_REFUSED -> "what answers there does not hold the key";
      case HANDSHAKE_TIMEOUT -> "what answers there did not finish the handshake in time";
      case BAD_WEBSOCKET -> "what answers there is no wsn gateway";
      default -> "the connection ended before it was open (" + end.label() + ")";
    };
  }
}
