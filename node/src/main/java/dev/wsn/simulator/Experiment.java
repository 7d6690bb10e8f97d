package dev.wsn.simulator;

import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Outcome;
import dev.wsn.kademlia.Parameters;
import dev.wsn.record.AddressRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Runs a {@link Plan}. One thread; owned by the caller of {@link #run}. */
public final class Experiment {
  private static final long JOIN_PAUSE_MILLIS = 10;
  private static final long SETTLE_MILLIS = 20_000;
  private static final long PUBLISH_PAUSE_MILLIS = 20;
  private static final long PUBLISH_TRY_MILLIS = 30_000;

  /** Who came less than this ago is still joining. */
  private static final long SETTLED_MILLIS = 30_000;

  private static final long CUT_MILLIS = 10 * 60_000;
  private static final long REUNION_MILLIS = 5 * 60_000;
  private static final int RECORDS_READ_BY_ALL = 5;
  private static final long LAST_MILLIS = 4 * 60_000;

  private final Plan plan;
  private final SplittableRandom random;
  private final Progress progress;
  private final Simulation simulation;
  private final List<Owner> owners = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();
  private long expectedMillis;
  private long measuredFromMillis;
  private int started;
  private int unpublished;
  private long acknowledgements;

  private Experiment(Plan plan, SplittableRandom random, Progress progress) {
    this.plan = plan;
    this.random = random;
    this.progress = progress;
    Faults faults =
        Faults.calm()
            .withRoundTrips(plan.rttMedianMillis(), plan.rttP95Millis())
            .withLoss(plan.loss())
            .withPartition(
                plan.scenario() == Scenario.PARTITION
                    ? Faults.Partition.HALVES
                    : Faults.Partition.NONE);
    long preparation =
        SETTLE_MILLIS
            + (plan.start() == Start.JOIN ? plan.nodes() * JOIN_PAUSE_MILLIS : 0)
            + 2 * (plan.records() * PUBLISH_PAUSE_MILLIS + PUBLISH_TRY_MILLIS);
    long partition = plan.scenario() == Scenario.PARTITION ? CUT_MILLIS + REUNION_MILLIS : 0;
    this.expectedMillis = preparation + partition + plan.duration().toMillis() + SETTLE_MILLIS;
    Setup setup =
        new Setup(
            plan.nodes(),
            faults,
            plan.isSealed() ? Setup.Seal.HASH : Setup.Seal.NONE,
            plan.start(),
            plan.natShare(),
            plan.medianSession().toMillis(),
            expectedMillis + Simulation.OPERATION_MILLIS,
            Parameters.defaults(),
            plan.records(),
            plan.attacks());
    this.simulation = new Simulation(setup, random, node -> List.of());
  }

  /**
   * Runs a plan to its end.
   *
   * @param seed names the random source in the findings
   * @param random source of everything that happens
   */
  public static Findings run(Plan plan, long seed, SplittableRandom random, Progress progress) {
    return new Experiment(plan, random, progress).findings(seed);
  }

  private Findings findings(long seed) {
    if (plan.start() == Start.JOIN) {
      for (SimulatedNode node : simulation.nodes()) {
        simulation.start(node);
        pass(JOIN_PAUSE_MILLIS);
      }
    }
    pass(plan.start() == Start.SNAPSHOT ? 0 : SETTLE_MILLIS);
    publish();
    if (plan.scenario() == Scenario.PARTITION) {
      cutAndMend();
    }
    simulation.crowd().members().forEach(Member::forgetRequests);
    measuredFromMillis = simulation.timeline().nowMillis();
    measure();
    List<Double> loads = loads();
    pass(SETTLE_MILLIS);
    progress.reached(1);
    int confirmed = owners.size();
    return new Findings(
        plan,
        seed,
        simulation.trace().hash(),
        simulation.trace().datagrams(),
        simulation.trace().bytes(),
        simulation.timeline().nowMillis(),
        confirmed,
        unpublished,
        confirmed == 0 ? 0 : (double) acknowledgements / confirmed,
        samples,
        started - samples.size(),
        loads);
  }

  /** Lets time pass and tells of it. */
  private void pass(long millis) {
    long left = millis;
    while (left > 0) {
      long step = Math.min(left, 1000);
      simulation.timeline().run(step);
      left -= step;
      double share = (double) simulation.timeline().nowMillis() / expectedMillis;
      progress.reached(Math.min(1, share));
    }
  }

  private Duration lifetime() {
    return plan.scenario() == Scenario.SURVIVAL ? Duration.ofHours(24) : Duration.ofHours(2);
  }

  private void publish() {
    for (Owner owner : simulation.owners()) {
      publish(owner);
      pass(PUBLISH_PAUSE_MILLIS);
    }
    pass(PUBLISH_TRY_MILLIS);
    unpublished = plan.records() - owners.size();
    if (plan.attacks().stream().anyMatch(attack -> attack.kind() == Attack.Kind.STALE)) {
      replaceAll();
    }
  }

  /** Publishes a newer version of every record, so that there are older ones to hand out. */
  private void replaceAll() {
    for (Owner owner : owners) {
      AddressRecord older = owner.confirmed().orElseThrow();
      simulation.adversaries().replaced(NodeId.ofRecord(owner.key()), older.event());
      SimulatedNode node = anyNode(member -> true);
      simulation.publishing(
          node, owner, owner.sign(node.now().unixSeconds(), lifetime()), outcome -> {});
      pass(PUBLISH_PAUSE_MILLIS);
    }
    pass(PUBLISH_TRY_MILLIS);
  }

  private void publish(Owner owner) {
    SimulatedNode node = anyNode(member -> true);
    AddressRecord signed = owner.sign(node.now().unixSeconds(), lifetime());
    simulation.publishing(
        node,
        owner,
        signed,
        outcome -> {
          if (owner.confirmed().filter(signed::equals).isPresent() && !owners.contains(owner)) {
            acknowledgements += ((Outcome.Published) outcome).acknowledged();
            owners.add(owner);
          }
        });
  }

  private SimulatedNode anyNode(java.util.function.Predicate<Member> kind) {
    long now = simulation.timeline().nowMillis();
    boolean hasJustBegun = now < 2 * SETTLED_MILLIS;
    Member member =
        simulation
            .crowd()
            .any(
                random,
                any ->
                    kind.test(any)
                        && any.role() == Role.HONEST
                        && (hasJustBegun || any.onlineFromMillis() <= now - SETTLED_MILLIS));
    return simulation.crowd().nodeOf(member).orElseThrow();
  }

  /** The first half of the records is published anew by members of one half. */
  private void cutAndMend() {
    simulation.network().cut(true);
    pass(CUT_MILLIS / 2);
    for (Owner owner : List.copyOf(owners.subList(0, owners.size() / 2))) {
      SimulatedNode node = anyNode(member -> member.index() % 2 == 0);
      simulation.publishing(
          node, owner, owner.sign(node.now().unixSeconds(), lifetime()), outcome -> {});
    }
    pass(CUT_MILLIS / 2);
    simulation.network().cut(false);
    pass(REUNION_MILLIS);
  }

  private void measure() {
    long millis = plan.duration().toMillis();
    if (plan.scenario() == Scenario.PARTITION) {
      readFromEverywhere(millis);
      return;
    }
    boolean isSurvival = plan.scenario() == Scenario.SURVIVAL;
    long steady = isSurvival ? Math.max(1, millis - LAST_MILLIS) : millis;
    spread(plan.lookups(), steady, i -> lookUp(owners.get(random.nextInt(owners.size()))));
    if (isSurvival) {
      spread(owners.size(), millis - steady, i -> lookUp(owners.get(i)));
    }
  }

  /** Each of some records is read by every member that is online. */
  private void readFromEverywhere(long millis) {
    int count = Math.min(RECORDS_READ_BY_ALL, owners.size());
    List<Member> readers = new ArrayList<>(simulation.crowd().members());
    readers.removeIf(member -> member.role() != Role.HONEST);
    spread(
        count * readers.size(),
        millis,
        i -> {
          // The first ones have newer records in one half, the last ones have not.
          int which = i % count;
          Owner owner = owners.get(which % 2 == 0 ? which : owners.size() - which);
          simulation.crowd().nodeOf(readers.get(i / count)).ifPresent(node -> lookUp(node, owner));
        });
  }

  private void spread(int count, long millis, java.util.function.IntConsumer action) {
    for (int i = 0; i < count && !owners.isEmpty(); i++) {
      pass(millis * (i + 1) / count - millis * i / count);
      action.accept(i);
    }
  }

  private void lookUp(Owner owner) {
    lookUp(anyNode(member -> true), owner);
  }

  private void lookUp(SimulatedNode reader, Owner owner) {
    Optional<AddressRecord> expected = owner.confirmed();
    long start = simulation.timeline().nowMillis();
    List<Outcome.Read> first = new ArrayList<>(1);
    started++;
    simulation.resolving(
        reader,
        owner.key(),
        plan.policy(),
        outcome -> first.add((Outcome.Read) outcome),
        outcome -> {
          // In a snapshot nobody stops a member that leaves; its lookup is abandoned all the same.
          if (!reader.member().isOnlineAt(simulation.timeline().nowMillis())) {
            return;
          }
          Outcome.Read last = (Outcome.Read) outcome;
          Outcome.Read answer = first.isEmpty() ? last : first.get(0);
          samples.add(
              new Sample(
                  start - measuredFromMillis,
                  answer.evidence().elapsedMillis(),
                  last.evidence().elapsedMillis(),
                  result(answer, expected),
                  result(last, expected),
                  answer.evidence().hops(),
                  last.evidence().asked()));
        });
  }

  private static Sample.Result result(Outcome.Read answer, Optional<AddressRecord> expected) {
    AddressRecord newest = answer.newest().orElse(null);
    if (newest == null) {
      return Sample.Result.MISSING;
    }
    boolean isOlder =
        expected.filter(known -> known.version().supersedes(newest.version())).isPresent();
    return isOlder ? Sample.Result.STALE : Sample.Result.FRESH;
  }

  private List<Double> loads() {
    long now = simulation.timeline().nowMillis();
    double minutes = (now - measuredFromMillis) / 60_000.0;
    return simulation.crowd().members().stream()
        .filter(
            member -> member.role() == Role.HONEST && !member.isNatted() && member.isOnlineAt(now))
        .map(member -> member.requestsReceived() / minutes)
        .sorted()
        .toList();
  }
}
