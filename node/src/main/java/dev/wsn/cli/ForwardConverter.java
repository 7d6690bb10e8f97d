package dev.wsn.cli;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.Nip19;
import dev.wsn.gateway.LocalProxyOptions.Forward;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code PORT=KEY}; port 0 is any free one. */
final class ForwardConverter implements ITypeConverter<Forward> {
  private static final int MAX_PORT = 65_535;

  @Override
  public Forward convert(String text) {
    int equals = text.indexOf('=');
    String port = equals < 0 ? "" : text.substring(0, equals);
    if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > MAX_PORT) {
      throw new TypeConversionException(
          "write the port and the key, for example --forward 4890=npub1…");
    }
    try {
      return new Forward(Integer.parseInt(port), Nip19.parsePublicKey(text.substring(equals + 1)));
    } catch (MalformedKeyException malformed) {
      throw new TypeConversionException(String.valueOf(malformed.getMessage()));
    }
  }
}
