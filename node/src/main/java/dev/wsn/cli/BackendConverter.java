package dev.wsn.cli;

import dev.wsn.gateway.Backend;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code [SERVICE=]URL}. */
final class BackendConverter implements ITypeConverter<Backend> {
  @Override
  public Backend convert(String text) {
    try {
      return Backend.parse(text);
    } catch (IllegalArgumentException malformed) {
      throw new TypeConversionException(String.valueOf(malformed.getMessage()));
    }
  }
}
