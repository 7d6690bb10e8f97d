package dev.wsn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.mapping.MappingMethod;
import dev.wsn.mapping.PortMapper;
import dev.wsn.mapping.PortMapping;
import dev.wsn.mapping.WantedPort;
import dev.wsn.monitor.Meters;
import dev.wsn.monitor.Monitor;
import dev.wsn.record.AddressScope;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code --map-port}: has the router of a home forward a port. */
final class MapPortOption {
  /** How long a server waits for the router before it goes on without. */
  private static final long MAX_WAIT_MILLIS = 10_000;

  private static final String OFF = "off";
  private static final Logger LOG = LoggerFactory.getLogger(MapPortOption.class);

  @Option(
      names = "--map-port",
      paramLabel = "auto|nat-pmp|upnp|off",
      arity = "0..1",
      fallbackValue = "auto",
      description =
          "have the router of this house forward the port, by NAT-PMP or UPnP, while this runs;"
              + " without a value auto, which tries both; off without the option",
      converter = Converter.class)
  private Wish wish = new Wish(null);

  private volatile @Nullable PortMapper mapper;
  private LongSupplier monotonicMillis = () -> 0;

  /** What to do, and nothing if that is null. */
  record Wish(@Nullable MappingMethod method) {}

  /** A method, or off. */
  static final class Converter implements ITypeConverter<Wish> {
    @Override
    public Wish convert(String text) {
      if (text.equals(OFF)) {
        return new Wish(null);
      }
      for (MappingMethod method : MappingMethod.values()) {
        if (text.equals(method.name().toLowerCase(Locale.ROOT).replace('_', '-'))) {
          return new Wish(method);
        }
      }
      throw new TypeConversionException("\"" + text + "\" is none of auto, nat-pmp, upnp and off");
    }
  }

  /**
   * Looks for a contradiction.
   *
   * @throws CommandFailure if no router stands before the address
   */
  void check(ListenAddress listen) {
    if (wish.method() != null && listen.address().scope() == AddressScope.LOOPBACK) {
      throw CommandFailure.usage(
          "--map-port: no router leads to " + listen + "; listen on another address");
    }
  }

  /** Begins to ask the router, if that is wanted; returns at once. */
  void start(Host host, WantedPort wanted) {
    if (wish.method() != null) {
      monotonicMillis = host.monotonicMillis();
      mapper = PortMapper.start(wanted, wish.method(), monotonicMillis, new Told(wanted));
    }
  }

  /** The same; waits for the first answer, for ten seconds at most. */
  void startAndWait(Host host, WantedPort wanted) {
    start(host, wanted);
    if (mapper != null) {
      mapper.awaitFirst(MAX_WAIT_MILLIS);
    }
  }

  /** Has the router stop, if it was asked; takes some seconds at most. */
  void stop() {
    if (mapper != null) {
      mapper.close();
    }
  }

  /** The server with what the router does for it. */
  Monitoring.Subject shown(Monitoring.Subject server) {
    return new Shown(server, this);
  }

  private record Told(WantedPort wanted) implements PortMapper.Listener {
    @Override
    public void mapped(PortMapping mapping) {
      String until = mapping.seconds() == 0 ? ", until it is told to stop" : "";
      if (mapping.external() == null) {
        LOG.info("{} forwards {}{}", mapping.router(), wanted, until);
      } else if (mapping.external().scope() == AddressScope.PUBLIC) {
        LOG.info("{} forwards {} of {}{}", mapping.router(), wanted, mapping.external(), until);
      } else {
        LOG.warn(
            "{} forwards {} of {}, which is no address of the Internet: another router is behind"
                + " it, and strangers will not get through",
            mapping.router(),
            wanted,
            mapping.external());
      }
    }

    @Override
    public void failed(String reasons) {
      LOG.warn(
          "no router forwards {} ({}); forward it by hand, it is tried again meanwhile",
          wanted,
          reasons);
    }

    @Override
    public void left(String reason) {
      LOG.warn("{} may still be forwarded for a while ({})", wanted, reason);
    }
  }

  private record Shown(Monitoring.Subject server, MapPortOption option)
      implements Monitoring.Subject {
    @Override
    public void addTo(Meters meters) {
      server.addTo(meters);
      PortMapper mapper = option.mapper;
      meters.gauge(
          "wsn.port.mapped",
          "1 while a router says that it forwards the port of --map-port",
          () -> mapper != null && mapper.isMapped() ? 1 : 0);
      meters.counter(
          "wsn.port.mapping.failures",
          "How often no router forwarded it when asked",
          () -> mapper == null ? 0 : mapper.failures());
    }

    @Override
    public Map<String, Predicate<Runnable>> loops() {
      return server.loops();
    }

    @Override
    public Monitor.Health health() {
      return server.health();
    }

    @Override
    public ObjectNode status() {
      ObjectNode status = server.status();
      PortMapper mapper = option.mapper;
      if (mapper != null) {
        long now = option.monotonicMillis.getAsLong();
        StatusJson.addMapping(status, mapper.wanted(), mapper.state(), now);
      }
      return status;
    }
  }
}
