package dev.wsn.cli;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.gateway.ChannelFacts;
import dev.wsn.node.DhtNode;
import dev.wsn.record.Topic;
import dev.wsn.resolver.client.ResolverClient;
import dev.wsn.resolver.directory.Directory;
import dev.wsn.resolver.directory.Listing;
import dev.wsn.resolver.directory.ListingFilter;
import dev.wsn.resolver.directory.ListingJson;
import dev.wsn.resolver.directory.RelayClaims;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wsn directory}. */
@Command(
    name = "directory",
    customSynopsis = "wsn directory TOPIC (--resolver URL | --seed NPUB@IP:PORT) ... [OPTIONS]",
    description = "Lists the relays that announce themselves under a topic and answer.",
    footer = {
      "",
      "One line per relay: its key, its name, its software. What a relay says of itself is its own"
          + " claim;",
      "that it holds the key was proved by a handshake, by the resolver or, through the DHT,"
          + " from here.",
      "Exit codes: 0 listed, 3 nobody there, 4 unreachable."
    })
final class DirectoryCommand implements Callable<Integer> {
  private final Host host;

  @Parameters(
      index = "0",
      paramLabel = "TOPIC",
      description = "a word, like music",
      converter = TopicConverter.class)
  private Topic topic = new Topic("none");

  @Mixin private final NetworkOption network = new NetworkOption();

  @Option(
      names = "--search",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "only relays that say all these words of themselves")
  private String search = "";

  @Option(
      names = "--reach",
      paramLabel = "any|ipv4|ipv6|tor",
      defaultValue = "any",
      description = "only relays with such an address (default: ${DEFAULT-VALUE})")
  private ListingFilter.Network reach = ListingFilter.Network.ANY;

  @Option(names = "--json", description = "print one JSON object")
  private boolean isJson;

  DirectoryCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    ListingFilter filter =
        ListingFilter.of(search, reach)
            .orElseThrow(
                () ->
                    CommandFailure.usage(
                        "--search has at most " + ListingFilter.MAX_TEXT + " characters"));
    Listing listing = listing(filter);
    if (isJson) {
      byte[] json = ListingJson.write(listing, filter);
      host.out().println(new String(json, StandardCharsets.UTF_8));
    } else {
      listing.relays().forEach(this::print);
    }
    if (listing.relays().isEmpty()) {
      throw CommandFailure.notFound("nobody answers who announced itself under " + topic);
    }
    return ExitCode.DONE;
  }

  /** The first listing with anybody in it, else an empty one. */
  private Listing listing(ListingFilter filter) {
    Optional<Listing> empty = Optional.empty();
    List<String> reasons = new ArrayList<>();
    for (Supplier<Access> way : network.ways(host)) {
      try (Access access = way.get()) {
        Listing listing =
            access.resolver() instanceof ResolverClient client
                ? told(client, filter)
                : asked(access, access.client().orElseThrow(), filter);
        if (!listing.relays().isEmpty()) {
          return listing;
        }
        empty = Optional.of(listing);
      } catch (Directory.UnreachableException unreachable) {
        reasons.add(String.valueOf(unreachable.getMessage()));
      }
    }
    return empty.orElseThrow(() -> CommandFailure.unreachable(String.join("; ", reasons)));
  }

  private Listing told(ResolverClient client, ListingFilter filter) {
    List<Listing.Relay> relays = Answers.await(client.directory(topic, filter), "the directory");
    return new Listing(topic, relays, relays.size(), 0, 0);
  }

  private Listing asked(Access access, DhtNode client, ListingFilter filter) {
    Vertx vertx = Servers.loops();
    try {
      ChannelFacts facts =
          new ChannelFacts(
              vertx,
              Secp256k1.preferred(),
              network.isLocalNetwork(),
              host.monotonicMillis(),
              host.random());
      Directory directory =
          new Directory(client.topics(), access.resolver(), facts, host.monotonicMillis());
      Listing all = Answers.await(directory.of(topic), "the directory");
      List<Listing.Relay> wanted = all.relays().stream().filter(filter::accepts).toList();
      return new Listing(topic, wanted, all.announced(), all.silent(), all.waiting());
    } finally {
      Answers.await(vertx.close(), "closing");
    }
  }

  private void print(Listing.Relay relay) {
    RelayClaims claims = relay.claims();
    String key = Nip19.npub(relay.addressRecord().pubkey());
    String name = claims.name().isEmpty() ? "(no name)" : claims.name();
    String software = claims.software().isEmpty() ? "" : "  " + claims.software();
    String live = relay.isLive() ? "" : "  (not dialled)";
    host.out().println(key + "  " + name + software + live);
  }
}
