package dev.wsn.cli;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.Endpoint;
import dev.wsn.record.RecordRules;
import dev.wsn.record.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wsn publish}. */
@Command(
    name = "publish",
    customSynopsis = {
      "wsn publish --key FILE --endpoint [PROTO://]IP:PORT ...",
      "            (--resolver URL | --seed NPUB@IP:PORT ...) [OPTIONS]"
    },
    description = "Signs a record \"this key is at these addresses\" and gives it to the network.",
    footer = {"", "It is published once. wsn relay does it by itself, again and again."})
final class PublishCommand implements Callable<Integer> {
  private final Host host;

  @Mixin private final KeyOption key = new KeyOption();
  @Mixin private final NetworkOption network = new NetworkOption();

  @Option(
      names = "--endpoint",
      required = true,
      split = ",",
      paramLabel = "[PROTO://]IP:PORT",
      description = "where the key is, the best first; wsn (default), ws, wss, http or https",
      converter = EndpointConverter.class)
  private List<Endpoint> endpoints = new ArrayList<>();

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

  @Option(names = "--json", description = "print one JSON object")
  private boolean isJson;

  PublishCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    LocalAddresses.check(endpoints, network.isLocal());
    RecordRules rules = new RecordRules(Secp256k1.preferred(), network.isLocal());
    try (SecretKey secret = key.read(host);
        Access access = network.open(host)) {
      var publisher = new RecordPublisher(host, rules, access.resolver());
      return new PublicationReport(host, isJson)
          .report(publisher.publish(secret, endpoints, topics, lifetime), "published");
    }
  }
}
