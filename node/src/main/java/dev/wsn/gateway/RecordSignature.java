package dev.wsn.gateway;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.Topic;
import java.time.Duration;
import java.util.List;

/** Signs the records of one key, here or through somebody elsewhere. */
@FunctionalInterface
public interface RecordSignature {
  /**
   * Signs. May block, minutes if a person has to allow it; {@link Publisher} calls it on a worker
   * thread, never twice at a time.
   *
   * @param endpoints none for a withdrawal
   * @param topics what it is announced under
   * @param createdAt Unix seconds
   * @throws RuntimeException if the rules forbid such a record, or the signer does or is away; the
   *     message is for people
   */
  AddressRecord sign(
      List<Endpoint> endpoints, List<Topic> topics, long createdAt, Duration lifetime);
}
