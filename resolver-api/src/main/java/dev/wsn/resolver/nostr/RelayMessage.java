package dev.wsn.resolver.nostr;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wsn.record.EventId;
import dev.wsn.record.NostrEvent;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.StrictJson;

/** The texts that a relay says (NIP-01). Stateless. */
final class RelayMessage {
  private RelayMessage() {}

  /** An event of a subscription. */
  static String event(String subscription, NostrEvent event) {
    return text(
        StrictJson.write(
            out -> {
              out.writeStartArray();
              out.writeString("EVENT");
              out.writeString(subscription);
              EventJson.write(out, event);
              out.writeEndArray();
            }));
  }

  /** What became of a published event. */
  static String ok(EventId id, boolean isAccepted, String reason) {
    return text(
        StrictJson.write(
            out -> {
              out.writeStartArray();
              out.writeString("OK");
              out.writeString(id.hex());
              out.writeBoolean(isAccepted);
              out.writeString(reason);
              out.writeEndArray();
            }));
  }

  /** Everything that there is was told; from now on comes what is new. */
  static String endOfStored(String subscription) {
    return strings("EOSE", subscription);
  }

  /** The subscription is over, and why. */
  static String closed(String subscription, String reason) {
    return strings("CLOSED", subscription, reason);
  }

  /** A sentence for people. */
  static String notice(String sentence) {
    return strings("NOTICE", sentence);
  }

  private static String strings(String... elements) {
    return text(
        StrictJson.write(
            out -> {
              out.writeStartArray();
              for (String element : elements) {
                out.writeString(element);
              }
              out.writeEndArray();
            }));
  }

  private static String text(byte[] utf8) {
    return new String(utf8, UTF_8);
  }
}
