package dev.wsn.resolver.quota;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much one client may have: {@code burst} at once, and {@code perSecond} more each second.
 *
 * @param perSecond 1 to {@link #MAX}
 * @param burst 1 to {@link #MAX}
 */
public record Rate(int perSecond, int burst) {
  /** As good as no limit. */
  public static final int MAX = 1_000_000_000;

  private static final Pattern TEXT = Pattern.compile("(\\d{1,9})(?:/s)?(?:,(\\d{1,9}))?");

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException if a number is out of them
   */
  public Rate {
    if (perSecond < 1 || burst < 1 || perSecond > MAX || burst > MAX) {
      throw new IllegalArgumentException("a rate is 1 to " + MAX);
    }
  }

  /** The rate that is never reached. */
  public static Rate unlimited() {
    return new Rate(MAX, MAX);
  }

  /**
   * Reads {@code 100/s,200} (a hundred a second, two hundred at once), {@code 100} (both), or
   * {@code off}; empty if it is none of them.
   */
  public static Optional<Rate> parse(String text) {
    if (text.equals("off")) {
      return Optional.of(unlimited());
    }
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int perSecond = Integer.parseInt(matcher.group(1));
    String burst = matcher.group(2);
    int most = burst == null ? perSecond : Integer.parseInt(burst);
    return perSecond < 1 || most < 1 ? Optional.empty() : Optional.of(new Rate(perSecond, most));
  }

  /** Whether there is a limit at all. */
  public boolean isLimited() {
    return perSecond < MAX;
  }

  @Override
  public String toString() {
    return isLimited() ? perSecond + "/s," + burst : "off";
  }
}
