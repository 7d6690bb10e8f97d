package dev.wsn.record;

import java.util.Locale;

/** Foreign text inside a message for people: short, printable, and never a secret. */
final class Quoted {
  private static final int MAX_CHARS = 80;

  private Quoted() {}

  static String of(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.contains("nsec1") || lower.contains("ncryptsec1")) {
      return "(not shown: it holds a secret key)";
    }
    StringBuilder quoted = new StringBuilder(MAX_CHARS + 5).append('"');
    int shown = Math.min(text.length(), MAX_CHARS);
    for (int i = 0; i < shown; i++) {
      char c = text.charAt(i);
      // Printable ASCII only: other characters can drive a terminal or look like what they are not.
      quoted.append(c >= ' ' && c <= '~' ? c : '?');
    }
    return quoted.append(shown < text.length() ? "…\"" : "\"").toString();
  }
}
