package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.IpAddress;
import io.vertx.core.Future;
import java.util.Optional;

/** Who may use a gateway. Called on any of its event loops. */
public interface AccessPolicy {
  /** Everyone, anonymous clients too. */
  AccessPolicy EVERYONE = caller -> Future.succeededFuture(true);

  /**
   * Who asks.
   *
   * @param key that the client proved; empty for an anonymous one
   * @param address where it comes from
   */
  record Caller(Optional<PublicKey> key, IpAddress address) {}

  /** Decides; a future that fails is a no. */
  Future<Boolean> admits(Caller caller);
}
