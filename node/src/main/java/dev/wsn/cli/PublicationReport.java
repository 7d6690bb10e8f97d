package dev.wsn.cli;

import dev.wsn.crypto.Nip19;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordRejection;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.PublicationJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Tells what became of a record: on standard output as JSON, or in words. */
final class PublicationReport {
  private final Host host;
  private final boolean isJson;

  PublicationReport(Host host, boolean isJson) {
    this.host = host;
    this.isJson = isJson;
  }

  /**
   * Reports a result.
   *
   * @param verb what was done: {@code published}
   * @return {@link ExitCode#DONE}
   * @throws CommandFailure if the record is not where it should be
   */
  int report(RecordPublisher.Result result, String verb) {
    AddressRecord signed = result.addressRecord();
    Publication publication = result.publication();
    if (isJson) {
      byte[] json = PublicationJson.write(signed, publication);
      host.out().println(new String(json, StandardCharsets.UTF_8));
    }
    if (publication instanceof Publication.Accepted accepted) {
      String message =
          String.format(
              "%s %s: %d nodes keep it, %d needed%s%s; expires in %s",
              verb,
              Nip19.npub(signed.pubkey()),
              accepted.acknowledged(),
              accepted.required(),
              refusals(accepted.refusals()),
              accepted.announced().isPresent()
                  ? "; " + accepted.announced().getAsInt() + " nodes list its topics"
                  : "",
              DurationText.of(Duration.ofSeconds(signed.expiresAt() - host.unixSeconds())));
      (isJson ? host.err() : host.out()).println(message);
      return ExitCode.DONE;
    }
    if (publication instanceof Publication.Refused refused) {
      throw CommandFailure.refused(
          "the record is refused (" + text(refused.reason()) + "): " + refused.detail());
    }
    if (publication instanceof Publication.TooFew tooFew) {
      throw CommandFailure.unreachable(
          String.format(
              "only %d nodes took the record, %d are needed%s; try again",
              tooFew.acknowledged(), tooFew.required(), refusals(tooFew.refusals())));
    }
    throw CommandFailure.unreachable(((Publication.Unreachable) publication).reason());
  }

  private static String refusals(Map<RecordRejection, Integer> refusals) {
    return refusals.isEmpty()
        ? ""
        : refusals.entrySet().stream()
            .map(each -> each.getValue() + " " + text(each.getKey()))
            .sorted()
            .collect(Collectors.joining(", ", " (refused: ", ")"));
  }

  private static String text(RecordRejection reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
