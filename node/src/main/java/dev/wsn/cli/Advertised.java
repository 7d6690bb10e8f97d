package dev.wsn.cli;

import dev.wsn.record.Endpoint;
import dev.wsn.record.MalformedUriException;
import java.util.OptionalInt;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A part of what a relay publishes: an address, or that other nodes shall say it. */
sealed interface Advertised {
  /** The word on the command line. */
  String AUTO = "auto";

  /** This address. */
  record Fixed(Endpoint endpoint) implements Advertised {}

  /**
   * Where other nodes see this machine, one address per family.
   *
   * @param port of the router; empty for the one that the gateway listens at
   */
  record Auto(OptionalInt port) implements Advertised {}

  /** {@code auto}, {@code auto:PORT} or an endpoint. */
  final class Converter implements ITypeConverter<Advertised> {
    @Override
    public Advertised convert(String text) {
      if (text.equals(AUTO)) {
        return new Auto(OptionalInt.empty());
      }
      try {
        if (text.startsWith(AUTO + ":")) {
          String port = text.substring(AUTO.length() + 1);
          return new Auto(OptionalInt.of(Endpoint.parse("127.0.0.1:" + port).port()));
        }
        return new Fixed(Endpoint.parse(text));
      } catch (MalformedUriException malformed) {
        throw new TypeConversionException(
            String.valueOf(malformed.getMessage()) + "; or auto, which has other nodes say it");
      }
    }
  }
}
