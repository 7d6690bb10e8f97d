package dev.wsn.resolver.directory;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wsn.crypto.Nip19;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.NostrEvent;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The JSON object of {@code GET /v1/directory}. Stateless. */
public final class ListingJson {
  /** Longest text that is read. */
  public static final int MAX_BYTES = 2 * 1024 * 1024;

  private ListingJson() {}

  /**
   * {@code topic}, {@code announced}, {@code silent}, {@code waiting} and {@code relays}: each with
   * {@code pubkey}, {@code npub}, {@code live}, {@code endpoints}, {@code expires_at}, {@code
   * event}, and what the relay says of itself in {@code claims}.
   */
  public static byte[] write(Listing listing, ListingFilter filter) {
    List<Listing.Relay> wanted = listing.relays().stream().filter(filter::accepts).toList();
    return StrictJson.write(
        out -> {
          out.writeStartObject();
          out.writeStringField("topic", listing.topic().name());
          out.writeNumberField("announced", listing.announced());
          out.writeNumberField("silent", listing.silent());
          out.writeNumberField("waiting", listing.waiting());
          out.writeArrayFieldStart("relays");
          for (Listing.Relay relay : wanted) {
            write(out, relay);
          }
          out.writeEndArray();
          out.writeEndObject();
        });
  }

  /**
   * One relay as a resolver tells of it. Nothing about it is verified.
   *
   * @param event the signed record
   * @param isLive whether the resolver says that the relay answers
   * @param claims what the relay is said to say
   */
  public record Claim(NostrEvent event, boolean isLive, RelayClaims claims) {}

  /**
   * Reads an answer.
   *
   * @param utf8 untrusted, at most {@value #MAX_BYTES} bytes
   * @throws MalformedJsonException if it is anything else
   */
  public static List<Claim> read(byte[] utf8) {
    return StrictJson.readMuch(
        utf8,
        MAX_BYTES,
        in -> {
          List<Claim> relays = new ArrayList<>();
          in.nextObject(
              "the listing",
              name -> {
                if (!name.equals("relays")) {
                  return false;
                }
                in.array("relays", Directory.MAX_OF_TOPIC, () -> relays.add(claim(in)));
                return true;
              });
          return List.copyOf(relays);
        });
  }

  private static Claim claim(StrictJson in) throws IOException {
    List<NostrEvent> events = new ArrayList<>(1);
    List<RelayClaims> claims = new ArrayList<>(1);
    List<Boolean> live = new ArrayList<>(1);
    in.object(
        "a relay",
        name -> {
          switch (name) {
            case "event" -> events.add(EventJson.read(in));
            case "live" -> live.add(in.flag("live"));
            case "claims" -> claims.add(RelayClaims.read(in));
            default -> {
              return false;
            }
          }
          return true;
        });
    if (events.isEmpty() || live.isEmpty() || claims.isEmpty()) {
      throw new MalformedJsonException("a relay lacks a field");
    }
    return new Claim(events.get(0), live.get(0), claims.get(0));
  }

  private static void write(JsonGenerator out, Listing.Relay relay) throws IOException {
    AddressRecord current = relay.addressRecord();
    out.writeStartObject();
    out.writeStringField("pubkey", current.pubkey().hex());
    out.writeStringField("npub", Nip19.npub(current.pubkey()));
    out.writeBooleanField("live", relay.isLive());
    out.writeArrayFieldStart("endpoints");
    for (Endpoint endpoint : current.endpoints()) {
      out.writeString(endpoint.uri(current.pubkey()));
    }
    out.writeEndArray();
    out.writeNumberField("expires_at", current.expiresAt());
    out.writeFieldName("event");
    EventJson.write(out, current.event());
    out.writeFieldName("claims");
    write(out, relay.claims());
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, RelayClaims claims) throws IOException {
    out.writeStartObject();
    text(out, "name", claims.name());
    text(out, "description", claims.description());
    text(out, "software", claims.software());
    text(out, "version", claims.version());
    text(out, "self", claims.self());
    if (!claims.nips().isEmpty()) {
      out.writeArrayFieldStart("supported_nips");
      for (int nip : claims.nips()) {
        out.writeNumber(nip);
      }
      out.writeEndArray();
    }
    if (!claims.limits().isEmpty()) {
      out.writeObjectFieldStart("limitation");
      for (Map.Entry<String, Object> limit : new TreeMap<>(claims.limits()).entrySet()) {
        if (limit.getValue() instanceof Boolean flag) {
          out.writeBooleanField(limit.getKey(), flag);
        } else {
          out.writeNumberField(limit.getKey(), (Long) limit.getValue());
        }
      }
      out.writeEndObject();
    }
    if (!claims.fees().isEmpty()) {
      fees(out, claims.fees());
    }
    words(out, "relay_countries", claims.countries());
    words(out, "language_tags", claims.languages());
    words(out, "tags", claims.tags());
    out.writeEndObject();
  }

  private static void fees(JsonGenerator out, List<RelayClaims.Fee> fees) throws IOException {
    Map<String, List<RelayClaims.Fee>> byWhat =
        fees.stream()
            .collect(
                Collectors.groupingBy(RelayClaims.Fee::what, TreeMap::new, Collectors.toList()));
    out.writeObjectFieldStart("fees");
    for (Map.Entry<String, List<RelayClaims.Fee>> what : byWhat.entrySet()) {
      out.writeArrayFieldStart(what.getKey());
      for (RelayClaims.Fee fee : what.getValue()) {
        out.writeStartObject();
        out.writeNumberField("amount", fee.amount());
        out.writeStringField("unit", fee.unit());
        if (fee.periodSeconds() > 0) {
          out.writeNumberField("period", fee.periodSeconds());
        }
        out.writeEndObject();
      }
      out.writeEndArray();
    }
    out.writeEndObject();
  }

  private static void text(JsonGenerator out, String name, String text) throws IOException {
    if (!text.isEmpty()) {
      out.writeStringField(name, text);
    }
  }

  private static void words(JsonGenerator out, String name, List<String> words) throws IOException {
    if (!words.isEmpty()) {
      out.writeArrayFieldStart(name);
      for (String word : words) {
        out.writeString(word);
      }
      out.writeEndArray();
    }
  }
}
