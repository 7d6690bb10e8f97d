package dev.wsn.cli;

import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where to listen.
 *
 * @param address the own address, or the unspecified one for all of them
 * @param port 1..65535, or 0 for any that is free
 */
record ListenAddress(IpAddress address, int port) {
  /** Stands for an option that picocli has not set yet. */
  static final ListenAddress NONE = new ListenAddress(IpAddress.of(new byte[16]), 0);

  /** {@code IP:port} on the command line. */
  static final class Converter implements ITypeConverter<ListenAddress> {
    @Override
    public ListenAddress convert(String text) {
      // The port 0 is none that anybody could be reached at, so IpPort has no room for it.
      boolean isAnyPort = text.endsWith(":0");
      return IpPort.parse(isAnyPort ? text.substring(0, text.length() - 1) + "1" : text)
          .map(parsed -> new ListenAddress(parsed.address(), isAnyPort ? 0 : parsed.port()))
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "\""
                          + text
                          + "\" is no IP:port, such as 0.0.0.0:4848 or [::]:4848; host names are"
                          + " not used here"));
    }
  }

  /** Whether this is the unspecified address. */
  boolean isAllAddresses() {
    for (byte each : address.bytes()) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  /** The same address with the port that the operating system chose. */
  ListenAddress withPort(int bound) {
    return new ListenAddress(address, bound);
  }

  /** {@code 203.0.113.7:4848} or {@code [2001:db8::1]:4848}. */
  @Override
  public String toString() {
    return (address.isIpv4() ? address.toString() : "[" + address + "]") + ":" + port;
  }
}
