package dev.wsn.cli;

import dev.wsn.crypto.PublicKey;
import dev.wsn.gateway.RecordSignature;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.Topic;
import java.time.Duration;
import java.util.List;

/** Whoever holds the key of a record: this machine, or a signer elsewhere. Blocking. */
interface RecordSigner extends RecordSignature, AutoCloseable {
  /** The key that signs. */
  PublicKey author();

  /**
   * Signs.
   *
   * @param endpoints none for a withdrawal
   * @param topics what it is announced under
   * @param createdAt Unix seconds
   * @throws CommandFailure if the rules forbid such a record, or the signer does
   */
  @Override
  AddressRecord sign(
      List<Endpoint> endpoints, List<Topic> topics, long createdAt, Duration lifetime);

  /** Ends connections that would idle until the next signature, which makes new ones. */
  default void hangUp() {}

  /** Forgets the key, or hangs up. */
  @Override
  void close();
}
