package dev.wsn.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.RecordRules.Verdict;

/** What a test expects of a verdict. */
final class Verdicts {
  private Verdicts() {}

  static AddressRecord accepted(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
    return ((Verdict.Accepted) verdict).addressRecord();
  }

  static void assertRefused(Verdict verdict, RecordRejection reason) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Refused.class,
            refused -> {
              assertThat(refused.reason()).isEqualTo(reason);
              assertThat(refused.detail()).isNotBlank().hasSizeLessThan(300);
              assertThat(refused.detail().chars().noneMatch(Character::isISOControl)).isTrue();
            });
  }
}
