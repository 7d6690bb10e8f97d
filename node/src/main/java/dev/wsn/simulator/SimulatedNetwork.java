package dev.wsn.simulator;

import dev.wsn.record.IpPort;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/** Carries envelopes between addresses, with the faults of a run. */
final class SimulatedNetwork {
  /** Takes what arrives at a member. */
  interface Receivers {
    /** An envelope arrived. */
    void receive(Member member, IpPort from, Envelope envelope);
  }

  private final Timeline timeline;
  private final SplittableRandom random;
  private final Trace trace;
  private final Paths paths;
  private final Receivers receivers;
  private final Map<IpPort, Member> members = new HashMap<>();
  private final CRC32C checksum = new CRC32C();
  private Faults faults;
  private boolean isCut;

  SimulatedNetwork(
      Timeline timeline, SplittableRandom random, Trace trace, Faults faults, Receivers receivers) {
    this.timeline = timeline;
    this.random = random;
    this.trace = trace;
    this.faults = faults;
    this.receivers = receivers;
    this.paths = new Paths(faults, random.nextLong());
  }

  Paths paths() {
    return paths;
  }

  /** Opens the member's address; its index decides on which side of a partition it is. */
  void bind(Member member) {
    if (members.put(member.contact().address(), member) != null) {
      throw new IllegalStateException("two members at " + member);
    }
  }

  Optional<Member> at(IpPort address) {
    return Optional.ofNullable(members.get(address));
  }

  /** Begins or ends the partition of the faults. */
  void cut(boolean isOn) {
    isCut = isOn;
  }

  /** From now on only delay. */
  void heal() {
    isCut = false;
    faults = faults.healed();
    members.values().forEach(member -> member.clog(0));
  }

  void send(Member sender, IpPort to, Envelope envelope) {
    Member receiver = members.get(to);
    note(sender, receiver == null ? -1 : receiver.index(), envelope);
    sender.sentTo(to, timeline.nowMillis());
    if (receiver == null
        || isSevered(sender.index(), receiver.index())
        || (faults.loss() > 0 && random.nextDouble() < faults.loss())) {
      trace.lost();
      return;
    }
    deliver(sender, receiver, envelope);
    if (faults.duplicate() > 0 && random.nextDouble() < faults.duplicate()) {
      deliver(sender, receiver, envelope);
    }
  }

  private void note(Member sender, int to, Envelope envelope) {
    checksum.reset();
    checksum.update(envelope.content(), 0, envelope.content().length);
    trace.sent(
        timeline.nowMillis(), sender.index(), to, envelope.lengthBytes(), checksum.getValue());
  }

  private void deliver(Member sender, Member receiver, Envelope envelope) {
    long clogged = Math.max(sender.cloggedUntilMillis(), receiver.cloggedUntilMillis());
    long start = Math.max(timeline.nowMillis(), clogged);
    long delay = paths.delayMillis(sender.index(), receiver.index(), random);
    timeline.at(start + delay, () -> arrive(sender, receiver, envelope));
  }

  private void arrive(Member sender, Member receiver, Envelope envelope) {
    IpPort from = sender.contact().address();
    if (receiver.isReachableFrom(from, timeline.nowMillis())) {
      receivers.receive(receiver, from, envelope);
    } else {
      trace.lost();
    }
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
