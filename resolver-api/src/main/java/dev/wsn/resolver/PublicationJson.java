package dev.wsn.resolver;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wsn.crypto.Nip19;
import dev.wsn.record.AddressRecord;
import java.io.IOException;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The JSON object that tells what became of a record: body of {@code PUT /v1/relays/{key}} and
 * output of {@code wsn publish --json}. Stateless.
 */
public final class PublicationJson {
  /** Longest text that is read. */
  public static final int MAX_BYTES = 16 * 1024;

  private static final int MAX_ANNOUNCED = 1_000_000_000;

  private PublicationJson() {}

  /**
   * The text of an outcome, UTF-8 without white space: {@code pubkey}, {@code npub}, {@code id},
   * {@code created_at}, {@code expires_at}, {@code status} and what the status brings. {@code
   * accepted} brings {@code new}, {@code acknowledged}, {@code required}, {@code refusals}, and
   * {@code announced} if it has topics; {@code too_few} those in the middle; {@code refused} brings
   * {@code reason} and {@code detail}; {@code unreachable} brings {@code detail}.
   */
  public static byte[] write(AddressRecord addressRecord, Publication publication) {
    return StrictJson.write(
        out -> {
          out.writeStartObject();
          out.writeStringField("pubkey", addressRecord.pubkey().hex());
          out.writeStringField("npub", Nip19.npub(addressRecord.pubkey()));
          out.writeStringField("id", addressRecord.event().id().hex());
          out.writeNumberField("created_at", addressRecord.createdAt());
          out.writeNumberField("expires_at", addressRecord.expiresAt());
          writeStatus(out, publication);
          out.writeEndObject();
        });
  }

  private static void writeStatus(JsonGenerator out, Publication publication) throws IOException {
    if (publication instanceof Publication.Accepted accepted) {
      out.writeStringField("status", "accepted");
      out.writeBooleanField("new", accepted.isNew());
      new Acknowledgements(accepted.acknowledged(), accepted.required(), accepted.refusals())
          .writeFields(out);
      if (accepted.announced().isPresent()) {
        out.writeNumberField("announced", accepted.announced().getAsInt());
      }
    } else if (publication instanceof Publication.TooFew tooFew) {
      out.writeStringField("status", "too_few");
      new Acknowledgements(tooFew.acknowledged(), tooFew.required(), tooFew.refusals())
          .writeFields(out);
    } else if (publication instanceof Publication.Refused refused) {
      out.writeStringField("status", "refused");
      out.writeStringField("reason", Acknowledgements.text(refused.reason()));
      out.writeStringField("detail", refused.detail());
    } else if (publication instanceof Publication.Unreachable unreachable) {
      out.writeStringField("status", "unreachable");
      out.writeStringField("detail", unreachable.reason());
    }
  }

  /**
   * Reads the text of an {@code accepted} outcome.
   *
   * @param utf8 untrusted, at most {@value #MAX_BYTES} bytes
   * @throws MalformedJsonException if it is anything else
   */
  public static Publication.Accepted readAccepted(byte[] utf8) {
    return StrictJson.read(
        utf8,
        MAX_BYTES,
        in -> {
          Draft draft = new Draft(in);
          in.nextObject("the answer", draft);
          return draft.accepted();
        });
  }

  private static final class Draft implements StrictJson.FieldReader {
    private final StrictJson in;
    private final Acknowledgements.Draft counts;
    private @Nullable Boolean isNew;
    private OptionalInt announced = OptionalInt.empty();

    Draft(StrictJson in) {
      this.in = in;
      this.counts = new Acknowledgements.Draft(in);
    }

    @Override
    public boolean read(String name) throws IOException {
      if (name.equals("new")) {
        isNew = in.flag(name);
        return true;
      }
      if (name.equals("announced")) {
        announced = OptionalInt.of((int) in.integer(name, 0, MAX_ANNOUNCED));
        return true;
      }
      return counts.read(name);
    }

    Publication.Accepted accepted() {
      if (isNew == null) {
        throw new MalformedJsonException("the answer does not say whether the record is new");
      }
      Acknowledgements all = counts.acknowledgements();
      return new Publication.Accepted(
          all.acknowledged(), all.required(), all.refusals(), isNew, announced);
    }
  }
}
