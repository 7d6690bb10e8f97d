package dev.wsn.cli;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.KeyText;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolutionJson;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Widening;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wsn resolve}. */
@Command(
    name = "resolve",
    aliases = "lookup",
    customSynopsis = "wsn resolve KEY (--resolver URL | --seed NPUB@IP:PORT) ... [OPTIONS]",
    description = "Finds where a key is now: its endpoints, one per line, the best first.",
    footer = {
      "",
      "KEY is an npub, 64 hexadecimal digits, an nprofile or a wsn:// URI.",
      "Exit codes: 0 found, 3 not found or withdrawn, 4 unreachable, 5 the answer is not valid."
    })
final class ResolveCommand implements Callable<Integer> {
  private static final String CACHE = "cache";

  /** What whoever just published asks next. */
  private static final String OLD =
      "; the resolver answers for a minute what it heard, --policy quorum asks the network anew";

  private final Host host;

  @Parameters(
      index = "0",
      paramLabel = "KEY",
      description = "whose address",
      converter = KeyConverter.class)
  private KeyText key = NO_KEY;

  @Mixin private final NetworkOption network = new NetworkOption();

  @Option(
      names = "--policy",
      paramLabel = "fast|quorum|secure",
      defaultValue = "fast",
      description =
          "fast: the first good answer; quorum: ask all closest nodes and compare; secure: the same"
              + " over four paths through the network that share no node")
  private ResolvePolicy policy = ResolvePolicy.FAST;

  @Option(names = "--json", description = "print one JSON object")
  private boolean isJson;

  @Option(
      names = "--trace",
      description = "draw whom the lookup asked, by whom each was named, and what it said")
  private boolean isTraced;

  /** Replaced before the command runs: the parameter is required. */
  private static final KeyText NO_KEY =
      new KeyText(PublicKey.of(new byte[PublicKey.BYTES]), java.util.List.of());

  ResolveCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    Resolution resolution;
    Access asked = isTraced ? network.openTraced(host) : network.open(host);
    try (Access access = asked.remembering(host)) {
      resolution = Answers.await(access.resolver().resolve(key.key(), policy), "the lookup");
    }
    if (isJson) {
      byte[] json = ResolutionJson.write(key.key(), resolution);
      host.out().println(new String(json, StandardCharsets.UTF_8));
    }
    if (isTraced && !isJson) {
      evidence(resolution)
          .ifPresent(
              evidence -> host.err().print(LookupText.of(evidence.path(), host.isTerminal())));
    }
    return report(resolution);
  }

  private static Optional<Evidence> evidence(Resolution resolution) {
    if (resolution instanceof Resolution.Found found) {
      return Optional.of(found.evidence());
    }
    if (resolution instanceof Resolution.Withdrawn withdrawn) {
      return Optional.of(withdrawn.evidence());
    }
    return resolution instanceof Resolution.NotFound notFound
        ? Optional.of(notFound.evidence())
        : Optional.empty();
  }

  private int report(Resolution resolution) {
    String npub = Nip19.npub(key.key());
    if (resolution instanceof Resolution.Found found) {
      AddressRecord addressRecord = found.addressRecord();
      if (!isJson) {
        for (Endpoint endpoint : addressRecord.endpoints()) {
          host.out().println(endpoint.uri(addressRecord.pubkey()));
        }
      }
      host.err().println("found" + how(found.evidence()) + age(addressRecord));
      return ExitCode.DONE;
    }
    if (resolution instanceof Resolution.Withdrawn withdrawn) {
      throw CommandFailure.notFound(
          "the owner of "
              + npub
              + " withdrew its address"
              + how(withdrawn.evidence())
              + age(withdrawn.addressRecord()));
    }
    if (resolution instanceof Resolution.NotFound notFound) {
      throw CommandFailure.notFound(
          "nobody has a live record of " + npub + how(notFound.evidence()));
    }
    if (resolution instanceof Resolution.Untrusted untrusted) {
      throw CommandFailure.refused("the answer is not valid: " + untrusted.reason());
    }
    throw CommandFailure.unreachable(((Resolution.Unreachable) resolution).reason());
  }

  private static String how(Evidence evidence) {
    return String.format(
        " (%s, %s: %d asked, %d answered, %d had it, %d agree, %d differ%s%s)",
        evidence.source() + evidence.mirror().map(url -> " " + url).orElse(""),
        DurationText.ofMillis(evidence.elapsedMillis()),
        evidence.asked(),
        evidence.answered(),
        evidence.had(),
        evidence.agreed(),
        evidence.conflicting(),
        evidence.widened().map(ResolveCommand::why).orElse(""),
        evidence.source().equals(CACHE) ? OLD : "");
  }

  private static String why(Widening widened) {
    String reasons =
        widened.reasons().stream()
            .map(
                reason ->
                    switch (reason) {
                      case DENSE -> "suspiciously dense";
                      case UNIFORM -> "of suspiciously few networks";
                    })
            .collect(Collectors.joining(" and "));
    return "; " + widened.asked() + " more were asked, because the nearest nodes are " + reasons;
  }

  private String age(AddressRecord addressRecord) {
    long now = host.unixSeconds();
    return "; signed "
        + DurationText.of(Duration.ofSeconds(now - addressRecord.createdAt()))
        + " ago, expires in "
        + DurationText.of(Duration.ofSeconds(addressRecord.expiresAt() - now));
  }
}
