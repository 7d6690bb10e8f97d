package dev.wsn.simulator;

import dev.wsn.record.IpPort;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Carries datagrams between addresses, with the faults of a run. */
final class SimulatedNetwork {
  private static final double P95_SIGMAS = 1.6449;
  private static final long MAX_DELAY_MILLIS = 10_000;

  /** Takes what arrives at an address. */
  interface Receiver {
    /** A datagram arrived; the array is the receiver's. */
    void receive(IpPort from, byte[] datagram);
  }

  private static final class Port {
    final Receiver receiver;
    final int index;
    long cloggedUntilMillis;

    Port(Receiver receiver, int index) {
      this.receiver = receiver;
      this.index = index;
    }
  }

  private final Timeline timeline;
  private final RandomGenerator random;
  private final Trace trace;
  private final Map<IpPort, Port> ports = new HashMap<>();
  private Faults faults;
  private boolean isCut;

  SimulatedNetwork(Timeline timeline, RandomGenerator random, Trace trace, Faults faults) {
    this.timeline = timeline;
    this.random = random;
    this.trace = trace;
    this.faults = faults;
  }

  /** Opens a port; its index decides on which side of a partition it is. */
  void bind(IpPort address, int index, Receiver receiver) {
    if (ports.put(address, new Port(receiver, index)) != null) {
      throw new IllegalStateException("two nodes at " + address);
    }
  }

  /** Begins or ends the partition of the faults. */
  void cut(boolean isOn) {
    isCut = isOn;
  }

  /** Holds everything from and to an address back until a time. */
  void clog(IpPort address, long untilMillis) {
    Port port = ports.get(address);
    if (port != null) {
      port.cloggedUntilMillis = untilMillis;
    }
  }

  /** From now on only delay. */
  void heal() {
    isCut = false;
    faults =
        new Faults(
            faults.seed(),
            faults.nodes(),
            faults.delayMedianMillis(),
            faults.delayP95Millis(),
            0,
            0,
            Faults.Partition.NONE,
            0,
            0,
            0,
            faults.hasRealCurve());
    ports.values().forEach(port -> port.cloggedUntilMillis = 0);
  }

  void send(IpPort from, IpPort to, byte[] datagram) {
    Port sender = ports.get(from);
    Port receiver = ports.get(to);
    trace.sent(timeline.nowMillis(), from, to, datagram);
    if (sender == null
        || receiver == null
        || isSevered(sender.index, receiver.index)
        || random.nextDouble() < faults.loss()) {
      trace.lost();
      return;
    }
    deliver(sender, from, receiver, datagram);
    if (random.nextDouble() < faults.duplicate()) {
      deliver(sender, from, receiver, datagram.clone());
    }
  }

  private void deliver(Port sender, IpPort from, Port receiver, byte[] datagram) {
    long clogged = Math.max(sender.cloggedUntilMillis, receiver.cloggedUntilMillis);
    long start = Math.max(timeline.nowMillis(), clogged);
    timeline.at(start + delayMillis(), () -> receiver.receiver.receive(from, datagram));
  }

  private long delayMillis() {
    double sigma = Math.log(faults.delayP95Millis() / faults.delayMedianMillis()) / P95_SIGMAS;
    double millis = faults.delayMedianMillis() * Math.exp(sigma * random.nextGaussian());
    return Math.min(MAX_DELAY_MILLIS, Math.round(millis));
  }

  private boolean isSevered(int from, int to) {
    if (!isCut) {
      return false;
    }
    return switch (faults.partition()) {
      case NONE -> false;
      case HALVES -> from % 2 != to % 2;
      case ONE_WAY -> from % 2 == 1 && to % 2 == 0;
      case SINGLE -> (from == 0) != (to == 0);
    };
  }
}
