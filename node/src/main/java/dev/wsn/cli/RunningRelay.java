package dev.wsn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.crypto.Nip19;
import dev.wsn.gateway.Gateway;
import dev.wsn.gateway.GatewayLimit;
import dev.wsn.gateway.Publisher;
import dev.wsn.monitor.CountedResolver;
import dev.wsn.monitor.GatewayMeters;
import dev.wsn.monitor.Meters;
import dev.wsn.monitor.Monitor;
import dev.wsn.monitor.NodeMeters;
import dev.wsn.node.DhtNode;
import dev.wsn.record.AddressRecord;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A gateway with the publisher of its address, as its operator sees it.
 *
 * @param client the part of the DHT that it publishes through, if it asks the DHT itself
 * @param published null if nothing is published
 * @param unixSeconds now
 */
record RunningRelay(
    Vertx vertx,
    Gateway gateway,
    @Nullable DhtNode client,
    @Nullable Published published,
    LongSupplier unixSeconds)
    implements Monitoring.Subject {

  /** The publisher and what it publishes to. */
  record Published(Publisher publisher, CountedResolver resolver) {}

  @Override
  public void addTo(Meters meters) {
    GatewayMeters.add(meters, gateway);
    if (published != null) {
      GatewayMeters.add(meters, published.publisher());
      published.resolver().addTo(meters);
    }
    if (client != null) {
      NodeMeters.add(meters, client);
    }
  }

  @Override
  public Map<String, Predicate<Runnable>> loops() {
    Map<String, Predicate<Runnable>> loops = new HashMap<>();
    loops.put("http", Monitoring.loopsOf(vertx));
    if (client != null) {
      loops.put("udp", client.view()::execute);
    }
    return loops;
  }

  private Optional<AddressRecord> current() {
    return published == null ? Optional.empty() : published.publisher().current();
  }

  @Override
  public Monitor.Health health() {
    if (published == null) {
      return new Monitor.Health(true, "the gateway is up, its address is published nowhere");
    }
    long left = current().map(AddressRecord::expiresAt).orElse(0L) - unixSeconds.getAsLong();
    return left > 0
        ? new Monitor.Health(
            true, "published, for another " + DurationText.of(Duration.ofSeconds(left)))
        : new Monitor.Health(false, "no record of this key is live: nobody can find it");
  }

  @Override
  public ObjectNode status() {
    ObjectNode status = client == null ? JsonText.object() : StatusJson.of(client);
    Monitor.Health health = health();
    ObjectNode relay =
        status
            .put("version", VersionText.number())
            .putObject("relay")
            .put("npub", Nip19.npub(gateway.self()))
            .put("ready", health.isReady())
            .put("detail", health.detail())
            .put("connections", gateway.connections())
            .put("channels_opened", gateway.counters().channelsOpened());
    StatusJson.addLimits(relay, GatewayLimit.class, gateway.counters().limits()::of);
    current()
        .ifPresent(
            record -> {
              relay.put("created_at", record.createdAt()).put("expires_at", record.expiresAt());
              var endpoints = relay.putArray("endpoints");
              record.endpoints().forEach(each -> endpoints.add(each.uri(record.pubkey())));
            });
    return status;
  }
}
