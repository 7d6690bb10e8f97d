package dev.wsn.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The name of a DHT: 1 to 64 printable ASCII characters. */
final class NetworkName implements ITypeConverter<String> {
  private static final int MAX_CHARS = 64;

  @Override
  public String convert(String text) {
    boolean isPrintable = text.chars().allMatch(c -> c >= ' ' && c <= '~');
    if (text.isEmpty() || text.length() > MAX_CHARS || !isPrintable) {
      throw new TypeConversionException(
          "the name of a network has 1 to " + MAX_CHARS + " printable ASCII characters");
    }
    return text;
  }
}
