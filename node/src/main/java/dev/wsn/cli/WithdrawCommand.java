package dev.wsn.cli;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.record.RecordRules;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wsn withdraw}. */
@Command(
    name = "withdraw",
    customSynopsis = {
      "wsn withdraw (--key FILE | --bunker FILE) (--resolver URL | --seed NPUB@IP:PORT) ...",
      "             [OPTIONS]"
    },
    description = "Signs a record \"this key is nowhere now\"; resolvers answer \"withdrawn\".")
final class WithdrawCommand implements Callable<Integer> {
  private final Host host;

  @Mixin private final SignerOption signer = new SignerOption();
  @Mixin private final NetworkOption network = new NetworkOption();

  @Option(names = "--json", description = "print one JSON object")
  private boolean isJson;

  WithdrawCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    RecordRules rules = new RecordRules(Secp256k1.preferred(), network.isLocal());
    try (RecordSigner holder = signer.open(host, rules);
        Access access = network.open(host)) {
      var publisher = new RecordPublisher(host, access.resolver());
      // As long as it can: every older record must have expired before it does.
      return new PublicationReport(host, isJson)
          .report(
              publisher.publish(holder, List.of(), List.of(), RecordRules.MAX_LIFETIME),
              "withdrew");
    }
  }
}
