package dev.wsn.resolver.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wsn.resolver.Acknowledgements;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.EvidenceJson;
import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.PlainText;
import dev.wsn.resolver.StrictJson;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A problem details object (RFC 9457): why a request got no better answer.
 *
 * @param status the HTTP status
 * @param type relative URI {@code /problems/…}, stable: clients decide by it
 * @param title the same sentence for every problem of the type
 * @param detail a sentence for people about this one
 * @param extra further members
 */
public record Problem(int status, String type, String title, String detail, Extra extra) {
  /** Longest text that is read. */
  static final int MAX_BYTES = 32 * 1024;

  /** Start of every type. */
  static final String TYPES = "/problems/";

  /** What some problems tell beyond the members of the RFC. */
  public sealed interface Extra {
    /** Nothing. */
    record None() implements Extra {}

    /** Member {@code evidence}: how the network was asked. */
    record Asked(Evidence evidence) implements Extra {}

    /** Members {@code acknowledged}, {@code required}, {@code refusals}. */
    record Counted(Acknowledgements acknowledgements) implements Extra {}
  }

  public static Problem of(int status, String type, String title, String detail) {
    return new Problem(status, TYPES + type, title, detail, new Extra.None());
  }

  Problem with(Extra members) {
    return new Problem(status, type, title, detail, members);
  }

  /** The object as UTF-8 without white space. */
  public byte[] json() {
    return StrictJson.write(
        out -> {
          out.writeStartObject();
          out.writeStringField("type", type);
          out.writeStringField("title", title);
          out.writeNumberField("status", status);
          out.writeStringField("detail", detail);
          writeExtra(out);
          out.writeEndObject();
        });
  }

  private void writeExtra(JsonGenerator out) throws IOException {
    if (extra instanceof Extra.Asked asked) {
      out.writeFieldName("evidence");
      EvidenceJson.write(out, asked.evidence());
    } else if (extra instanceof Extra.Counted counted) {
      counted.acknowledgements().writeFields(out);
    }
  }

  /**
   * Reads a problem that a resolver answered; its sentences come through {@link PlainText}.
   *
   * @param status the HTTP status it came with, which wins over the member
   * @param utf8 untrusted, at most {@value #MAX_BYTES} bytes
   * @throws MalformedJsonException if it is no problem with a type and a detail
   */
  public static Problem read(int status, byte[] utf8) {
    return StrictJson.read(
        utf8,
        MAX_BYTES,
        in -> {
          Draft draft = new Draft(in);
          in.nextObject("the problem", draft);
          return draft.problem(status);
        });
  }

  private static final class Draft implements StrictJson.FieldReader {
    private final StrictJson in;
    private final Acknowledgements.Draft counts;
    private boolean isCounted;
    private @Nullable String type;
    private @Nullable String detail;
    private String title = "";
    private @Nullable Evidence evidence;

    Draft(StrictJson in) {
      this.in = in;
      this.counts = new Acknowledgements.Draft(in);
    }

    @Override
    public boolean read(String name) throws IOException {
      switch (name) {
        case "type" -> type = in.text(name);
        case "title" -> title = PlainText.of(in.text(name));
        case "detail" -> detail = PlainText.of(in.text(name));
        case "evidence" -> evidence = EvidenceJson.read(in);
        default -> {
          boolean isCount = counts.read(name);
          isCounted |= isCount;
          return isCount;
        }
      }
      return true;
    }

    Problem problem(int status) {
      if (type == null || detail == null) {
        throw new MalformedJsonException("the problem has no type or no detail");
      }
      return new Problem(status, type, title, detail, extra());
    }

    private Extra extra() {
      if (evidence != null) {
        return new Extra.Asked(evidence);
      }
      return isCounted ? new Extra.Counted(counts.acknowledgements()) : new Extra.None();
    }
  }
}
