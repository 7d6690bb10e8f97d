package dev.wsn.node;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.EffectHandler;
import dev.wsn.kademlia.Kademlia;
import dev.wsn.kademlia.Now;
import dev.wsn.kademlia.OperationId;
import dev.wsn.kademlia.Outcome;
import dev.wsn.kademlia.ReadPolicy;
import dev.wsn.kademlia.TableSummary;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordVersion;
import dev.wsn.record.RollbackMemory;
import dev.wsn.record.Topic;
import dev.wsn.store.RecordStore;
import dev.wsn.store.StoreResult;
import dev.wsn.wire.DatagramSealer;
import dev.wsn.wire.Opened;
import dev.wsn.wire.Rates;
import dev.wsn.wire.Sealed;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Drives the step machine: datagrams, the timer, the store's reports and commands go in, its
 * effects are applied. Decides nothing about the protocol. Owned by the transport's event loop,
 * except for the methods that say otherwise.
 */
final class DhtDriver implements TransportOwner, EffectHandler {
  /** How often contacts are saved and expired rows deleted. */
  private static final long SAVE_MILLIS = 60_000;

  /** How soon a change is saved while so few nodes are known that each of them counts. */
  private static final long SAVE_SOON_MILLIS = 1_000;

  private static final int FEW_CONTACTS = 20;

  /** How old the view of the tables may be while something happens. */
  private static final long VIEW_MILLIS = 1_000;

  private final Supplier<Now> clock;
  private final UdpTransport transport;
  private final DatagramSealer sealer;
  private final Outbox strangers;
  private final Kademlia kademlia;
  private final RollbackMemory memory;
  private final NodeObserver observer;
  private final @Nullable RecordStore store;
  private final Consumer<Throwable> onFailure;

  /** At most as many as the core runs; it ends every operation. */
  private final Map<OperationId, Consumer<Outcome>> waiting = new HashMap<>();

  /** Told after the step that ended them, as whoever is told may begin the next step. */
  private final Deque<Runnable> ended = new ArrayDeque<>();

  /** When the event that is being handled came; effects are applied at the same time. */
  private Now now;

  private long lastOperation;
  private long coreDueMillis = Long.MAX_VALUE;
  private long saveDueMillis;
  private boolean isStopped;
  private int savedContacts;
  private long viewedMillis;
  private volatile int contacts;
  private volatile int records;
  private volatile OptionalLong lastAnswerMillis = OptionalLong.empty();
  private volatile List<TableSummary> tables = List.of(TableSummary.NONE, TableSummary.NONE);

  DhtDriver(
      Supplier<Now> clock,
      UdpTransport transport,
      DatagramSealer sealer,
      Kademlia kademlia,
      RollbackMemory memory,
      NodeObserver observer,
      @Nullable RecordStore store,
      Consumer<Throwable> onFailure) {
    this.clock = clock;
    this.transport = transport;
    this.sealer = sealer;
    this.strangers = new Outbox(transport::afterReading, this::seal);
    this.kademlia = kademlia;
    this.memory = memory;
    this.observer = observer;
    this.store = store;
    this.onFailure = onFailure;
    this.now = clock.get();
    this.saveDueMillis = now.monotonicMillis() + SAVE_MILLIS;
  }

  /**
   * Runs a command on the event loop. Any thread.
   *
   * @return false if the node has stopped; the command does not run then
   */
  boolean run(Runnable command) {
    return transport.execute(command);
  }

  /** When another node answered last, on the monotonic clock. Any thread. */
  OptionalLong lastAnswerMillis() {
    return lastAnswerMillis;
  }

  /** Whether the node has stopped: no command is taken any more. */
  boolean isStopped() {
    return isStopped;
  }

  /** How many nodes are known. Any thread. */
  int contacts() {
    return contacts;
  }

  /** How many records are held. Any thread. */
  int records() {
    return records;
  }

  /**
   * Estimated nodes of the network, this one included: those of the larger family, because who has
   * both addresses stands in both tables. Any thread.
   */
  long networkSize() {
    return 1
        + tables.stream()
            .mapToLong(
                table -> Math.max(table.contacts(), Math.round(table.estimatedNodes().orElse(0))))
            .max()
            .orElse(0);
  }

  /** What is known of each family, IPv4 first, as of the last thing that happened. Any thread. */
  List<TableSummary> tables() {
    return tables;
  }

  /** Everybody who is known, by closeness. */
  List<Contact> known() {
    return kademlia.contacts();
  }

  /** Whether no newer record of the key was seen. */
  boolean admits(PublicKey key, RecordVersion version) {
    return memory.admits(key, version);
  }

  /** Remembers a record that was found elsewhere, unless a newer one of its key was seen. */
  boolean admit(AddressRecord addressRecord) {
    boolean isAdmitted = !isStopped && admits(addressRecord.pubkey(), addressRecord.version());
    if (isAdmitted) {
      kademlia.remember(addressRecord);
    }
    return isAdmitted;
  }

  /** Whether this very record was seen before. */
  boolean isKnown(AddressRecord addressRecord) {
    return memory
        .newest(addressRecord.pubkey())
        .filter(addressRecord.version()::equals)
        .isPresent();
  }

  void join(List<Contact> contacts, Consumer<Outcome> done) {
    apply(kademlia.join(readClock(), begin(done), contacts));
  }

  void resolve(PublicKey key, ReadPolicy policy, Consumer<Outcome> done) {
    apply(kademlia.resolve(readClock(), begin(done), key, policy));
  }

  void publish(AddressRecord addressRecord, Consumer<Outcome> done) {
    apply(kademlia.publish(readClock(), begin(done), addressRecord));
  }

  /** Has contacts say where they see this node. Any thread. */
  void askForAddress() {
    boolean unused =
        run(
            () -> {
              if (!isStopped) {
                apply(kademlia.askForAddress(readClock()));
              }
            });
  }

  private Now readClock() {
    now = clock.get();
    return now;
  }

  void announce(AddressRecord addressRecord, Topic topic, Consumer<Outcome> done) {
    apply(kademlia.announce(clock.get(), begin(done), addressRecord, topic));
  }

  void list(Topic topic, Consumer<Outcome> done) {
    apply(kademlia.list(clock.get(), begin(done), topic));
  }

  private OperationId begin(Consumer<Outcome> done) {
    lastOperation++;
    OperationId operation = new OperationId(lastOperation);
    waiting.put(operation, done);
    return operation;
  }

  /** Opens requests at other rates from now on. */
  void change(Rates rates) {
    sealer.change(rates);
  }

  /** Saves the contacts; nothing moves any more afterwards. */
  void stop() {
    if (!isStopped) {
      readClock();
      saveContacts();
      strangers.clear();
      isStopped = true;
    }
  }

  private void apply(List<Effect> effects) {
    for (Effect effect : effects) {
      effect.applyTo(this);
    }
    show();
    for (Runnable next = ended.poll(); next != null; next = ended.poll()) {
      next.run();
    }
  }

  /** Writes only what has changed, because each write waits until other threads can see it. */
  private void show() {
    OptionalLong answered = kademlia.lastAnswerMillis();
    if (!answered.equals(lastAnswerMillis)) {
      lastAnswerMillis = answered;
    }
    if (contacts != kademlia.contactCount()) {
      contacts = kademlia.contactCount();
    }
    if (records != kademlia.recordsHeld()) {
      records = kademlia.recordsHeld();
    }
  }

  @Override
  public void receive(byte[] buffer, int length, IpPort from) {
    if (isStopped) {
      return;
    }
    readClock();
    Opened opened = sealer.open(now.monotonicMillis(), buffer, 0, length, from);
    if (opened instanceof Opened.IncomingRequest incoming) {
      apply(kademlia.receive(now, incoming.caller(), incoming.request()));
    } else if (opened instanceof Opened.IncomingReply incoming) {
      apply(kademlia.receive(now, from, incoming.replier(), incoming.reply()));
    } else if (opened instanceof Opened.Challenged challenged) {
      observer.metrics().countChallengeReceived();
      apply(kademlia.challenged(now, from, challenged.callee(), challenged.request()));
    } else if (opened instanceof Opened.Unproven unproven) {
      observer.metrics().countChallenged(unproven.reason());
      transport.send(unproven.challenge(), from);
    } else if (opened instanceof Opened.Rejected rejected) {
      observer.metrics().countRejected(rejected.reason());
    }
  }

  @Override
  public void wake() {
    if (isStopped) {
      return;
    }
    readClock();
    if (now.monotonicMillis() >= saveDueMillis) {
      saveDueMillis = now.monotonicMillis() + SAVE_MILLIS;
      saveContacts();
      if (store != null) {
        store.deleteExpired(now.unixSeconds());
      }
    }
    if (now.monotonicMillis() >= coreDueMillis) {
      apply(kademlia.wake(now));
    } else {
      setTimer();
    }
  }

  private void saveContacts() {
    List<Contact> known = kademlia.contacts();
    savedContacts = known.size();
    if (store != null && !known.isEmpty()) {
      store.putContacts(known, now.unixSeconds(), result -> {});
    }
  }

  @Override
  public void fail(Throwable bug) {
    if (!isStopped) {
      isStopped = true;
      onFailure.accept(bug);
    }
  }

  @Override
  public void send(Effect.Send effect) {
    if (sealer.isAtHand(effect.to().key())) {
      seal(effect);
    } else {
      strangers.add(effect);
    }
  }

  private void seal(Effect.Send effect) {
    transmit(sealer.seal(effect), effect.to().address());
  }

  @Override
  public void answer(Effect.Answer effect) {
    transmit(sealer.seal(effect), effect.to().address());
  }

  private void transmit(Sealed sealed, IpPort to) {
    if (sealed instanceof Sealed.Datagram datagram) {
      transport.send(datagram.bytes(), to);
    } else if (sealed instanceof Sealed.Unsealable unsealable) {
      observer.metrics().countUnsealable(unsealable.reason());
    }
  }

  @Override
  public void persist(Effect.Persist effect) {
    if (store == null) {
      throw new IllegalStateException("a client keeps nothing for others");
    }
    store.put(
        effect.held(),
        result -> {
          // Nobody waits for the answer of a node that has stopped.
          boolean unused = run(() -> persisted(effect.ticket(), result));
        });
  }

  @Override
  public void erase(Effect.Erase effect) {
    if (store != null) {
      store.erase(effect.addressRecord());
    }
  }

  private void persisted(long ticket, StoreResult result) {
    if (!isStopped) {
      apply(kademlia.persisted(readClock(), ticket, result == StoreResult.ON_DISK));
    }
  }

  @Override
  public void finish(Effect.Finish effect) {
    boolean isOver = !(effect.outcome() instanceof Outcome.Read read) || read.isFinal();
    Consumer<Outcome> done =
        isOver ? waiting.remove(effect.operation()) : waiting.get(effect.operation());
    if (done == null) {
      throw new IllegalStateException("operation " + effect.operation().number() + " is over");
    }
    ended.add(() -> done.accept(effect.outcome()));
  }

  @Override
  public void wakeAt(Effect.WakeAt effect) {
    coreDueMillis = effect.monotonicMillis();
    int known = kademlia.contactCount();
    if (known != savedContacts && Math.min(known, savedContacts) < FEW_CONTACTS) {
      saveDueMillis = Math.min(saveDueMillis, now.monotonicMillis() + SAVE_SOON_MILLIS);
    }
    if (known != contacts || now.monotonicMillis() >= viewedMillis + VIEW_MILLIS) {
      viewedMillis = now.monotonicMillis();
      tables = kademlia.tables(now);
    }
    setTimer();
  }

  private void setTimer() {
    transport.wakeAt(Math.min(coreDueMillis, saveDueMillis), now.monotonicMillis());
  }
}
