package dev.wsn.simulator;

import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.NodeId;
import dev.wsn.record.IpPort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The members of a run: who they are, when they come and go, and which of them are in memory. A
 * member that leaves never returns; somebody new takes its place at once.
 */
final class Crowd implements SimulatedNetwork.Receivers {
  /** Members that are always there and that everybody knows of. */
  static final int SEEDS = 3;

  /** How long the churn has been going on when the run begins. */
  private static final long WARM_UP_MILLIS = 48 * 60 * 60_000L;

  /** Who left longer ago than this stands in no table any more. */
  private static final long REMEMBERED_MILLIS = 15 * 60_000;

  /** Nodes of a snapshot that are in memory. */
  private static final int MAX_AWAKE = 20_000;

  private final Setup setup;
  private final Timeline timeline;
  private final SplittableRandom random;
  private final List<Member> members = new ArrayList<>();
  private final Map<Member, SimulatedNode> awake = new LinkedHashMap<>(16, 0.75f, true);
  private SimulatedNode.@Nullable World world;
  private @Nullable GrownTables grown;

  Crowd(Setup setup, Timeline timeline, SplittableRandom random) {
    this.setup = setup;
    this.timeline = timeline;
    this.random = random;
  }

  /** Makes the members. */
  void settle(
      Population population,
      SimulatedNode.World newWorld,
      Supplier<Ground> ground,
      List<NodeId> targets) {
    world = newWorld;
    Sessions sessions = new Sessions(Math.max(1, setup.medianSessionMillis()));
    for (int i = 0; i < setup.nodes(); i++) {
      Role role = i < SEEDS ? Role.HONEST : drawRole();
      if (i < SEEDS || role != Role.HONEST || setup.medianSessionMillis() == 0) {
        add(population, i < SEEDS, role, Long.MIN_VALUE, Long.MAX_VALUE);
        continue;
      }
      long from = -WARM_UP_MILLIS;
      while (from <= setup.horizonMillis()) {
        long until = from + sessions.drawMillis(random);
        if (until > -REMEMBERED_MILLIS) {
          add(population, false, Role.HONEST, from, until);
        }
        from = until;
      }
    }
    for (Attack attack : setup.attacks()) {
      if (attack.kind().isPerRecord()) {
        targets.forEach(target -> surround(target, attack, population, ground.get()));
      }
    }
  }

  private Role drawRole() {
    if (setup.attacks().isEmpty()) {
      return Role.HONEST;
    }
    // Adversaries are servers, so their share of all members is smaller.
    double draw = random.nextDouble() / (1 - setup.natShare());
    for (Attack attack : setup.attacks()) {
      if (!attack.kind().isPerRecord()) {
        draw -= attack.amount();
        if (draw < 0) {
          return Role.of(attack.kind());
        }
      }
    }
    return Role.HONEST;
  }

  private void surround(NodeId target, Attack attack, Population population, Ground ground) {
    int count = (int) attack.amount();
    List<Contact> places =
        attack.kind() == Attack.Kind.SUBNET
            ? ground.nearInOneSubnet(target, count)
            : ground.near(target, count, Ground.KEY_TRIES);
    for (Contact place : places) {
      population
          .member(members.size(), place)
          .ifPresent(
              member -> {
                member.plays(Role.of(attack.kind()));
                enter(member);
              });
    }
  }

  private void add(Population population, boolean isSeed, Role role, long from, long until) {
    boolean isNatted = !isSeed && role == Role.HONEST && random.nextDouble() < honestNatShare();
    Member member = population.member(members.size(), isNatted);
    member.isOnline(from, until);
    member.plays(role);
    enter(member);
  }

  /** Adversaries are behind no NAT, so of the honest more are. */
  private double honestNatShare() {
    double adversaries =
        setup.attacks().stream()
            .filter(attack -> !attack.kind().isPerRecord())
            .mapToDouble(Attack::amount)
            .sum();
    double share = setup.natShare();
    return share / (share + (1 - share) * (1 - Math.min(1, adversaries)));
  }

  private void enter(Member member) {
    members.add(member);
    world().network().bind(member);
    if (member.role() != Role.HONEST) {
      world().adversaries().join(member);
    }
  }

  /** Brings the members to where they are at the beginning, as far as that takes no time. */
  void begin() {
    if (setup.start() != Start.JOIN) {
      List<Member> known = new ArrayList<>(members);
      if (setup.start() == Start.GROWN) {
        known.removeIf(member -> member.onlineFromMillis() > 0);
      }
      grown = new GrownTables(known, world().network().paths(), random.split());
    }
    if (setup.start() == Start.SNAPSHOT) {
      return;
    }
    for (Member member : members) {
      long from = member.onlineFromMillis();
      long until = member.onlineUntilMillis();
      if (from > 0) {
        timeline.at(from, () -> load(member).start(seeds()));
      } else if (until > 0) {
        SimulatedNode node = load(member);
        if (grown != null) {
          node.startGrown(grown.of(member, 0, node.originMillis()));
        }
      }
      if (until > 0 && until != Long.MAX_VALUE) {
        timeline.at(until, () -> unload(member));
      }
    }
  }

  private SimulatedNode load(Member member) {
    SimulatedNode node = new SimulatedNode(world(), member, random.split());
    member.holds(node);
    return node;
  }

  private static void unload(Member member) {
    SimulatedNode node = member.node();
    if (node != null) {
      node.crash();
      member.holds(null);
    }
  }

  /** The node of a member that is online. */
  Optional<SimulatedNode> nodeOf(Member member) {
    if (!member.isOnlineAt(timeline.nowMillis())) {
      return Optional.empty();
    }
    if (setup.start() != Start.SNAPSHOT || grown == null) {
      return Optional.ofNullable(member.node());
    }
    SimulatedNode node = awake.get(member);
    if (node == null) {
      node = load(member);
      node.startGrown(grown.of(member, timeline.nowMillis(), node.originMillis()));
      awake.put(member, node);
      if (awake.size() > MAX_AWAKE) {
        sleepOne();
      }
    }
    return Optional.of(node);
  }

  /** Forgets the node that was used longest ago and waits for nothing. */
  private void sleepOne() {
    for (Map.Entry<Member, SimulatedNode> each : awake.entrySet()) {
      if (each.getValue().isIdle()) {
        unload(each.getKey());
        awake.remove(each.getKey());
        return;
      }
    }
  }

  @Override
  public void receive(Member member, IpPort from, Envelope envelope) {
    nodeOf(member).ifPresent(node -> node.receive(from, envelope));
  }

  List<Member> members() {
    return members;
  }

  /** The contacts that newcomers start from. */
  List<Contact> seeds() {
    return members.stream().limit(SEEDS).map(Member::contact).toList();
  }

  /** Some member that is online and of a kind, which must exist. */
  Member any(SplittableRandom choice, Predicate<Member> kind) {
    Member member;
    do {
      member = members.get(choice.nextInt(members.size()));
    } while (!member.isOnlineAt(timeline.nowMillis()) || !kind.test(member));
    return member;
  }

  private SimulatedNode.World world() {
    if (world == null) {
      throw new IllegalStateException("the crowd is not settled");
    }
    return world;
  }
}
