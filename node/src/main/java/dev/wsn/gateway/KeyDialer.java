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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Opens a channel to a key, wherever it is: asks the resolver, tries the endpoints of the verified
 * record in order, the one that worked last first, and when all fail asks all nodes once more and
 * tries what is new. Dials nothing but endpoints of a verified record: public addresses, and others
 * only in local mode. Owned by one event loop.
 */
final class KeyDialer {
  private static final int INTERNAL_ERROR = 500;

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
      Resolver resolver,
      EndpointDialer dialer,
      boolean isLocal,
      InstantSource clock,
      Context context) {
    this.resolver = resolver;
    this.dialer = dialer;
    this.isLocal = isLocal;
    this.clock = clock;
    this.context = context;
  }

  /** One attempt: what was asked for, and what was tried so far. */
  private static final class Attempt {
    final PublicKey key;
    final RequestHead head;
    final List<ConnectFailure.Tried> tried = new ArrayList<>();
    final List<Endpoint> endpoints = new ArrayList<>();

    Attempt(PublicKey key, RequestHead head) {
      this.key = key;
      this.head = head;
    }
  }

  /** Connects; fails with {@link ConnectFailure}. */
  Future<EndpointDialer.Channel> connect(PublicKey key, RequestHead head) {
    Attempt attempt = new Attempt(key, head);
    return resolve(key, ResolvePolicy.FAST)
        .compose(resolution -> newest(key, resolution))
        .compose(record -> tryAll(attempt, candidates(attempt, record)))
        .recover(
            failed -> isWorthAnotherLook(failed) ? askAgain(attempt) : Future.failedFuture(failed));
  }

  private static boolean isWorthAnotherLook(Throwable failed) {
    return failed instanceof ConnectFailure failure
        && failure.kind() == ConnectFailure.Kind.RELAY_UNREACHABLE;
  }

  private Future<EndpointDialer.Channel> askAgain(Attempt attempt) {
    return resolve(attempt.key, ResolvePolicy.QUORUM)
        .compose(resolution -> newest(attempt.key, resolution))
        .compose(record -> tryAll(attempt, candidates(attempt, record)));
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
    return Future.failedFuture(
        ConnectFailure.of(
            ConnectFailure.Kind.KEY_UNKNOWN, "The network was asked and has no live record."));
  }

  /** What of a record may be dialled and was not tried yet, in the order to try. */
  private List<Endpoint> candidates(Attempt attempt, AddressRecord record) {
    List<Endpoint> candidates = new ArrayList<>();
    for (Endpoint endpoint : record.endpoints()) {
      boolean isGateway =
          endpoint.network() == Endpoint.Network.CLEARNET
              && endpoint.protocol().equals(Endpoint.WSN);
      boolean mayBeDialled = endpoint.scope() == AddressScope.PUBLIC || isLocal;
      if (isGateway && mayBeDialled && !attempt.endpoints.contains(endpoint)) {
        candidates.add(endpoint);
      }
    }
    Optional<Endpoint> good = known.good(attempt.key);
    if (good.isPresent() && candidates.remove(good.get())) {
      candidates.add(0, good.get());
    }
    return candidates;
  }

  private Future<EndpointDialer.Channel> tryAll(Attempt attempt, List<Endpoint> candidates) {
    if (candidates.isEmpty()) {
      String detail =
          attempt.tried.isEmpty()
              ? "Its record has no wsn endpoint that may be dialled from here."
              : "Every wsn endpoint of its newest record was tried.";
      return Future.failedFuture(ConnectFailure.unreachable(detail, attempt.tried));
    }
    Endpoint endpoint = candidates.get(0);
    attempt.endpoints.add(endpoint);
    List<Endpoint> rest = candidates.subList(1, candidates.size());
    return dialer
        .open(attempt.key, endpoint, attempt.head)
        .transform(
            opened -> {
              if (opened.failed()) {
                attempt.tried.add(
                    new ConnectFailure.Tried(endpoint.address(), reason(opened.cause())));
                return tryAll(attempt, rest);
              }
              known.worked(attempt.key, endpoint);
              return judge(attempt, endpoint, opened.result(), rest);
            });
  }

  /** The gateway is the right one; what does it say? */
  private Future<EndpointDialer.Channel> judge(
      Attempt attempt, Endpoint endpoint, EndpointDialer.Channel channel, List<Endpoint> rest) {
    ResponseHead answer = channel.answer();
    if (answer.isSwitched()) {
      return Future.succeededFuture(channel);
    }
    channel.socket().onFrame(dropped -> {});
    channel.socket().send(Frame.close(CloseStatus.of(CloseStatus.NORMAL)));
    channel.socket().resume();
    if (answer.status() < INTERNAL_ERROR) {
      return Future.failedFuture(ConnectFailure.refused(answer.status(), answer.detail()));
    }
    String reason = "the gateway answers " + answer.status() + ": " + answer.detail();
    attempt.tried.add(new ConnectFailure.Tried(endpoint.address(), reason));
    return tryAll(attempt, rest);
  }

  private static String reason(Throwable cause) {
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
