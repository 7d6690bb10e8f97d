package dev.wsn.resolver;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.NostrEvent;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON object that answers "where is this key now?": body of {@code GET /v1/relays/{key}} and
 * output of {@code wsn resolve --json}. Stateless.
 */
public final class ResolutionJson {
  /** Longest text that is read; 512 bytes of record grow to less, escaped and repeated. */
  public static final int MAX_BYTES = 64 * 1024;

  /**
   * What a resolver claims. Nothing about it is verified, and nothing but the event can be: all
   * else that the text says about the key follows from the event, so it is not read.
   *
   * @param event the signed event
   * @param evidence how the resolver found it
   */
  public record Claim(NostrEvent event, Evidence evidence) {}

  private ResolutionJson() {}

  /**
   * The text of an answer, UTF-8 without white space: {@code pubkey}, {@code npub}, {@code status}
   * and what the status brings. {@code found} and {@code withdrawn} bring {@code endpoints}, {@code
   * created_at}, {@code expires_at}, {@code event}, {@code evidence}; {@code not_found} brings
   * {@code evidence}; {@code unreachable} and {@code untrusted} bring {@code detail}.
   *
   * @param key what was asked for
   */
  public static byte[] write(PublicKey key, Resolution resolution) {
    return StrictJson.write(
        out -> {
          out.writeStartObject();
          out.writeStringField("pubkey", key.hex());
          out.writeStringField("npub", Nip19.npub(key));
          writeStatus(out, resolution);
          out.writeEndObject();
        });
  }

  /**
   * The text of a found key whose endpoints were dialled: also {@code probes}, with {@code uri},
   * {@code reachable}, {@code round_trip_ms} if it is, and {@code detail} for each endpoint.
   */
  public static byte[] write(
      PublicKey key, Resolution.Found found, List<EndpointProbe.Report> reports) {
    return StrictJson.write(
        out -> {
          out.writeStartObject();
          out.writeStringField("pubkey", key.hex());
          out.writeStringField("npub", Nip19.npub(key));
          writeStatus(out, found);
          out.writeArrayFieldStart("probes");
          for (EndpointProbe.Report report : reports) {
            out.writeStartObject();
            out.writeStringField("uri", report.endpoint().uri(key));
            out.writeBooleanField("reachable", report.isReachable());
            if (report.roundTripMillis().isPresent()) {
              out.writeNumberField("round_trip_ms", report.roundTripMillis().getAsLong());
            }
            out.writeStringField("detail", report.detail());
            out.writeEndObject();
          }
          out.writeEndArray();
          out.writeEndObject();
        });
  }

  private static void writeStatus(JsonGenerator out, Resolution resolution) throws IOException {
    if (resolution instanceof Resolution.Found found) {
      out.writeStringField("status", "found");
      writeRecord(out, found.addressRecord(), found.evidence());
    } else if (resolution instanceof Resolution.Withdrawn withdrawn) {
      out.writeStringField("status", "withdrawn");
      writeRecord(out, withdrawn.addressRecord(), withdrawn.evidence());
    } else if (resolution instanceof Resolution.NotFound notFound) {
      out.writeStringField("status", "not_found");
      out.writeFieldName("evidence");
      EvidenceJson.write(out, notFound.evidence());
    } else if (resolution instanceof Resolution.Unreachable unreachable) {
      out.writeStringField("status", "unreachable");
      out.writeStringField("detail", unreachable.reason());
    } else if (resolution instanceof Resolution.Untrusted untrusted) {
      out.writeStringField("status", "untrusted");
      out.writeStringField("detail", untrusted.reason());
    }
  }

  private static void writeRecord(JsonGenerator out, AddressRecord addressRecord, Evidence evidence)
      throws IOException {
    out.writeArrayFieldStart("endpoints");
    for (Endpoint endpoint : addressRecord.endpoints()) {
      out.writeStartObject();
      out.writeStringField("network", endpoint.network().tag());
      out.writeStringField("host", endpoint.host());
      out.writeNumberField("port", endpoint.port());
      out.writeStringField("protocol", endpoint.protocol());
      out.writeStringField("uri", endpoint.uri(addressRecord.pubkey()));
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeNumberField("created_at", addressRecord.createdAt());
    out.writeNumberField("expires_at", addressRecord.expiresAt());
    out.writeFieldName("event");
    EventJson.write(out, addressRecord.event());
    out.writeFieldName("evidence");
    EvidenceJson.write(out, evidence);
  }

  /**
   * Reads the text of a {@code found} or {@code withdrawn} answer.
   *
   * @param utf8 untrusted, at most {@value #MAX_BYTES} bytes
   * @throws MalformedJsonException if it is anything else
   */
  public static Claim read(byte[] utf8) {
    return StrictJson.read(
        utf8,
        MAX_BYTES,
        in -> {
          Draft draft = new Draft(in);
          in.nextObject("the answer", draft);
          return draft.claim();
        });
  }

  private static final class Draft implements StrictJson.FieldReader {
    private final StrictJson in;
    private @Nullable NostrEvent event;
    private @Nullable Evidence evidence;

    Draft(StrictJson in) {
      this.in = in;
    }

    @Override
    public boolean read(String name) throws IOException {
      switch (name) {
        case "event" -> event = EventJson.read(in);
        case "evidence" -> evidence = EvidenceJson.read(in);
        default -> {
          return false;
        }
      }
      return true;
    }

    Claim claim() {
      if (event == null) {
        throw new MalformedJsonException("the answer has no event");
      }
      if (evidence == null) {
        throw new MalformedJsonException("the answer has no evidence");
      }
      return new Claim(event, evidence);
    }
  }
}
