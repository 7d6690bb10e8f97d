package dev.wsn.cli;

import dev.wsn.record.Endpoint;
import dev.wsn.record.MalformedUriException;
import java.util.OptionalInt;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A part of what is published: an address, or that other nodes shall say it. */
sealed interface Advertised {
  /** The word on the command line. */
  String AUTO = "auto";

  /** This address. */
  record Fixed(Endpoint endpoint) implements Advertised {}

  /**
   * Where other nodes see this machine, one address per family.
   *
   * @param protocol that is spoken there
   * @param port of the router; empty for the one that the gateway listens at
   */
  record Auto(String protocol, OptionalInt port) implements Advertised {}

  /** {@code [PROTO://]auto[:PORT]} or an endpoint. */
  final class Converter implements ITypeConverter<Advertised> {
    @Override
    public Advertised convert(String text) {
      int scheme = text.indexOf("://");
      String rest = scheme < 0 ? text : text.substring(scheme + "://".length());
      boolean isWithPort = rest.startsWith(AUTO + ":");
      try {
        if (!isWithPort && !rest.equals(AUTO)) {
          return new Fixed(Endpoint.parse(text));
        }
        String port = isWithPort ? rest.substring(AUTO.length() + 1) : "1";
        String prefix = scheme < 0 ? "" : text.substring(0, scheme) + "://";
        Endpoint shape = Endpoint.parse(prefix + "127.0.0.1:" + port);
        return new Auto(
            shape.protocol(), isWithPort ? OptionalInt.of(shape.port()) : OptionalInt.empty());
      } catch (MalformedUriException malformed) {
        throw new TypeConversionException(
            String.valueOf(malformed.getMessage()) + "; or auto, which has other nodes say it");
      }
    }
  }
}
