package dev.wsn.monitor;

import dev.wsn.gateway.Gateway;
import dev.wsn.gateway.GatewayCounters;
import dev.wsn.gateway.GatewayLimit;
import dev.wsn.gateway.Publisher;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.record.AddressRecord;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Shows a gateway and the publisher of its address. */
public final class GatewayMeters {
  private GatewayMeters() {}

  /** Adds the meters of a gateway. */
  public static void add(Meters meters, Gateway gateway) {
    GatewayCounters counters = gateway.counters();
    meters.gauge("wsn.gateway.connections", "TCP connections now", gateway::connections);
    meters.tally(
        "wsn.gateway.limits.reached",
        "How often a client was refused or slowed down, by the limit",
        "limit",
        GatewayLimit.class,
        counters.limits());
    meters.counter(
        "wsn.gateway.plain.requests",
        "HTTP requests that were no upgrade to a channel",
        counters::plainRequests);
    meters.counter(
        "wsn.gateway.clients.refused",
        "Clients that may not use this gateway",
        counters::clientsRefused);
    meters.counter(
        "wsn.gateway.received.bytes",
        "Bytes that came from clients over channels",
        counters::bytesReceived);
    meters.counter(
        "wsn.gateway.sent.bytes", "Bytes that went to clients over channels", counters::bytesSent);
    meters.histograms(
        "wsn_gateway_handshake_seconds",
        "Time from the upgrade to the end of the handshake, by what came of it",
        "result",
        Map.of("done", counters.handshakes()));
    meters.counter(
        "wsn.gateway.channels.opened", "Channels whose backend answered", counters::channelsOpened);
    for (ChannelEnd end : ChannelEnd.values()) {
      meters.counter(
          "wsn.gateway.channels.ended",
          "Upgraded connections that ended, by reason",
          () -> counters.channelsEnded(end),
          "reason",
          end.label());
    }
  }

  /** Adds the meters of a publisher. */
  public static void add(Meters meters, Publisher publisher) {
    meters.gauge(
        "wsn.publisher.record.created.timestamp.seconds",
        "When the last acknowledged record was signed",
        () -> current(publisher, AddressRecord::createdAt));
    meters.gauge(
        "wsn.publisher.record.expiry.timestamp.seconds",
        "When the last acknowledged record expires",
        () -> current(publisher, AddressRecord::expiresAt));
    meters.gauge(
        "wsn.publisher.record.endpoints",
        "Addresses in the last acknowledged record",
        () -> current(publisher, record -> record.endpoints().size()));
  }

  private static double current(Publisher publisher, ToDoubleFunction<AddressRecord> part) {
    Optional<AddressRecord> current = publisher.current();
    return current.isEmpty() ? 0 : part.applyAsDouble(current.get());
  }
}
