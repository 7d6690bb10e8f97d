package dev.wsn.simulator;

import java.util.Locale;

/**
 * Members that work against the network. They are never behind a NAT, never leave, and answer pings
 * and stores as if they were honest.
 *
 * @param kind what they do
 * @param amount share of all servers, 0 to 0.9; or how many there are for each record, 1 to 1000
 */
public record Attack(Kind kind, double amount) {
  private static final double MAX_SHARE = 0.9;
  private static final int MAX_PER_RECORD = 1000;

  /** What adversaries do. */
  public enum Kind {
    /** Do not answer what they are asked for. */
    SILENT(false),
    /** Answer with contacts that do not exist, as near to the target as an address can be. */
    LYING(false),
    /** Answer with each other only. */
    POISONING(false),
    /** Answer as honest ones, but hand out the version of a record that was replaced. */
    STALE(false),
    /**
     * Sit around each record, as near as the rules about ids allow to somebody who has any public
     * address he wants, and answer with each other only.
     */
    SYBIL(true),
    /** The same for somebody who has all addresses of one /16. */
    SUBNET(true);

    private final boolean isPerRecord;

    Kind(boolean isPerRecord) {
      this.isPerRecord = isPerRecord;
    }

    /** Whether the amount is a number for each record, not a share. */
    public boolean isPerRecord() {
      return isPerRecord;
    }
  }

  /**
   * Checks the amount.
   *
   * @throws IllegalArgumentException if it is out of the kind's range; the message is for people
   */
  public Attack {
    if (kind.isPerRecord()) {
      if (amount < 1 || amount > MAX_PER_RECORD || amount != StrictMath.rint(amount)) {
        throw new IllegalArgumentException(
            word(kind) + " is a number for each record, 1 to 1000, not " + amount);
      }
    } else if (!(amount > 0 && amount <= MAX_SHARE)) {
      throw new IllegalArgumentException(
          word(kind) + " is a share of the servers, above 0 and at most 0.9, not " + amount);
    }
  }

  private static String word(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
