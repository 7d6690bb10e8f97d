package dev.wsn.cli;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.gateway.PublisherOptions;
import dev.wsn.node.DhtNode;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.RecordRules;
import dev.wsn.record.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wsn publish}. */
@Command(
    name = "publish",
    customSynopsis = {
      "wsn publish (--key FILE | --bunker FILE) --endpoint [PROTO://]IP:PORT ...",
      "            (--resolver URL | --seed NPUB@IP:PORT) ... [OPTIONS]",
      "wsn publish (--key FILE | --bunker FILE) --endpoint [PROTO://]IP:PORT ...",
      "            --out FILE [--for TIME]",
      "wsn publish --keep [--withdraw] (--key FILE | --bunker FILE)",
      "            --endpoint [PROTO://]IP:PORT ...",
      "            (--resolver URL | --seed NPUB@IP:PORT) ...",
      "wsn publish --record FILE (--resolver URL | --seed NPUB@IP:PORT) ..."
    },
    description = "Signs a record \"this key is at these addresses\" and gives it to the network.",
    footer = {
      "",
      "It is published once, and lives as long as --ttl. With --keep the command",
      "stays and renews it; wsn relay does so by itself. --keep --endpoint auto:PORT publishes"
          + " what",
      "nodes of three networks see, IPv4 and IPv6 each on its own, and follows when that changes.",
      "With --out nothing is published: the records can be signed where the key is, and",
      "published with --record where it is not, as often as half their --ttl."
    })
final class PublishCommand implements Callable<Integer>, Server {
  private final Host host;

  @Mixin private final SignerOption signer = new SignerOption();
  @Mixin private final NetworkOption network = new NetworkOption();

  @Option(
      names = {"--endpoint", "--advertise"},
      split = ",",
      paramLabel = "[PROTO://]IP:PORT",
      description =
          "where the key is, the best first; wsn (default), ws, wss, http or https; with --keep"
              + " also auto:PORT, for the address that other nodes see",
      converter = Advertised.Converter.class)
  private List<Advertised> advertised = new ArrayList<>();

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      defaultValue = "2h",
      description = "how long the record lives, at most 24h (default: ${DEFAULT-VALUE})",
      converter = LifetimeConverter.class)
  private Duration lifetime = Duration.ofHours(2);

  @Option(
      names = "--topic",
      split = ",",
      paramLabel = "WORD",
      description =
          "announce the key to everybody under this topic, so that it is found by wsn directory; at"
              + " most 4 (default: none)",
      converter = TopicConverter.class)
  private List<Topic> topics = new ArrayList<>();

  @Option(
      names = "--keep",
      description = "stay, and publish again at a third of each record's life until stopped")
  private boolean isKept;

  @Option(
      names = "--withdraw",
      description = "with --keep, say on a clean stop that the key is nowhere")
  private boolean isWithdrawn;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "write signed records into this file instead of publishing")
  private @Nullable Path out;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "with --out, enough records for this time, each from half of the one before",
      converter = SpanConverter.class)
  private @Nullable Duration span;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = "publish the record of this file whose turn it is; needs no key")
  private @Nullable Path signed;

  @Option(names = "--json", description = "print one JSON object")
  private boolean isJson;

  PublishCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    checkKept();
    RecordRules rules = new RecordRules(Secp256k1.preferred(), network.isLocal());
    if (signed != null) {
      return announce(signed, rules);
    }
    if (advertised.isEmpty()) {
      throw CommandFailure.usage("where is the key? give --endpoint IP:PORT");
    }
    OwnEndpoints.check(advertised, network.isLocal());
    checkAuto();
    if (out != null) {
      return sign(out, rules);
    }
    if (span != null) {
      throw CommandFailure.usage("--for needs --out FILE");
    }
    if (isKept) {
      return keep(rules);
    }
    try (RecordSigner holder = signer.open(host, rules);
        Access access = network.open(host)) {
      var publisher = new RecordPublisher(host, access.resolver());
      return new PublicationReport(host, isJson)
          .report(publisher.publish(holder, given(), topics, lifetime), "published");
    }
  }

  private void checkKept() {
    if (!isKept && isWithdrawn) {
      throw CommandFailure.usage("--withdraw needs --keep; to withdraw now, use wsn withdraw");
    }
    if (isKept && (signed != null || out != null || span != null || isJson)) {
      throw CommandFailure.usage(
          "--keep signs and publishes by itself, as often as needed; leave --out, --for, --record"
              + " and --json out");
    }
  }

  private void checkAuto() {
    for (Advertised each : advertised) {
      if (each instanceof Advertised.Auto auto) {
        if (auto.port().isEmpty()) {
          throw CommandFailure.usage("at which port is it? give auto:PORT, such as auto:443");
        }
        if (!isKept) {
          throw CommandFailure.usage(
              "auto follows an address that changes, which takes somebody who stays; add --keep, or"
                  + " give --endpoint IP:PORT");
        }
      }
    }
  }

  /** What was given, without what other nodes are to say. */
  private List<Endpoint> given() {
    return own(Optional.empty()).now();
  }

  private OwnEndpoints own(Optional<DhtNode> client) {
    return new OwnEndpoints(
        advertised,
        client.map(OwnEndpoints.Witnesses::of),
        ListenAddress.NONE,
        ListenAddress.NONE.port(),
        network.isLocal());
  }

  private int keep(RecordRules rules) {
    PublisherOptions options;
    try {
      Path stateFile = PublisherOptions.stateFileOf(signer.file());
      options = new PublisherOptions(given(), topics, lifetime, stateFile, isWithdrawn);
    } catch (IllegalArgumentException wrong) {
      throw CommandFailure.usage(String.valueOf(wrong.getMessage()));
    }
    KeptRecord kept = new KeptRecord(host, options);
    kept.begin();
    try (RecordSigner holder = signer.open(host, rules);
        Access access = network.open(host)) {
      OwnEndpoints own = own(access.client());
      own.checkWitnesses();
      access.client().ifPresent(client -> Answers.await(client.joined(), "joining"));
      kept.publish(holder, access.resolver(), own);
      return ExitCode.DONE;
    }
  }

  private int sign(Path file, RecordRules rules) {
    if (!network.isAbsent()) {
      throw CommandFailure.usage(
          "with --out nothing is published; leave --resolver and --seed out");
    }
    long step = Math.max(1, lifetime.toSeconds() / 2);
    long count = span == null ? 1 : Math.max(1, (span.toSeconds() + step - 1) / step);
    if (count > SignedFile.MAX_RECORDS) {
      throw CommandFailure.usage(
          "that takes " + count + " records, more than 1000; give a longer --ttl, or less --for");
    }
    List<AddressRecord> records = new ArrayList<>();
    List<Endpoint> endpoints = given();
    try (RecordSigner holder = signer.open(host, rules)) {
      long now = host.unixSeconds();
      for (int i = 0; i < count; i++) {
        records.add(holder.sign(endpoints, topics, now + i * step, lifetime));
      }
    }
    SignedFile.write(file, records);
    AddressRecord last = records.get(records.size() - 1);
    String text = "signed %d records of %s into %s, the last one ends at %s";
    Instant end = Instant.ofEpochSecond(last.expiresAt());
    host.out().println(text.formatted(records.size(), Nip19.npub(last.pubkey()), file, end));
    return ExitCode.DONE;
  }

  private int announce(Path file, RecordRules rules) {
    if (signer.isGiven()
        || !advertised.isEmpty()
        || !topics.isEmpty()
        || out != null
        || span != null) {
      throw CommandFailure.usage("--record is signed already; leave all but the network out");
    }
    List<AddressRecord> records = SignedFile.read(file, rules);
    AddressRecord current = SignedFile.current(file, records, host.unixSeconds());
    try (Access access = network.open(host)) {
      var publisher = new RecordPublisher(host, access.resolver());
      int code =
          new PublicationReport(host, isJson).report(publisher.announce(current), "published");
      AddressRecord last = records.get(records.size() - 1);
      host.err().println(file + " lasts until " + Instant.ofEpochSecond(last.expiresAt()));
      return code;
    }
  }
}
