package dev.wsn.node;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Kademlia;
import dev.wsn.kademlia.Now;
import dev.wsn.kademlia.Outcome;
import dev.wsn.kademlia.Parameters;
import dev.wsn.kademlia.Protocol;
import dev.wsn.kademlia.RecordIndex;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RecordSeal;
import dev.wsn.record.RollbackMemory;
import dev.wsn.resolver.ListenException;
import dev.wsn.resolver.NetworkStatus;
import dev.wsn.resolver.Resolver;
import dev.wsn.resolver.directory.TopicIndex;
import dev.wsn.resolver.mirror.VersionMemory;
import dev.wsn.store.RecordStore;
import dev.wsn.store.Restored;
import dev.wsn.wire.DatagramSealer;
import dev.wsn.wire.KeyAgreement;
import dev.wsn.wire.Limits;
import dev.wsn.wire.Rates;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node of the DHT, or a client of it: its socket, its store, and the resolver that
 * answers from it. Thread-safe.
 */
public final class DhtNode implements AutoCloseable {
  /**
   * Another node must have answered within this time for the DHT to count as reachable: where
   * nobody asks anything, two are pinged every 10 s.
   */
  public static final long REACHABLE_MILLIS = 25_000;

  /** Where a node keeps what it must not forget. */
  public sealed interface Storage {
    /** In {@code wsn.db} of a directory, which is created if it is missing. */
    record InDirectory(Path directory) implements Storage {}

    /** Nowhere: only for a client, which keeps nothing for others. */
    record Nowhere() implements Storage {}
  }

  /**
   * Everything that a node gets from outside.
   *
   * @param network whose nodes do not hear those of others; 1 to 64 printable ASCII characters
   * @param address own address to listen on; the unspecified IPv6 one listens to both families
   * @param port 0 for any that is free
   * @param storage must be a directory unless the parameters say that this is a client
   * @param seeds nodes to join through, besides those that are remembered
   * @param parameters also say whether this is a client, and whether local addresses are allowed
   * @param limits what strangers can make the node keep and open
   * @param secret the node's identity; closed by the caller after the node
   * @param curve the back end of all signatures and key agreements
   * @param clock wall clock, for the life of records
   * @param monotonicMillis a clock that never goes back, of arbitrary origin, for deadlines
   * @param random unpredictable
   */
  public record Options(
      String network,
      IpAddress address,
      int port,
      Storage storage,
      List<Contact> seeds,
      Parameters parameters,
      Limits limits,
      SecretKey secret,
      Secp256k1 curve,
      InstantSource clock,
      LongSupplier monotonicMillis,
      SecureRandom random) {
    /** Name of the network that everybody is in unless they say otherwise. */
    public static final String MAIN_NETWORK = "main";

    /**
     * Checks that a node has a directory.
     *
     * @throws IllegalArgumentException if a node that is no client has none
     */
    public Options {
      seeds = List.copyOf(seeds);
      if (storage instanceof Storage.Nowhere && !parameters.isClient()) {
        throw new IllegalArgumentException("a node that keeps records for others has a directory");
      }
    }

    /**
     * A client: it asks, is never asked, keeps nothing, and has a key of its own for this process.
     *
     * @param isLocal whether loopback and private addresses are allowed
     */
    public static Options client(
        String network,
        List<Contact> seeds,
        boolean isLocal,
        Secp256k1 curve,
        InstantSource clock,
        LongSupplier monotonicMillis,
        SecureRandom random) {
      Parameters parameters = Parameters.defaults().asClient();
      return new Options(
          network,
          IpAddress.of(new byte[16]),
          0,
          new Storage.Nowhere(),
          seeds,
          isLocal ? parameters.asLocal() : parameters,
          Limits.defaults(),
          SecretKey.generate(random),
          curve,
          clock,
          monotonicMillis,
          random);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(DhtNode.class);

  /** Newest versions that a node remembers, about 30 MB; a client needs fewer. */
  private static final int REMEMBERED_PER_RECORD = 2;

  private static final long STOP_SECONDS = 5;

  private final PublicKey key;
  private final LongSupplier monotonicMillis;
  private final UdpTransport transport;
  private final @Nullable RecordStore store;
  private final NodeObserver observer;
  private final DhtDriver driver;
  private final DhtResolver resolver;
  private final SeedText seedText;
  private final Consumer<Throwable> onFailure;
  private final CompletableFuture<Integer> joined = new CompletableFuture<>();
  private final AtomicBoolean hasFailed = new AtomicBoolean();
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private volatile List<String> seeds;

  private DhtNode(
      Options options,
      UdpTransport transport,
      @Nullable RecordStore store,
      Restored restored,
      Consumer<Throwable> onFailure) {
    this.key = options.curve().publicKey(options.secret());
    this.monotonicMillis = options.monotonicMillis();
    this.transport = transport;
    this.store = store;
    this.onFailure = onFailure;
    this.observer = new NodeObserver(new NodeMetrics(), store);
    this.seedText = new SeedText(key, transport.local());
    this.seeds = SeedText.of(options.seeds());
    boolean isLocal = options.parameters().isLocal();
    RecordRules rules = new RecordRules(options.curve(), isLocal);
    RecordIndex index = new RecordIndex(options.parameters().maxRecords());
    restored.held().forEach(index::restore);
    RollbackMemory memory =
        new RollbackMemory(
            options.parameters().isClient()
                ? Protocol.MAX_REMEMBERED_BY_CLIENT
                : Math.max(1, REMEMBERED_PER_RECORD * options.parameters().maxRecords()));
    restored.recall(memory);
    Kademlia kademlia =
        new Kademlia(options.parameters(), key, rules, index, memory, options.random(), observer);
    DatagramSealer sealer =
        new DatagramSealer(
            key,
            KeyAgreement.ecdh(options.curve(), options.secret()),
            options.network(),
            options.random(),
            isLocal ? options.limits().asLocal() : options.limits(),
            observer.metrics()::countForgotten);
    LongSupplier unixSeconds = () -> options.clock().instant().getEpochSecond();
    Supplier<Now> now = () -> new Now(monotonicMillis.getAsLong(), unixSeconds.getAsLong());
    this.driver =
        new DhtDriver(now, transport, sealer, kademlia, memory, observer, store, this::fail);
    this.resolver = new DhtResolver(driver, rules, unixSeconds);
  }

  /**
   * Starts a node and begins to join the network. Blocks on the disk, not on the network.
   *
   * @param onFailure called once, on a thread of its own, if a bug or a damaged database has
   *     stopped the node; the program should end
   * @throws ListenException if the socket cannot be opened
   * @throws dev.wsn.store.StoreException if the data directory cannot be used
   */
  public static DhtNode start(Options options, Consumer<Throwable> onFailure) {
    return startOn(null, options, onFailure);
  }

  /** As above, on threads that several nodes share. */
  public static DhtNode start(Options options, NodeThreads shared, Consumer<Throwable> onFailure) {
    return startOn(shared, options, onFailure);
  }

  private static DhtNode startOn(
      @Nullable NodeThreads shared, Options options, Consumer<Throwable> onFailure) {
    CompletableFuture<Throwable> damage = new CompletableFuture<>();
    RecordStore store = null;
    UdpTransport transport = null;
    try {
      Restored restored = Restored.NOTHING;
      if (options.storage() instanceof Storage.InDirectory place) {
        store =
            RecordStore.open(
                place.directory(),
                options.network(),
                RecordSeal.of(options.secret()),
                options.monotonicMillis(),
                damage::complete,
                shared == null ? RecordStore.ownThread() : shared.disks());
        RecordRules rules = new RecordRules(options.curve(), options.parameters().isLocal());
        restored = store.restore(rules, options.clock().instant().getEpochSecond());
      }
      transport =
          shared == null
              ? UdpTransport.bind(options.address(), options.port())
              : UdpTransport.bind(options.address(), options.port(), shared.loops());
      DhtNode node = new DhtNode(options, transport, store, restored, onFailure);
      node.begin(options.seeds(), restored.contacts());
      var unused = damage.thenAccept(node::fail);
      return node;
    } catch (RuntimeException failure) {
      if (transport != null) {
        transport.stop(() -> {});
      }
      if (store != null) {
        store.close();
      }
      throw failure;
    }
  }

  private void begin(List<Contact> seeds, List<Contact> remembered) {
    List<Contact> contacts = new ArrayList<>(seeds);
    contacts.addAll(remembered);
    transport.start(driver);
    driver.run(
        () ->
            driver.join(
                contacts,
                outcome -> {
                  int known = ((Outcome.Joined) outcome).contacts();
                  resolver.joined();
                  LOG.info("joined with {} contacts", known);
                  joined.complete(known);
                }));
  }

  /** Joins again, through these nodes too, and opens requests at other rates from now on. */
  public void reload(List<Contact> seeds, Rates rates) {
    List<Contact> copy = List.copyOf(seeds);
    if (!copy.isEmpty()) {
      this.seeds = SeedText.of(copy);
    }
    boolean unused =
        driver.run(
            () -> {
              if (!driver.isStopped()) {
                driver.change(rates);
                driver.join(
                    copy,
                    outcome ->
                        LOG.info(
                            "joined again, {} contacts", ((Outcome.Joined) outcome).contacts()));
              }
            });
  }

  /** The bug of one part stops the whole node, at once and loudly. */
  private void fail(Throwable bug) {
    if (hasFailed.getAndSet(true)) {
      return;
    }
    LOG.error("the node stops: {}", bug.toString(), bug);
    driver.run(
        () -> {
          driver.stop();
          resolver.stop();
        });
    transport.stop(() -> {});
    joined.complete(0);
    new Thread(() -> onFailure.accept(bug), "wsn-failure").start();
  }

  /** Answers from the DHT; questions before the node has joined wait for that. */
  public Resolver resolver() {
    return resolver;
  }

  /** Tells who announced itself; questions before the node has joined wait for that. */
  public TopicIndex topics() {
    return resolver;
  }

  /** What this node remembers of the versions of records, over restarts. */
  public VersionMemory versions() {
    return resolver;
  }

  /** This node's identity. */
  public PublicKey key() {
    return key;
  }

  /** Where the node listens; the address may be the unspecified one, the port is never 0. */
  public IpPort listening() {
    return transport.local();
  }

  /** {@code npub1…@ip:port} by which others join through this node. */
  public String seed() {
    return seedText.text(observer.external());
  }

  /** The address in {@link #seed}: where others reach this node, as far as it knows. */
  public IpPort reachableAt() {
    return seedText.address(observer.external());
  }

  /** Counters of this node. */
  public NodeMetrics metrics() {
    return observer.metrics();
  }

  /** What this node knows and does, for whoever watches it. */
  public NodeView view() {
    return new NodeView(driver, transport, store, monotonicMillis);
  }

  /** Completes with the number of nodes known when the first attempt to join is over. */
  public CompletionStage<Integer> joined() {
    return joined.minimalCompletionStage();
  }

  /** What the node knows of its network now. */
  public NetworkStatus status() {
    return NetworkReport.of(driver, seed(), seeds, view().silentSeconds());
  }

  /**
   * Stops: who waits for an answer is told so, contacts are saved, and what was being stored is on
   * disk when this returns. Blocks for some seconds at most; a second call does nothing.
   */
  @Override
  public void close() {
    if (isClosed.getAndSet(true)) {
      return;
    }
    CompletableFuture<Void> stopped = new CompletableFuture<>();
    boolean isRunning =
        driver.run(
            () -> {
              driver.stop();
              resolver.stop();
              transport.stop(() -> stopped.complete(null));
            });
    if (isRunning) {
      await(stopped);
    }
    joined.complete(0);
    if (store != null) {
      store.close();
    }
  }

  private static void await(CompletableFuture<Void> stopped) {
    try {
      stopped.get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException failure) {
      LOG.warn("the event loop did not stop in {} s", STOP_SECONDS, failure);
    }
  }
}
