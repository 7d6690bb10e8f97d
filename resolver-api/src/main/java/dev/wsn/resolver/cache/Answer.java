package dev.wsn.resolver.cache;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolutionJson;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A resolution with the time when the network said so. Its JSON is written once, however often it
 * is served. Immutable; thread-safe.
 */
public final class Answer {
  private final PublicKey key;
  private final Resolution resolution;
  private final long ageSeconds;
  private volatile byte @Nullable [] json;

  Answer(PublicKey key, Resolution resolution, long ageSeconds) {
    this.key = key;
    this.resolution = resolution;
    this.ageSeconds = ageSeconds;
  }

  /** What was asked for. */
  public PublicKey key() {
    return key;
  }

  /** What is known of it. */
  public Resolution resolution() {
    return resolution;
  }

  /** Seconds since the network said so; 0 for an answer that has just come. */
  public long ageSeconds() {
    return ageSeconds;
  }

  /** The record of a found or withdrawn key. */
  public Optional<AddressRecord> newest() {
    return newest(resolution);
  }

  static Optional<AddressRecord> newest(Resolution resolution) {
    if (resolution instanceof Resolution.Found found) {
      return Optional.of(found.addressRecord());
    }
    return resolution instanceof Resolution.Withdrawn withdrawn
        ? Optional.of(withdrawn.addressRecord())
        : Optional.empty();
  }

  /** The resolution as {@link ResolutionJson} writes it; shared, not to be changed. */
  public byte[] json() {
    byte[] written = json;
    if (written == null) {
      written = ResolutionJson.write(key, resolution);
      json = written;
    }
    return written;
  }

  /** The same answer, later; keeps what was written. */
  Answer aged(long seconds) {
    if (seconds == ageSeconds) {
      return this;
    }
    Answer later = new Answer(key, resolution, seconds);
    later.json = json();
    return later;
  }
}
