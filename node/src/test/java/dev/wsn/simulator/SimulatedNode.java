package dev.wsn.simulator;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.EffectHandler;
import dev.wsn.kademlia.Kademlia;
import dev.wsn.kademlia.KademliaObserver;
import dev.wsn.kademlia.Now;
import dev.wsn.kademlia.OperationId;
import dev.wsn.kademlia.Outcome;
import dev.wsn.kademlia.Parameters;
import dev.wsn.kademlia.ReadPolicy;
import dev.wsn.kademlia.RecordIndex;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpPort;
import dev.wsn.wire.DatagramSealer;
import dev.wsn.wire.KeyAgreement;
import dev.wsn.wire.Limits;
import dev.wsn.wire.Opened;
import dev.wsn.wire.Rates;
import dev.wsn.wire.Sealed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A node of the product in virtual time: the step machine, the sealer, a disk that takes a while,
 * one timer. It can crash and start again with what is on its disk.
 */
final class SimulatedNode implements EffectHandler, SimulatedNetwork.Receiver {
  private static final Limits LIMITS =
      new Limits(128, 16, 1024, 1024, Rates.defaults().withSlots(64));
  private static final int MAX_DISK_MILLIS = 20;

  /** What a node shares with the others of its run. */
  record World(
      Timeline timeline,
      SimulatedNetwork network,
      Trace trace,
      Safety safety,
      Parameters parameters) {}

  private final World world;
  private final Contact contact;
  private final KeyAgreement agreement;
  private final SplittableRandom random;
  private final long wallSkewSeconds;
  private final long originMillis;
  private final Disk disk = new Disk();
  private final Map<OperationId, Consumer<Outcome>> operations = new HashMap<>();

  private Kademlia kademlia;
  private RecordIndex index;
  private DatagramSealer sealer;
  private boolean isUp;
  private long starts;
  private long startedAtMillis;
  private long wakeAtMillis;
  private long plannedMillis;
  private long operationNumbers;

  SimulatedNode(
      World world,
      Contact contact,
      KeyAgreement agreement,
      SplittableRandom random,
      long wallSkewSeconds) {
    this.world = world;
    this.contact = contact;
    this.agreement = agreement;
    this.random = random;
    this.wallSkewSeconds = wallSkewSeconds;
    this.originMillis = random.nextLong(1L << 40);
    this.index = disk.index(world.parameters().maxRecords());
    this.kademlia = newKademlia();
    this.sealer = newSealer();
  }

  Contact contact() {
    return contact;
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

  Disk disk() {
    return disk;
  }

  Kademlia kademlia() {
    return kademlia;
  }

  RecordIndex index() {
    return index;
  }

  Now now() {
    long millis = world.timeline().nowMillis();
    long unixSeconds = Timeline.EPOCH_SECONDS + millis / 1000 + wallSkewSeconds;
    return new Now(originMillis + millis, unixSeconds);
  }

  /** Starts, or starts again after a crash, from what is on disk. */
  void start(List<Contact> seeds) {
    isUp = true;
    starts++;
    startedAtMillis = world.timeline().nowMillis();
    wakeAtMillis = Long.MAX_VALUE;
    plannedMillis = Long.MAX_VALUE;
    index = disk.index(world.parameters().maxRecords());
    kademlia = newKademlia();
    sealer = newSealer();
    List<Contact> known = disk.contacts().isEmpty() ? seeds : disk.contacts();
    begin(outcome -> {}, id -> kademlia.join(now(), id, known));
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

  @Override
  public void receive(IpPort from, byte[] datagram) {
    if (!isUp) {
      return;
    }
    Opened opened = sealer.open(now().monotonicMillis(), datagram, 0, datagram.length, from);
    if (opened instanceof Opened.IncomingRequest incoming) {
      List<Effect> effects = kademlia.receive(now(), incoming.caller(), incoming.request());
      world.safety().asked(this, incoming);
      apply(effects);
      world.safety().answered(incoming);
    } else if (opened instanceof Opened.IncomingReply incoming) {
      apply(kademlia.receive(now(), from, incoming.replier(), incoming.reply()));
    } else if (opened instanceof Opened.Unproven unproven) {
      transmit(from, new Sealed.Datagram(unproven.challenge()));
    } else if (opened instanceof Opened.Challenged challenged) {
      apply(kademlia.challenged(now(), from, challenged.callee(), challenged.request()));
    } else {
      world.safety().rejected(((Opened.Rejected) opened).reason());
      world.trace().rejected(((Opened.Rejected) opened).reason());
    }
  }

  private void apply(List<Effect> effects) {
    world.safety().effects(effects);
    for (Effect effect : effects) {
      effect.applyTo(this);
    }
  }

  @Override
  public void send(Effect.Send effect) {
    transmit(effect.to().address(), sealer.seal(effect));
  }

  @Override
  public void answer(Effect.Answer effect) {
    world.safety().answers(this, effect);
    transmit(effect.to().address(), sealer.seal(effect));
  }

  private void transmit(IpPort to, Sealed sealed) {
    byte[] datagram = world.safety().sealed(sealed);
    world.safety().sent(to, datagram.length);
    world.network().send(contact.address(), to, datagram);
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
    if (wakeAtMillis < plannedMillis) {
      plan();
    }
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
    return new Kademlia(
        world.parameters(),
        contact.key(),
        world.safety().rules(),
        index,
        disk.memory(),
        random.split(),
        writesDown);
  }

  private DatagramSealer newSealer() {
    return new DatagramSealer(contact.key(), agreement, "simulated", random.split(), LIMITS);
  }

  @Override
  public String toString() {
    return contact.address().toString();
  }
}
