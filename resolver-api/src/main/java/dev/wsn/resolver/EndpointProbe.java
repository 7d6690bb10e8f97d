package dev.wsn.resolver;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Dials the endpoints of a record and has the holder of the key prove itself. Thread-safe; stages
 * complete on a thread of the implementation and never with an exception for what a remote party
 * did.
 */
public interface EndpointProbe {
  /**
   * What became of one endpoint.
   *
   * @param endpoint which
   * @param roundTripMillis from dialling until the key was proved; empty if it was not
   * @param detail a sentence for people
   */
  record Report(Endpoint endpoint, OptionalLong roundTripMillis, String detail) {
    /** Whether the holder of the key answers there. */
    public boolean isReachable() {
      return roundTripMillis.isPresent();
    }
  }

  /**
   * Dials every endpoint.
   *
   * @return one report for each endpoint of the record, in its order
   */
  CompletionStage<List<Report>> probe(AddressRecord addressRecord);

  /** Dials nobody. */
  static EndpointProbe none() {
    return signed ->
        CompletableFuture.completedFuture(
            signed.endpoints().stream()
                .map(
                    endpoint ->
                        new Report(endpoint, OptionalLong.empty(), "this resolver does not dial"))
                .toList());
  }
}
