package dev.wsn.resolver;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wsn.resolver.quota.AddressRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The JSON array of {@link AskedNode}s, a part of the evidence. Stateless. */
final class AskedNodeJson {
  private static final int MAX_HOPS = 1_000;
  private static final int ID_BITS = 256;
  private static final long MAX_MILLIS = 1_000_000_000;
  private static final Pattern NODE = Pattern.compile("[0-9a-f]{8}");

  private AskedNodeJson() {}

  static void write(JsonGenerator out, List<AskedNode> path) throws IOException {
    out.writeStartArray();
    for (AskedNode asked : path) {
      out.writeStartObject();
      out.writeStringField("node", asked.node());
      out.writeStringField("subnet", asked.subnet());
      out.writeNumberField("hop", asked.hop());
      out.writeNumberField("shared_bits", asked.sharedBits());
      if (asked.namedBy().isPresent()) {
        out.writeStringField("named_by", asked.namedBy().get());
      }
      out.writeStringField("said", text(asked.said()));
      if (asked.roundTripMillis().isPresent()) {
        out.writeNumberField("round_trip_ms", asked.roundTripMillis().getAsLong());
      }
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static String text(AskedNode.Said said) {
    return said.name().toLowerCase(Locale.ROOT);
  }

  /** The array at the current token. */
  static List<AskedNode> read(StrictJson in) throws IOException {
    List<AskedNode> path = new ArrayList<>();
    in.array(
        "the path",
        AskedNode.MAX,
        () -> {
          Draft draft = new Draft(in);
          in.object("a node of the path", draft);
          path.add(draft.asked());
        });
    return path;
  }

  private static final class Draft implements StrictJson.FieldReader {
    private final StrictJson in;
    private @Nullable String node;
    private @Nullable String subnet;
    private AskedNode.@Nullable Said said;
    private int hop;
    private int sharedBits;
    private Optional<String> namedBy = Optional.empty();
    private OptionalLong roundTripMillis = OptionalLong.empty();

    Draft(StrictJson in) {
      this.in = in;
    }

    @Override
    public boolean read(String name) throws IOException {
      switch (name) {
        case "node" -> node = node(name);
        case "subnet" -> subnet = subnet();
        case "hop" -> hop = (int) in.integer(name, 1, MAX_HOPS);
        case "shared_bits" -> sharedBits = (int) in.integer(name, 0, ID_BITS);
        case "named_by" -> namedBy = Optional.of(node(name));
        case "said" -> said = said();
        case "round_trip_ms" -> roundTripMillis = OptionalLong.of(in.integer(name, 0, MAX_MILLIS));
        default -> {
          return false;
        }
      }
      return true;
    }

    private String node(String name) throws IOException {
      String text = in.text(name);
      if (!NODE.matcher(text).matches()) {
        throw new MalformedJsonException(name + " should be 8 lower-case hexadecimal digits");
      }
      return text;
    }

    private String subnet() throws IOException {
      return AddressRange.parse(in.text("subnet"))
          .orElseThrow(() -> new MalformedJsonException("a subnet is like 203.0.113.0/24"))
          .toString();
    }

    private AskedNode.Said said() throws IOException {
      String text = in.text("said");
      for (AskedNode.Said candidate : AskedNode.Said.values()) {
        if (text(candidate).equals(text)) {
          return candidate;
        }
      }
      throw new MalformedJsonException("said is none that is known here");
    }

    AskedNode asked() {
      if (node == null || subnet == null || said == null || hop == 0) {
        throw new MalformedJsonException("a node of the path lacks a field");
      }
      return new AskedNode(node, subnet, hop, sharedBits, namedBy, said, roundTripMillis);
    }
  }
}
