package dev.wsn.resolver.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Dates of header fields. Writing one costs more than looking the key up, and the same few are
 * written again and again, so the last ones are kept. Confined to the server's event loop.
 */
final class HttpDates {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

  /** Dates that are kept, about 100 bytes each; a power of two. */
  private static final int KEPT = 4096;

  private final long[] seconds = new long[KEPT];
  private final String[] texts = new String[KEPT];

  HttpDates() {
    Arrays.fill(texts, "");
  }

  /** The date of a time. */
  String text(long unixSeconds) {
    int place = (int) (unixSeconds & (KEPT - 1));
    if (seconds[place] != unixSeconds || texts[place].isEmpty()) {
      seconds[place] = unixSeconds;
      texts[place] = FORMAT.format(Instant.ofEpochSecond(unixSeconds));
    }
    return texts[place];
  }

  /** The time of a date; empty if it is none. */
  static OptionalLong parse(String text) {
    try {
      return OptionalLong.of(Instant.from(FORMAT.parse(text)).getEpochSecond());
    } catch (DateTimeParseException noDate) {
      return OptionalLong.empty();
    }
  }
}
