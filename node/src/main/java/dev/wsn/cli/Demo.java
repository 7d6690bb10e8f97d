package dev.wsn.cli;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.AccessPolicy;
import dev.wsn.gateway.Gateway;
import dev.wsn.gateway.GatewayLimits;
import dev.wsn.gateway.GatewayOptions;
import dev.wsn.gateway.LocalProxy;
import dev.wsn.gateway.LocalProxyOptions;
import dev.wsn.gateway.Publisher;
import dev.wsn.gateway.PublisherOptions;
import dev.wsn.node.DhtNode;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.client.ResolverClient;
import dev.wsn.resolver.http.Backend;
import dev.wsn.resolver.http.ResolverRoutes;
import dev.wsn.resolver.http.ResolverServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole path, once, with the program's real parts: what {@code wsn demo} shows. Owned by one
 * thread, which blocks.
 */
final class Demo implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Demo.class);
  private static final IpAddress LOOPBACK = IpAddress.of(new byte[] {127, 0, 0, 1});

  /** Numbers of the nodes with a part to play; the last one is told nothing. */
  private static final int RESOLVER_NODE = 2;

  private static final int RELAY_NODE = 3;

  /**
   * What runs when everything was shown.
   *
   * @param key whose relay it is
   * @param resolver root of the resolver
   * @param door where plain WebSocket clients reach the relay
   * @param seed of the DHT
   */
  record Running(PublicKey key, URI resolver, URI door, String seed) {}

  private final Host host;
  private final DemoStory story;
  private final int size;
  private final Secp256k1 curve = Secp256k1.preferred();
  private final RecordRules rules = new RecordRules(curve, true);
  private final SecretKey relaySecret;
  private final PublicKey relayKey;
  private final Vertx vertx = Servers.loops();
  private final Deque<Runnable> closers = new ArrayDeque<>();

  /**
   * A demo that has not begun.
   *
   * @param size nodes of the DHT, at least 2
   */
  Demo(Host host, DemoStory story, int size) {
    this.host = host;
    this.story = story;
    this.size = size;
    this.relaySecret = SecretKey.generate(host.random());
    this.relayKey = curve.publicKey(relaySecret);
  }

  /**
   * Shows everything.
   *
   * @param isStaying whether the relay is published again in the end, for whoever wants to try
   * @throws CommandFailure at the first step that fails
   */
  Running run(boolean isStaying) {
    DemoNetwork network =
        story.step("network", size + " nodes find each other over UDP", this::startNetwork);
    DhtNode stranger = network.node(size);
    URI resolver =
        story.step("resolver", "one of them answers questions over HTTP", () -> serve(network));
    URI backend =
        story.step("relay", "a Nostr relay starts; it has never heard of wsn", this::startRelay);
    Gateway gateway =
        story.step("gateway", "a gateway in front opens it to the key", () -> open(backend));
    Publisher publisher =
        story.step(
            "publish",
            "the key signs where it is and tells the network",
            () -> publish(network, gateway));
    story.step(
        "resolve",
        "another node, told nothing, is asked for the key",
        () -> find(stranger, gateway));
    URI door =
        story.step(
            "proxy", "a local proxy takes plain WebSockets for keys", () -> startProxy(resolver));
    NostrEvent note =
        story.step("talk", "a plain Nostr client publishes a note by the key", () -> talk(door));
    Gateway moved =
        story.step(
            "move", "the relay moves to another port", () -> move(backend, gateway, publisher));
    story.step("find-again", "the key is asked for again", () -> find(stranger, moved));
    story.step("read", "the client comes back and reads its note", () -> read(door, note));
    story.step("withdraw", "the owner withdraws the address", () -> withdraw(stranger, publisher));
    if (isStaying) {
      story.step("publish-again", "and publishes it again", () -> publish(network, moved));
    }
    return new Running(relayKey, resolver, door, network.node(1).seed());
  }

  private DemoNetwork startNetwork() {
    DemoNetwork network = DemoNetwork.start(host, curve, size);
    closers.push(network::close);
    story.detail("each has its own socket, key and database, and joined through the first:");
    story.detail(network.node(1).seed());
    return network;
  }

  private URI serve(DemoNetwork network) {
    DhtNode node = network.node(RESOLVER_NODE);
    Backend backend =
        new ResolverOption()
            .backend(
                vertx,
                host,
                node.resolver(),
                node.topics(),
                node::status,
                new ResolverOption.Reach(rules, curve, true));
    ResolverServer server =
        new ResolverServer(
            vertx, new ResolverRoutes(vertx, backend), ResolverServer.Options.defaults());
    IpPort address = Answers.await(server.start(LOOPBACK, 0), "starting the resolver");
    closers.push(() -> Answers.await(server.stop(), "stopping the resolver"));
    story.detail("http://" + address);
    return URI.create("http://" + address);
  }

  private URI startRelay() {
    DemoRelay relay = new DemoRelay(vertx, curve, relayKey);
    int port = Answers.await(relay.start(), "starting the relay");
    closers.push(() -> Answers.await(relay.stop(), "stopping the relay"));
    story.detail("ws://127.0.0.1:" + port);
    return URI.create("ws://127.0.0.1:" + port);
  }

  private Gateway open(URI backend) {
    GatewayOptions options = GatewayOptions.of(LOOPBACK, 0, backend, 1, GatewayLimits.defaults());
    Gateway gateway =
        new Gateway(
            vertx,
            relaySecret,
            curve,
            options,
            AccessPolicy.EVERYONE,
            host.monotonicMillis(),
            host.random());
    int port = Answers.await(gateway.start(), "starting the gateway");
    closers.push(() -> Answers.await(gateway.stop(), "stopping the gateway"));
    story.detail("wsn://" + Nip19.npub(relayKey) + "@127.0.0.1:" + port);
    return gateway;
  }

  private Publisher publish(DemoNetwork network, Gateway gateway) {
    PublisherOptions options =
        new PublisherOptions(
            List.of(endpoint(gateway)),
            List.of(),
            PublisherOptions.DEFAULT_LIFETIME,
            network.directory().resolve("relay.published"),
            true);
    Publisher publisher =
        new Publisher(
            vertx,
            network.node(RELAY_NODE).resolver(),
            rules,
            relaySecret,
            options,
            host.clock(),
            host.random());
    requireAccepted(Answers.await(publisher.start(), "publishing"));
    return publisher;
  }

  private static Endpoint endpoint(Gateway gateway) {
    return Endpoint.of(new IpPort(LOOPBACK, gateway.port()), Endpoint.WSN);
  }

  private void requireAccepted(Publication publication) {
    if (publication instanceof Publication.Accepted accepted) {
      story.detail(
          accepted.acknowledged()
              + " nodes have it on disk, "
              + accepted.required()
              + " were needed");
      return;
    }
    throw CommandFailure.failed("the network did not take the record: " + publication);
  }

  private AddressRecord find(DhtNode node, Gateway gateway) {
    Resolution resolution = ask(node);
    if (!(resolution instanceof Resolution.Found found)) {
      throw CommandFailure.failed("the key was not found: " + resolution);
    }
    AddressRecord addressRecord = found.addressRecord();
    if (!addressRecord.endpoints().equals(List.of(endpoint(gateway)))) {
      throw CommandFailure.failed("found at " + addressRecord.endpoints());
    }
    story.detail(
        "it is at " + addressRecord.endpoints().get(0).address() + ": " + words(found.evidence()));
    return addressRecord;
  }

  private Resolution ask(DhtNode node) {
    return Answers.await(node.resolver().resolve(relayKey, ResolvePolicy.QUORUM), "the lookup");
  }

  private static String words(Evidence evidence) {
    return evidence.answered()
        + " nodes answered, "
        + evidence.agreed()
        + " have this record, "
        + evidence.conflicting()
        + " another one";
  }

  private URI startProxy(URI resolver) {
    LocalProxy proxy =
        new LocalProxy(
            vertx,
            new ResolverClient(resolver, rules, host.clock()),
            curve,
            Optional.empty(),
            LocalProxyOptions.of(LOOPBACK, 0, true),
            host.clock(),
            host.monotonicMillis(),
            host.random());
    int port = Answers.await(proxy.start(), "starting the proxy");
    closers.push(() -> Answers.await(proxy.stop(), "stopping the proxy"));
    story.detail("it asks the resolver and believes only signatures");
    return URI.create("ws://127.0.0.1:" + port + "/" + Nip19.npub(relayKey));
  }

  private NostrEvent talk(URI door) throws IOException {
    byte[] auxiliary = new byte[Secp256k1.AUXILIARY_RANDOM_BYTES];
    host.random().nextBytes(auxiliary);
    try (SecretKey visitor = SecretKey.generate(host.random());
        NostrClient client = NostrClient.connect(door)) {
      String text = "hello, reached you by your key";
      NostrEvent note = NostrClient.note(curve, visitor, host.unixSeconds(), text, auxiliary);
      client.publish(note);
      story.detail(door.toString());
      story.detail("key resolved, channel encrypted and bound to the key, the relay said OK");
      return note;
    }
  }

  private NostrEvent read(URI door, NostrEvent note) throws IOException {
    try (NostrClient client = NostrClient.connect(door)) {
      List<NostrEvent> found = client.fetch(note.id());
      if (!found.equals(List.of(note))) {
        throw new IOException("the relay has " + found.size() + " notes with that id");
      }
      story.detail("\"" + found.get(0).content() + "\"");
      return note;
    }
  }

  private Gateway move(URI backend, Gateway old, Publisher publisher) {
    // The new one starts before the old one stops, so that it cannot get the same port.
    Gateway moved = open(backend);
    Answers.await(old.stop(), "stopping the old gateway");
    story.detail("it was port " + old.port());
    requireAccepted(
        Answers.await(publisher.endpointsChanged(List.of(endpoint(moved))), "publishing"));
    return moved;
  }

  private Resolution withdraw(DhtNode node, Publisher publisher) {
    Answers.await(publisher.stop(), "withdrawing");
    Resolution resolution = ask(node);
    if (!(resolution instanceof Resolution.Withdrawn withdrawn)) {
      throw CommandFailure.failed("the key is still known: " + resolution);
    }
    story.detail("the answer is now \"withdrawn\": " + words(withdrawn.evidence()));
    return resolution;
  }

  /** Stops everything in the opposite order, whatever happens on the way. */
  @Override
  public void close() {
    closers.addLast(() -> Answers.await(vertx.close(), "closing"));
    while (!closers.isEmpty()) {
      try {
        closers.pop().run();
      } catch (RuntimeException failure) {
        LOG.warn("while stopping: {}", failure.getMessage());
      }
    }
    relaySecret.close();
  }
}
