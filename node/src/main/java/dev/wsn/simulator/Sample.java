package dev.wsn.simulator;

/**
 * One lookup.
 *
 * @param atMillis when it began, from the beginning of the measurement
 * @param answerMillis until the answer that its policy gives first, found or not
 * @param finalMillis until the lookup had ended
 * @param result what the answer was worth
 * @param finalResult what the answer at the end was worth, which corrects the first one
 * @param hops length of the longest chain of referrals up to the answer
 * @param asked nodes that were asked until the lookup had ended
 */
public record Sample(
    long atMillis,
    long answerMillis,
    long finalMillis,
    Result result,
    Result finalResult,
    int hops,
    int asked) {
  /** What an answer was worth. */
  public enum Result {
    /** The newest record that a publication confirmed before the lookup, or a newer one. */
    FRESH,
    /** An older record. */
    STALE,
    /** Nothing, although there was a record. */
    MISSING
  }

  boolean isFresh() {
    return result == Result.FRESH;
  }
}
