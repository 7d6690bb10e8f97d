package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.resolver.Publication;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a publisher tells its operator, in plain words. Thread-safe. */
final class PublisherLog {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

  private final String key;

  PublisherLog(PublicKey key) {
    this.key = key.hex().substring(0, 8);
  }

  /** Enough nodes took a record. */
  void published(Publication.Accepted outcome, boolean isNews) {
    if (isNews) {
      LOG.info("published {}: {}", key, text(outcome));
    } else {
      LOG.debug("renewed {}: {}", key, text(outcome));
    }
  }

  /** An attempt came to nothing; the first of several is worth a warning. */
  void failed(String what, String why, int failures, Duration pause) {
    String text = "the record of {} {}: {}; next attempt in {} s";
    if (failures == 1) {
      LOG.warn(text, key, what, why, pause.toSeconds());
    } else {
      LOG.debug(text, key, what, why, pause.toSeconds());
    }
  }

  /** The time of the last record is ahead. */
  void ahead(long seconds) {
    LOG.warn(
        "the last record of {} is {} s ahead of this computer's clock, which is wrong or was",
        key,
        seconds);
  }

  /** The time of a record is not on disk. */
  void forgetful(String why) {
    LOG.warn("{}; a restart may publish an older time", why);
  }

  /**
   * What became of a withdrawal.
   *
   * @param last record that the network has if the withdrawal did not reach it
   */
  void withdrawn(Publication outcome, Optional<AddressRecord> last) {
    if (outcome instanceof Publication.Accepted) {
      LOG.info("withdrew {}: {}", key, text(outcome));
      return;
    }
    String meanwhile =
        last.map(
                record ->
                    "clients find its old address until "
                        + Instant.ofEpochSecond(record.expiresAt()))
            .orElse("clients find what was published before");
    LOG.warn(
        "{} was not withdrawn ({}); {}, and wsn withdraw tries again",
        key,
        text(outcome),
        meanwhile);
  }

  /** What became of a publication, as a part of a sentence. */
  static String text(Publication outcome) {
    if (outcome instanceof Publication.Accepted accepted) {
      return accepted.acknowledged() + " nodes acknowledged";
    }
    if (outcome instanceof Publication.TooFew few) {
      return few.acknowledged() + " of " + few.required() + " needed nodes acknowledged";
    }
    if (outcome instanceof Publication.Unreachable unreachable) {
      return unreachable.reason();
    }
    return outcome instanceof Publication.Refused refused ? refused.detail() : "unknown";
  }
}
