package dev.wsn.resolver;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The JSON object of {@link Evidence}, a part of other texts. Stateless. */
public final class EvidenceJson {
  /** Bound of every count and duration that a stranger claims. */
  private static final int MAX_COUNT = 1_000_000_000;

  private static final Pattern SOURCE = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  private static final Pattern MIRROR = Pattern.compile("wss?://[!-~]{1,200}");

  private EvidenceJson() {}

  /** The text of a policy: {@code fast}, {@code quorum} and so on. */
  public static String text(ResolvePolicy policy) {
    return policy.name().toLowerCase(Locale.ROOT);
  }

  /** Writes the object as the next value. */
  public static void write(JsonGenerator out, Evidence evidence) throws IOException {
    out.writeStartObject();
    out.writeStringField("policy", text(evidence.policy()));
    out.writeStringField("source", evidence.source());
    out.writeNumberField("asked", evidence.asked());
    out.writeNumberField("answered", evidence.answered());
    out.writeNumberField("had", evidence.had());
    out.writeNumberField("agreed", evidence.agreed());
    out.writeNumberField("conflicting", evidence.conflicting());
    out.writeNumberField("hops", evidence.hops());
    out.writeNumberField("elapsed_ms", evidence.elapsedMillis());
    if (!evidence.path().isEmpty()) {
      out.writeFieldName("path");
      AskedNodeJson.write(out, evidence.path());
    }
    if (evidence.mirror().isPresent()) {
      out.writeStringField("mirror", evidence.mirror().get());
    }
    if (evidence.widened().isPresent()) {
      write(out, evidence.widened().get());
    }
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, Widening widened) throws IOException {
    out.writeObjectFieldStart("widened");
    out.writeNumberField("asked", widened.asked());
    out.writeArrayFieldStart("because");
    for (Widening.Reason reason : widened.reasons()) {
      out.writeString(text(reason));
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static String text(Widening.Reason reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  /** The evidence at the current token; what is not always told may be missing. */
  public static Evidence read(StrictJson in) throws IOException {
    Draft draft = new Draft(in);
    in.object("the evidence", draft);
    return draft.evidence();
  }

  private static final class Draft implements StrictJson.FieldReader {
    private static final int FIELDS = 9;

    private final StrictJson in;
    private @Nullable ResolvePolicy policy;
    private String source = "";
    private int asked;
    private int answered;
    private int had;
    private int agreed;
    private int conflicting;
    private int hops;
    private int elapsedMillis;
    private List<AskedNode> path = List.of();
    private Optional<String> mirror = Optional.empty();
    private Optional<Widening> widened = Optional.empty();
    private int seen;

    Draft(StrictJson in) {
      this.in = in;
    }

    @Override
    public boolean read(String name) throws IOException {
      switch (name) {
        case "policy" -> policy = policy();
        case "source" -> source = source();
        case "asked" -> asked = count(name);
        case "answered" -> answered = count(name);
        case "had" -> had = count(name);
        case "agreed" -> agreed = count(name);
        case "conflicting" -> conflicting = count(name);
        case "hops" -> hops = count(name);
        case "elapsed_ms" -> elapsedMillis = count(name);
        case "path" -> {
          path = AskedNodeJson.read(in);
          return true;
        }
        case "mirror" -> {
          mirror = Optional.of(mirror());
          return true;
        }
        case "widened" -> {
          widened = Optional.of(widened());
          return true;
        }
        default -> {
          return false;
        }
      }
      seen++;
      return true;
    }

    private int count(String name) throws IOException {
      return (int) in.integer(name, 0, MAX_COUNT);
    }

    private ResolvePolicy policy() throws IOException {
      String text = in.text("policy");
      for (ResolvePolicy candidate : ResolvePolicy.values()) {
        if (text(candidate).equals(text)) {
          return candidate;
        }
      }
      throw new MalformedJsonException("policy is none that is known here");
    }

    private String source() throws IOException {
      String text = in.text("source");
      if (!SOURCE.matcher(text).matches()) {
        throw new MalformedJsonException("source should be a word of lower-case letters");
      }
      return text;
    }

    private String mirror() throws IOException {
      String text = in.text("mirror");
      if (!MIRROR.matcher(text).matches()) {
        throw new MalformedJsonException("mirror should be the URL of a relay");
      }
      return text;
    }

    private Widening widened() throws IOException {
      int[] more = {0};
      EnumSet<Widening.Reason> reasons = EnumSet.noneOf(Widening.Reason.class);
      in.object(
          "the widening",
          name -> {
            switch (name) {
              case "asked" -> more[0] = count(name);
              case "because" ->
                  in.array(name, Widening.Reason.values().length, () -> reasons.add(reason()));
              default -> {
                return false;
              }
            }
            return true;
          });
      if (reasons.isEmpty()) {
        throw new MalformedJsonException("the widening has no reason");
      }
      return new Widening(more[0], reasons);
    }

    private Widening.Reason reason() throws IOException {
      String text = in.text("because");
      for (Widening.Reason candidate : Widening.Reason.values()) {
        if (text(candidate).equals(text)) {
          return candidate;
        }
      }
      throw new MalformedJsonException("because is no reason that is known here");
    }

    Evidence evidence() {
      if (seen != FIELDS || policy == null) {
        throw new MalformedJsonException("the evidence lacks a field");
      }
      return new Evidence(
          policy,
          source,
          asked,
          answered,
          had,
          agreed,
          conflicting,
          hops,
          elapsedMillis,
          path,
          mirror,
          widened);
    }
  }
}
