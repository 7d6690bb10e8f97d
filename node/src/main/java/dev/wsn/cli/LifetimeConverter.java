package dev.wsn.cli;

import dev.wsn.record.RecordRules;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How long a record lives: {@code 2h}, {@code 90m}, {@code 1h30m}, {@code 45s}. */
final class LifetimeConverter implements ITypeConverter<Duration> {
  private static final Pattern FORM =
      Pattern.compile("(?:(\\d{1,7})h)?(?:(\\d{1,7})m)?(?:(\\d{1,7})s)?");

  @Override
  public Duration convert(String text) {
    Matcher parts = FORM.matcher(text);
    if (text.isEmpty() || !parts.matches()) {
      throw new TypeConversionException(
          "\"" + text + "\" is no time to live; write for example 2h, 90m, 1h30m or 45s");
    }
    Duration lifetime =
        Duration.ofHours(number(parts, 1))
            .plusMinutes(number(parts, 2))
            .plusSeconds(number(parts, 3));
    if (lifetime.isZero() || lifetime.compareTo(RecordRules.MAX_LIFETIME) > 0) {
      throw new TypeConversionException(
          "a record lives from 1s to " + RecordRules.MAX_LIFETIME.toHours() + "h, not " + text);
    }
    return lifetime;
  }

  private static long number(Matcher parts, int group) {
    String digits = parts.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
