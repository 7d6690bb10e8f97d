package dev.wsn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.monitor.CountedResolver;
import dev.wsn.monitor.Meters;
import dev.wsn.monitor.Monitor;
import dev.wsn.monitor.NodeMeters;
import dev.wsn.node.DhtNode;
import dev.wsn.resolver.NetworkStatus;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A local proxy, as its operator sees it.
 *
 * @param client the part of the DHT that it asks, if it asks the DHT itself
 * @param resolver whom it asks
 */
record RunningProxy(Vertx vertx, @Nullable DhtNode client, CountedResolver resolver)
    implements Monitoring.Subject {
  @Override
  public void addTo(Meters meters) {
    resolver.addTo(meters);
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

  @Override
  public Monitor.Health health() {
    if (client == null) {
      return new Monitor.Health(true, "the proxy is up");
    }
    NetworkStatus status = client.status();
    return new Monitor.Health(status.isReachable(), status.detail());
  }

  @Override
  public ObjectNode status() {
    ObjectNode status = client == null ? JsonText.object() : StatusJson.of(client);
    return status.put("version", VersionText.number());
  }
}
