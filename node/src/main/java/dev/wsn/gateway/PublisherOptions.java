package dev.wsn.gateway;

import dev.wsn.record.Endpoint;
import dev.wsn.record.RecordRules;
import dev.wsn.record.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a publisher publishes.
 *
 * @param endpoints in order of preference; none if they are not known yet, and nothing is published
 *     before {@link Publisher#endpointsChanged} tells them
 * @param topics what the relay announces itself under, at most {@link Topic#MAX_OF_RECORD}
 * @param lifetime of each record; it is renewed at a third of it
 * @param stateFile where the time of the last record is kept, so that a restart never goes back
 * @param isWithdrawnOnStop whether a stop says that the key is nowhere now
 */
public record PublisherOptions(
    List<Endpoint> endpoints,
    List<Topic> topics,
    Duration lifetime,
    Path stateFile,
    boolean isWithdrawnOnStop) {
  /** Two hours. */
  public static final Duration DEFAULT_LIFETIME = Duration.ofHours(2);

  private static final Duration SHORTEST_LIFETIME = Duration.ofSeconds(3);

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException with a sentence for people
   */
  public PublisherOptions {
    endpoints = List.copyOf(endpoints);
    topics = List.copyOf(topics);
    if (topics.size() > Topic.MAX_OF_RECORD) {
      throw new IllegalArgumentException(
          "a relay announces itself under at most " + Topic.MAX_OF_RECORD + " topics");
    }
    boolean isTooLong = lifetime.compareTo(RecordRules.MAX_LIFETIME) > 0;
    if (isTooLong || lifetime.compareTo(SHORTEST_LIFETIME) < 0) {
      throw new IllegalArgumentException(
          "a record lives from 3 s to 24 h, not " + lifetime.toSeconds() + " s");
    }
  }

  /** The file next to a key file. */
  public static Path stateFileOf(Path keyFile) {
    String name = keyFile.getFileName() + ".published";
    return keyFile.resolveSibling(name);
  }
}
