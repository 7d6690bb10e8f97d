package dev.wsn.simulator;

import dev.wsn.kademlia.Parameters;
import java.util.List;

/**
 * What a simulated network consists of.
 *
 * @param nodes members that are online at any time
 * @param faults of the network between them
 * @param seal how datagrams are sealed
 * @param start what the members know in the beginning
 * @param natShare share of members behind a NAT; they run as clients
 * @param medianSessionMillis of the churn; 0 for none
 * @param horizonMillis how long the run lasts at most, for the churn
 * @param parameters of the nodes that are not clients
 * @param owners keys whose records are published
 * @param attacks on the network and on these records
 */
record Setup(
    int nodes,
    Faults faults,
    Seal seal,
    Start start,
    double natShare,
    long medianSessionMillis,
    long horizonMillis,
    Parameters parameters,
    int owners,
    List<Attack> attacks) {
  /** Copies the list. */
  Setup {
    attacks = List.copyOf(attacks);
  }

  /** How datagrams are sealed. */
  enum Seal {
    /** As in the product. */
    ECDH,
    /** As in the product, but with keys from a hash of the two public keys. */
    HASH,
    /** Not at all; they are as long as sealed ones. */
    NONE
  }

  /** A quiet network of public nodes that join one after the other. */
  static Setup of(int nodes, Faults faults) {
    return new Setup(
        nodes, faults, Seal.HASH, Start.JOIN, 0, 0, 0, Parameters.defaults(), 0, List.of());
  }

  /** The same with the key agreement of the product. */
  Setup withRealCurve() {
    return new Setup(
        nodes,
        faults,
        Seal.ECDH,
        start,
        natShare,
        medianSessionMillis,
        horizonMillis,
        parameters,
        owners,
        attacks);
  }

  /** The same with open datagrams. */
  Setup withoutSeal() {
    return new Setup(
        nodes,
        faults,
        Seal.NONE,
        start,
        natShare,
        medianSessionMillis,
        horizonMillis,
        parameters,
        owners,
        attacks);
  }
}
