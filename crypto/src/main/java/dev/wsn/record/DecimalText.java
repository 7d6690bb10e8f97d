package dev.wsn.record;

/** Unsigned decimal numbers, in exactly one spelling each. */
final class DecimalText {
  /** Digits that always fit a long. */
  private static final int MAX_DIGITS = 18;

  private DecimalText() {}

  /**
   * The number, or -1 for anything but one to 18 ASCII digits without a leading zero. {@link
   * Long#parseLong} would also take signs and the digits of other scripts, so that two readers
   * could see two different records.
   */
  static long parse(String text) {
    int length = text.length();
    if (length == 0 || length > MAX_DIGITS || (length > 1 && text.charAt(0) == '0')) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < length; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
