package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelEnd;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What happened at a gateway since it started. Thread-safe; values are eventually consistent. */
public final class GatewayCounters {
  private final LongAdder refusedConnections = new LongAdder();
  private final LongAdder refusedHandshakes = new LongAdder();
  private final LongAdder plainRequests = new LongAdder();
  private final LongAdder opened = new LongAdder();
  private final LongAdder refusedClients = new LongAdder();
  private final LongAdder slowed = new LongAdder();
  private final Map<ChannelEnd, LongAdder> ended = new EnumMap<>(ChannelEnd.class);

  GatewayCounters() {
    Arrays.stream(ChannelEnd.values()).forEach(end -> ended.put(end, new LongAdder()));
  }

  void refusedConnection() {
    refusedConnections.increment();
  }

  void refusedHandshake() {
    refusedHandshakes.increment();
  }

  void plainRequest() {
    plainRequests.increment();
  }

  void refusedClient() {
    refusedClients.increment();
  }

  void slowed() {
    slowed.increment();
  }

  void opened() {
    opened.increment();
  }

  void ended(ChannelEnd end) {
    adder(end).increment();
  }

  private LongAdder adder(ChannelEnd end) {
    LongAdder adder = ended.get(end);
    if (adder == null) {
      throw new IllegalStateException("every end has a counter");
    }
    return adder;
  }

  /** TCP connections closed at once because there were too many. */
  public long connectionsRefused() {
    return refusedConnections.sum();
  }

  /** Upgrades refused because there were too many lately. */
  public long handshakesRefused() {
    return refusedHandshakes.sum();
  }

  /** HTTP requests that were no upgrade to {@code wsn.v1}. */
  public long plainRequests() {
    return plainRequests.sum();
  }

  /** Clients that may not use this gateway. */
  public long clientsRefused() {
    return refusedClients.sum();
  }

  /** Times that a client was read more slowly than it sent. */
  public long timesSlowed() {
    return slowed.sum();
  }

  /** Channels whose backend answered. */
  public long channelsOpened() {
    return opened.sum();
  }

  /** Upgraded connections that ended this way, opened channels or not. */
  public long channelsEnded(ChannelEnd end) {
    return adder(end).sum();
  }
}
