package dev.wsn.resolver.cache;

import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.Resolution;
import java.util.function.UnaryOperator;

/** The same resolution with evidence that says something else, such as where it is from. */
final class OtherEvidence {
  private OtherEvidence() {}

  /** Changes the evidence, if there is any. */
  static Resolution with(Resolution resolution, UnaryOperator<Evidence> change) {
    if (resolution instanceof Resolution.Found found) {
      return new Resolution.Found(found.addressRecord(), change.apply(found.evidence()));
    }
    if (resolution instanceof Resolution.Withdrawn withdrawn) {
      return new Resolution.Withdrawn(
          withdrawn.addressRecord(), change.apply(withdrawn.evidence()));
    }
    return resolution instanceof Resolution.NotFound notFound
        ? new Resolution.NotFound(change.apply(notFound.evidence()))
        : resolution;
  }
}
