package dev.wsn.simulator;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Acquaintance;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.EffectHandler;
import dev.wsn.kademlia.Kademlia;
import dev.wsn.kademlia.KademliaObserver;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Now;
import dev.wsn.kademlia.OperationId;
import dev.wsn.kademlia.Outcome;
import dev.wsn.kademlia.Parameters;
import dev.wsn.kademlia.Protocol;
import dev.wsn.kademlia.ReadPolicy;
import dev.wsn.kademlia.RecordIndex;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.Token;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpPort;
import dev.wsn.wire.Opened;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A node of the product in virtual time: the step machine, its mail, a disk that takes a while, one
 * timer. It can crash and start again with what is on its disk.
 */
final class SimulatedNode implements EffectHandler {
  private static final int MAX_DISK_MILLIS = 20;

  /** How long a node that sleeps otherwise stays awake for answers. */
  private static final long AWAKE_MILLIS = 5_000;

  /** What a node shares with the others of its run. */
  record World(
      Setup setup,
      Timeline timeline,
      SimulatedNetwork network,
      Trace trace,
      Safety safety,
      Adversaries adversaries,
      BiFunction<Member, SplittableRandom, Mail> mail) {}

  private final World world;
  private final Member member;
  private final SplittableRandom random;
  private final long wallSkewSeconds;
  private final long originMillis;
  private final Disk disk;
  private final Map<OperationId, Consumer<Outcome>> operations = new HashMap<>(2);

  /** What an adversary was asked for last. */
  private NodeId lastTarget = new NodeId(0, 0, 0, 0);

  private Kademlia kademlia;
  private RecordIndex index;
  private Mail mail;
  private boolean isUp;
  private long starts;
  private long startedAtMillis;
  private long lastSentMillis;
  private long wakeAtMillis;
  private long plannedMillis;
  private long operationNumbers;

  SimulatedNode(World world, Member member, SplittableRandom random) {
    this.world = world;
    this.member = member;
    this.random = random;
    int skew = world.setup().faults().wallSkewSeconds();
    this.wallSkewSeconds = random.nextInt(-skew, skew + 1);
    this.originMillis = random.nextLong(1L << 40);
    this.disk = member.disk();
    this.index = disk.index(world.setup().parameters().maxRecords());
    this.kademlia = newKademlia();
    this.mail = world.mail().apply(member, random);
  }

  Contact contact() {
    return member.contact();
  }

  Member member() {
    return member;
  }

  boolean isUp() {
    return isUp;
  }

  /** How often it was started. */
  long starts() {
    return starts;
  }

  long startedAtMillis() {
    return startedAtMillis;
  }

  /** Its monotonic clock at the beginning of virtual time. */
  long originMillis() {
    return originMillis;
  }

  Disk disk() {
    return disk;
  }

  Kademlia kademlia() {
    return kademlia;
  }

  RecordIndex index() {
    return index;
  }

  /** Whether nothing would be lost if this node were forgotten and made again. */
  boolean isIdle() {
    return operations.isEmpty() && !isAwake();
  }

  Now now() {
    long millis = world.timeline().nowMillis();
    long unixSeconds = Timeline.EPOCH_SECONDS + millis / 1000 + wallSkewSeconds;
    return new Now(originMillis + millis, unixSeconds);
  }

  /** Starts, or starts again after a crash, from what is on disk. */
  void start(List<Contact> seeds) {
    starting();
    List<Contact> known = disk.contacts().isEmpty() ? seeds : disk.contacts();
    begin(outcome -> {}, id -> kademlia.join(now(), id, known));
  }

  /** Starts in the middle of its life. */
  void startGrown(List<Acquaintance> acquaintances) {
    starting();
    apply(kademlia.begin(now(), contact().address(), acquaintances));
  }

  private void starting() {
    isUp = true;
    startedAtMillis = world.timeline().nowMillis();
    lastSentMillis = startedAtMillis - AWAKE_MILLIS;
    wakeAtMillis = Long.MAX_VALUE;
    plannedMillis = Long.MAX_VALUE;
    if (++starts > 1) {
      index = disk.index(world.setup().parameters().maxRecords());
      kademlia = newKademlia();
      mail = world.mail().apply(member, random);
    }
  }

  /** Loses everything that is not on disk. */
  void crash() {
    disk.remember(kademlia.contacts());
    isUp = false;
    operations.clear();
  }

  void publish(AddressRecord addressRecord, Consumer<Outcome> done) {
    begin(done, id -> kademlia.publish(now(), id, addressRecord));
  }

  void resolve(PublicKey key, ReadPolicy policy, Consumer<Outcome> done) {
    begin(
        outcome -> {
          world.safety().read(this, key, (Outcome.Read) outcome);
          done.accept(outcome);
        },
        id -> kademlia.resolve(now(), id, key, policy));
  }

  private void begin(Consumer<Outcome> done, Function<OperationId, List<Effect>> command) {
    OperationId id = new OperationId(++operationNumbers);
    operations.put(id, done);
    apply(command.apply(id));
  }

  void receive(IpPort from, Envelope envelope) {
    if (!isUp) {
      return;
    }
    Opened opened = mail.open(now().monotonicMillis(), envelope, from);
    if (opened instanceof Opened.IncomingRequest incoming) {
      member.countRequest();
      if (isCorrupt(incoming)) {
        return;
      }
      List<Effect> effects = kademlia.receive(now(), incoming.caller(), incoming.request());
      world.safety().asked(this, incoming);
      apply(effects);
      world.safety().answered(incoming);
    } else if (opened instanceof Opened.IncomingReply incoming) {
      apply(kademlia.receive(now(), from, incoming.replier(), incoming.reply()));
    } else if (opened instanceof Opened.Unproven unproven) {
      transmit(from, new Envelope.Sealed(unproven.challenge()));
    } else if (opened instanceof Opened.Challenged challenged) {
      apply(kademlia.challenged(now(), from, challenged.callee(), challenged.request()));
    } else {
      world.safety().rejected(((Opened.Rejected) opened).reason());
      world.trace().rejected(((Opened.Rejected) opened).reason());
    }
  }

  /** Whether this is an adversary that does with a request what no honest node does. */
  private boolean isCorrupt(Opened.IncomingRequest incoming) {
    if (member.role() == Role.HONEST) {
      return false;
    }
    Request request = incoming.request();
    if (request.ask() instanceof Request.FindRecord find) {
      lastTarget = find.target();
    }
    Adversaries.Decision decision =
        world.adversaries().decide(member.role(), incoming).orElse(null);
    if (decision == null) {
      return false;
    }
    decision
        .answer()
        .ifPresent(
            answer -> {
              Reply reply =
                  new Reply(request.id(), incoming.caller().address(), new Token(1), answer);
              Effect.Answer effect =
                  new Effect.Answer(incoming.caller(), reply, Protocol.MAX_DATAGRAM_BYTES);
              transmit(incoming.caller().address(), mail.seal(effect));
            });
    return true;
  }

  private void apply(List<Effect> effects) {
    world.safety().effects(effects);
    for (Effect effect : effects) {
      effect.applyTo(this);
    }
  }

  @Override
  public void send(Effect.Send effect) {
    lastSentMillis = world.timeline().nowMillis();
    transmit(effect.to().address(), mail.seal(effect));
  }

  @Override
  public void answer(Effect.Answer effect) {
    world.safety().answers(this, effect);
    Effect.Answer said =
        member.role() == Role.STALE ? world.adversaries().falsified(lastTarget, effect) : effect;
    transmit(effect.to().address(), mail.seal(said));
  }

  private void transmit(IpPort to, Envelope envelope) {
    world.safety().sent(to, envelope.lengthBytes());
    world.network().send(member, to, envelope);
  }

  @Override
  public void persist(Effect.Persist effect) {
    long start = starts;
    world
        .timeline()
        .after(
            1 + random.nextInt(MAX_DISK_MILLIS),
            () -> {
              if (isUp && starts == start) {
                disk.write(effect.held().addressRecord());
                apply(kademlia.persisted(now(), effect.ticket(), true));
              }
            });
  }

  @Override
  public void erase(Effect.Erase effect) {
    disk.erase(effect.addressRecord());
  }

  @Override
  public void finish(Effect.Finish effect) {
    Consumer<Outcome> done = operations.get(effect.operation());
    boolean isFinal = !(effect.outcome() instanceof Outcome.Read read) || read.isFinal();
    world.safety().finishes(this, effect, done != null);
    if (isFinal) {
      operations.remove(effect.operation());
    }
    if (done != null) {
      done.accept(effect.outcome());
    }
  }

  @Override
  public void wakeAt(Effect.WakeAt effect) {
    wakeAtMillis = effect.monotonicMillis() - originMillis;
    if (wakeAtMillis < plannedMillis && isAwake()) {
      plan();
    }
  }

  /** In a snapshot only who waits for something has a timer. */
  private boolean isAwake() {
    return world.setup().start() != Start.SNAPSHOT
        || !operations.isEmpty()
        || world.timeline().nowMillis() < lastSentMillis + AWAKE_MILLIS;
  }

  /** Plans the timer; one that comes too early plans itself again, so there are never many. */
  private void plan() {
    long due = wakeAtMillis;
    long start = starts;
    plannedMillis = due;
    world
        .timeline()
        .at(
            due,
            () -> {
              if (!isUp || starts != start || plannedMillis != due) {
                return;
              }
              plannedMillis = Long.MAX_VALUE;
              if (!isAwake()) {
                return;
              }
              if (wakeAtMillis <= world.timeline().nowMillis()) {
                apply(kademlia.wake(now()));
              } else {
                plan();
              }
            });
  }

  private Kademlia newKademlia() {
    KademliaObserver writesDown =
        new KademliaObserver() {
          @Override
          public void newestSeen(AddressRecord addressRecord) {
            disk.remember(addressRecord);
          }
        };
    Parameters server = world.setup().parameters();
    return new Kademlia(
        member.isNatted() ? server.asClient() : server,
        contact().key(),
        world.safety().rules(),
        index,
        disk.memory(),
        random.split(),
        writesDown);
  }

  @Override
  public String toString() {
    return member.toString();
  }
}
