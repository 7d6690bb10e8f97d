package dev.wsn.cli;

import dev.wsn.record.Topic;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A word that relays announce themselves under. */
final class TopicConverter implements ITypeConverter<Topic> {
  @Override
  public Topic convert(String text) {
    try {
      return new Topic(text);
    } catch (IllegalArgumentException malformed) {
      throw new TypeConversionException(String.valueOf(malformed.getMessage()));
    }
  }
}
