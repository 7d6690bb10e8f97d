package dev.wsn.resolver.client;

import dev.wsn.resolver.Resolution;

/**
 * What a resolver answered.
 *
 * @param resolution what it is worth
 * @param isOutdated whether it is a record of the owner that was replaced or has expired, which the
 *     resolution calls untrusted
 */
record Answered(Resolution resolution, boolean isOutdated) {
  /** An answer that is not outdated. */
  static Answered of(Resolution resolution) {
    return new Answered(resolution, false);
  }
}
