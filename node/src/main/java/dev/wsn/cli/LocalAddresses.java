package dev.wsn.cli;

import dev.wsn.record.AddressScope;
import dev.wsn.record.Endpoint;
import java.util.List;

/** Says early, and with the remedy, which addresses nobody else could use. */
final class LocalAddresses {
  private LocalAddresses() {}

  /**
   * Checks addresses that others shall be told.
   *
   * @param isLocal whether loopback and private ones are wanted
   * @throws CommandFailure for the first that cannot be told to anybody
   */
  static void check(List<Endpoint> endpoints, boolean isLocal) {
    for (Endpoint endpoint : endpoints) {
      check(endpoint.address(), endpoint.scope(), isLocal);
    }
  }

  /**
   * As {@link #check(List, boolean)} for one address.
   *
   * @param text the address in messages
   */
  static void check(String text, AddressScope scope, boolean isLocal) {
    if (scope == AddressScope.UNUSABLE) {
      throw CommandFailure.usage(
          text
              + " is an unspecified, multicast or reserved address, which nobody can connect to;"
              + " give the address that others see");
    }
    if (scope != AddressScope.PUBLIC && !isLocal) {
      throw CommandFailure.usage(
          text
              + (scope == AddressScope.LOOPBACK
                  ? " is a loopback address, which is this machine only"
                  : " is a private address, which the Internet cannot reach")
              + "; give a public one, or add --local for a network of your own");
    }
  }
}
