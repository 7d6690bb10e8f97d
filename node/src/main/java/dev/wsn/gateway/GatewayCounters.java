package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.metrics.Histogram;
import dev.wsn.metrics.Tally;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What happened at a gateway since it started. Thread-safe; values are eventually consistent. */
public final class GatewayCounters {
  private final Tally<GatewayLimit> limits = new Tally<>(GatewayLimit.class);
  private final LongAdder plainRequests = new LongAdder();
  private final LongAdder opened = new LongAdder();
  private final LongAdder refusedClients = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private final Histogram handshakes = Histogram.ofSeconds();
  private final Map<ChannelEnd, LongAdder> ended = new EnumMap<>(ChannelEnd.class);

  GatewayCounters() {
    Arrays.stream(ChannelEnd.values()).forEach(end -> ended.put(end, new LongAdder()));
  }

  void reached(GatewayLimit limit) {
    limits.count(limit);
  }

  void plainRequest() {
    plainRequests.increment();
  }

  void refusedClient() {
    refusedClients.increment();
  }

  void received(long bytes) {
    received.add(bytes);
  }

  void sent(long bytes) {
    sent.add(bytes);
  }

  void shookHands(long millis) {
    handshakes.observeMillis(millis);
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

  /** How often a client was refused or slowed down, by the limit. */
  public Tally<GatewayLimit> limits() {
    return limits;
  }

  /** HTTP requests that were no upgrade to {@code wsn.v1}. */
  public long plainRequests() {
    return plainRequests.sum();
  }

  /** Clients that may not use this gateway. */
  public long clientsRefused() {
    return refusedClients.sum();
  }

  /** Bytes of upgraded connections that came from clients, as they were on the wire. */
  public long bytesReceived() {
    return received.sum();
  }

  /** Bytes of upgraded connections that went to clients; some seconds behind at most. */
  public long bytesSent() {
    return sent.sum();
  }

  /** How long handshakes took that ended well, from the upgrade on, the client's part included. */
  public Histogram handshakes() {
    return handshakes;
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
