package dev.wsn.gateway;

import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Who may connect, and how often. Thread-safe: the event loops of a gateway share one.
 *
 * <p>The loopback address counts in the totals only: behind a reverse proxy or Tor on the same
 * machine everybody comes from there. Of the sources without a connection the {@link
 * #MAX_IDLE_SOURCES} seen last are remembered; with a forgotten one goes what it had used of its
 * rate.
 */
final class Admission {
  /** Most sources that are remembered although they have no connection. */
  static final int MAX_IDLE_SOURCES = 65_536;

  private static final int SOURCE_BURST_SECONDS = 10;
  private static final int BURST_SECONDS = 2;
  private static final int IPV6_NETWORK_BYTES = 8;

  private static final class Source {
    TokenBucket handshakes;
    TokenBucket bytes;
    int connections;

    Source(TokenBucket handshakes, TokenBucket bytes) {
      this.handshakes = handshakes;
      this.bytes = bytes;
    }
  }

  /** A connection that is counted until it is released, which may be said twice. */
  final class Lease {
    private final IpAddress key;
    private final Source source;
    private boolean isReleased;

    private Lease(IpAddress key, Source source) {
      this.key = key;
      this.source = source;
    }

    /** Counts bytes that were read; the milliseconds until more may be read. */
    long read(long count, long nowMillis) {
      if (limits.bytesPerSecond() == 0) {
        return 0;
      }
      synchronized (Admission.this) {
        return source.bytes.borrow(count, nowMillis);
      }
    }

    void release() {
      synchronized (Admission.this) {
        if (isReleased) {
          return;
        }
        isReleased = true;
        connections--;
        Source source = connected.get(key);
        if (source != null && --source.connections == 0) {
          connected.remove(key);
          idle.put(key, source);
        }
      }
    }
  }

  private volatile GatewayLimits limits;
  private TokenBucket accepts;
  private TokenBucket handshakes;
  private final Map<IpAddress, Source> connected = new HashMap<>();
  private final Map<IpAddress, Source> idle =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<IpAddress, Source> eldest) {
          return size() > MAX_IDLE_SOURCES;
        }
      };
  private int connections;

  Admission(GatewayLimits limits, long nowMillis) {
    this.limits = limits;
    this.accepts = accepts(limits, nowMillis);
    this.handshakes = handshakes(limits, nowMillis);
  }

  private static TokenBucket accepts(GatewayLimits limits, long nowMillis) {
    int accepted = limits.acceptsPerSecond();
    return new TokenBucket(accepted, (double) BURST_SECONDS * accepted, nowMillis);
  }

  private static TokenBucket handshakes(GatewayLimits limits, long nowMillis) {
    int perSecond = limits.handshakesPerSecond();
    return new TokenBucket(perSecond, perSecond, nowMillis);
  }

  /** What is granted now. */
  GatewayLimits limits() {
    return limits;
  }

  /**
   * Grants something else from now on. Connections that are there stay, also when they are too many
   * now; what sources have used of their rates is forgotten. Any thread.
   */
  synchronized void change(GatewayLimits other, long nowMillis) {
    limits = other;
    accepts = accepts(other, nowMillis);
    handshakes = handshakes(other, nowMillis);
    idle.clear();
    for (Source source : connected.values()) {
      source.handshakes = handshakesOfSource(nowMillis);
      source.bytes = bytes(nowMillis);
    }
  }

  /** The address, or its /64. */
  static IpAddress sourceOf(IpAddress address) {
    byte[] bytes = address.bytes();
    if (!address.isIpv4()) {
      Arrays.fill(bytes, IPV6_NETWORK_BYTES, bytes.length, (byte) 0);
    }
    return IpAddress.of(bytes);
  }

  /**
   * Counts a connection, unless there are too many.
   *
   * @param refused told of the limit that is in the way
   */
  synchronized Optional<Lease> admit(
      IpAddress address, long nowMillis, Consumer<GatewayLimit> refused) {
    IpAddress key = sourceOf(address);
    Source source = source(key, nowMillis);
    boolean isExempt = address.scope() == AddressScope.LOOPBACK;
    Optional<GatewayLimit> reached = Optional.empty();
    if (source.connections >= limits.maxConnectionsPerSource() && !isExempt) {
      reached = Optional.of(GatewayLimit.CONNECTIONS_OF_SOURCE);
    } else if (connections >= limits.maxConnections()) {
      reached = Optional.of(GatewayLimit.CONNECTIONS);
    } else if (!accepts.take(nowMillis)) {
      reached = Optional.of(GatewayLimit.ACCEPTS);
    }
    if (reached.isPresent()) {
      refused.accept(reached.get());
      return Optional.empty();
    }
    connections++;
    source.connections++;
    idle.remove(key);
    connected.put(key, source);
    Source reading =
        isExempt ? new Source(handshakesOfSource(nowMillis), bytes(nowMillis)) : source;
    return Optional.of(new Lease(key, reading));
  }

  /**
   * Counts a handshake, unless there were too many lately.
   *
   * @param refused told of the limit that is in the way
   */
  synchronized boolean mayShakeHands(
      IpAddress address, long nowMillis, Consumer<GatewayLimit> refused) {
    boolean isExempt = address.scope() == AddressScope.LOOPBACK;
    if (!isExempt && !source(sourceOf(address), nowMillis).handshakes.take(nowMillis)) {
      refused.accept(GatewayLimit.HANDSHAKES_OF_SOURCE);
      return false;
    }
    if (!handshakes.take(nowMillis)) {
      refused.accept(GatewayLimit.HANDSHAKES);
      return false;
    }
    return true;
  }

  private TokenBucket handshakesOfSource(long nowMillis) {
    int perSecond = limits.handshakesPerSecondPerSource();
    return new TokenBucket(perSecond, (double) SOURCE_BURST_SECONDS * perSecond, nowMillis);
  }

  private TokenBucket bytes(long nowMillis) {
    double perSecond = limits.bytesPerSecond();
    return new TokenBucket(perSecond, BURST_SECONDS * perSecond, nowMillis);
  }

  private Source source(IpAddress key, long nowMillis) {
    Source known = connected.get(key);
    known = known == null ? idle.remove(key) : known;
    if (known == null) {
      known = new Source(handshakesOfSource(nowMillis), bytes(nowMillis));
    }
    if (known.connections == 0) {
      idle.put(key, known);
    }
    return known;
  }

  /** Connections that are counted now. */
  synchronized int connections() {
    return connections;
  }

  /** Sources that are remembered now. */
  synchronized int sources() {
    return connected.size() + idle.size();
  }
}
