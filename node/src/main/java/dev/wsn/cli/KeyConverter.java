package dev.wsn.cli;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.record.KeyText;
import dev.wsn.record.MalformedUriException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A key as people type it; the message of a mistake never repeats the text. */
final class KeyConverter implements ITypeConverter<KeyText> {
  @Override
  public KeyText convert(String text) {
    try {
      return KeyText.parse(text);
    } catch (MalformedKeyException | MalformedUriException malformed) {
      throw new TypeConversionException(String.valueOf(malformed.getMessage()));
    }
  }
}
