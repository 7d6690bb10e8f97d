package dev.wsn.resolver;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wsn.record.RecordRejection;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How many nodes took a record, and its three JSON fields {@code acknowledged}, {@code required},
 * {@code refusals}, a part of other objects.
 *
 * @param acknowledged nodes that have it on disk
 * @param required how many were needed
 * @param refusals how many nodes refused, by reason
 */
public record Acknowledgements(
    int acknowledged, int required, Map<RecordRejection, Integer> refusals) {
  private static final int MAX_COUNT = 1_000_000_000;

  /** The name of a reason in JSON and metrics. */
  public static String text(RecordRejection reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  /** The reason of this name; empty for one that this version does not know. */
  public static Optional<RecordRejection> reason(String text) {
    for (RecordRejection candidate : RecordRejection.values()) {
      if (text(candidate).equals(text)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** The counts as a sentence for people. */
  public String sentence() {
    StringBuilder text =
        new StringBuilder()
            .append(acknowledged)
            .append(" of at least ")
            .append(required)
            .append(" nodes took the record");
    new TreeMap<>(refusals)
        .forEach(
            (reason, nodes) ->
                text.append("; ").append(nodes).append(" said ").append(text(reason)));
    return text.append('.').toString();
  }

  /** Writes the three fields into the object that is being written. */
  public void writeFields(JsonGenerator out) throws IOException {
    out.writeNumberField("acknowledged", acknowledged);
    out.writeNumberField("required", required);
    out.writeObjectFieldStart("refusals");
    for (Map.Entry<RecordRejection, Integer> refusal : new TreeMap<>(refusals).entrySet()) {
      out.writeNumberField(text(refusal.getKey()), refusal.getValue());
    }
    out.writeEndObject();
  }

  /** Reads the three fields out of an object; those that are missing count as zero. */
  public static final class Draft implements StrictJson.FieldReader {
    private final StrictJson in;
    private final Map<RecordRejection, Integer> refusals = new EnumMap<>(RecordRejection.class);
    private int acknowledged;
    private int required;

    /** Reads from here. */
    public Draft(StrictJson in) {
      this.in = in;
    }

    @Override
    public boolean read(String name) throws IOException {
      switch (name) {
        case "acknowledged" -> acknowledged = count(name);
        case "required" -> required = count(name);
        case "refusals" -> in.object(name, this::readRefusal);
        default -> {
          return false;
        }
      }
      return true;
    }

    private boolean readRefusal(String name) throws IOException {
      Optional<RecordRejection> reason = reason(name);
      if (reason.isPresent()) {
        refusals.put(reason.get(), count("a refusal"));
      }
      return reason.isPresent();
    }

    private int count(String name) throws IOException {
      return (int) in.integer(name, 0, MAX_COUNT);
    }

    /** What was read so far. */
    public Acknowledgements acknowledgements() {
      return new Acknowledgements(acknowledged, required, Map.copyOf(refusals));
    }
  }
}
