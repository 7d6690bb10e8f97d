package dev.wsn.simulator;

/** Told how far a run is; called on the thread of the run, often. */
@FunctionalInterface
public interface Progress {
  /**
   * The run came this far.
   *
   * @param share of its virtual time, 0 to 1
   */
  void reached(double share);
}
