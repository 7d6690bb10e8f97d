package dev.wsn.resolver;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import java.util.concurrent.CompletionStage;

/**
 * Where is this key now? Implemented by a DHT node and by {@code ResolverClient}. Thread-safe;
 * stages complete on a thread of the implementation and never with an exception for what a remote
 * party did.
 */
public interface Resolver {
  /** Looks a key up. */
  CompletionStage<Resolution> resolve(PublicKey key, ResolvePolicy policy);

  /** Verifies an event and publishes it. */
  CompletionStage<Publication> publish(NostrEvent event);

  /** Publishes a record that this process signed or verified. */
  default CompletionStage<Publication> publish(AddressRecord addressRecord) {
    return publish(addressRecord.event());
  }
}
