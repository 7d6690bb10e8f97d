package dev.wsn.resolver;

/**
 * A sentence of a stranger that people will read, perhaps on a terminal: without control and
 * formatting characters, and short.
 */
public final class PlainText {
  /** Longest text that is kept, in characters. */
  public static final int MAX_CHARS = 300;

  private PlainText() {}

  /** The text without what people cannot see, {@link #MAX_CHARS} characters at most. */
  public static String of(String text) {
    StringBuilder plain = new StringBuilder();
    text.codePoints()
        .limit(MAX_CHARS)
        .map(point -> isPlain(point) ? point : '\ufffd')
        .forEach(plain::appendCodePoint);
    return plain.toString();
  }

  private static boolean isPlain(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
