package dev.wsn.resolver.directory;

import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.PlainText;
import dev.wsn.resolver.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a relay says of itself (NIP-11), reduced to what is known and bounded: nobody has checked
 * any of it. Texts are shortened and have no control characters; what is not of the type that
 * NIP-11 gives it is left out.
 *
 * @param name at most 300 characters, as all texts
 * @param description free text
 * @param software usually a URL
 * @param version of the software
 * @param self the public key that the relay says it has, as it wrote it
 * @param nips supported ones, at most 100
 * @param limits the numbers and truth values of {@code limitation}
 * @param fees at most 20
 * @param countries of {@code relay_countries}, at most 20
 * @param languages of {@code language_tags}, at most 20
 * @param tags at most 20
 */
public record RelayClaims(
    String name,
    String description,
    String software,
    String version,
    String self,
    List<Integer> nips,
    Map<String, Object> limits,
    List<Fee> fees,
    List<String> countries,
    List<String> languages,
    List<String> tags) {
  /**
   * What something costs.
   *
   * @param what {@code admission}, {@code subscription} or {@code publication}
   * @param amount in units
   * @param unit {@code msats}, for example
   * @param periodSeconds for how long; 0 if it is not said
   */
  public record Fee(String what, long amount, String unit, long periodSeconds) {}

  private static final int MAX_NIPS = 100;
  private static final int MAX_NIP = 100_000;
  private static final int MAX_ELEMENTS = 20;
  private static final int MAX_READ = 1000;
  private static final Set<String> FEES = Set.of("admission", "subscription", "publication");
  private static final Set<String> LIMITS =
      Set.of(
          "max_message_length",
          "max_subscriptions",
          "max_subid_length",
          "max_limit",
          "default_limit",
          "max_event_tags",
          "max_content_length",
          "min_pow_difficulty",
          "created_at_lower_limit",
          "created_at_upper_limit",
          "auth_required",
          "payment_required",
          "restricted_writes");

  /** Copies the collections. */
  public RelayClaims {
    nips = List.copyOf(nips);
    limits = Map.copyOf(limits);
    fees = List.copyOf(fees);
    countries = List.copyOf(countries);
    languages = List.copyOf(languages);
    tags = List.copyOf(tags);
  }

  /** Nothing was said. */
  public static RelayClaims none() {
    return new RelayClaims(
        "", "", "", "", "", List.of(), Map.of(), List.of(), List.of(), List.of(), List.of());
  }

  /** Whether nothing was said. */
  public boolean isEmpty() {
    return equals(none());
  }

  /**
   * Reads a document of NIP-11.
   *
   * @param utf8 untrusted
   * @throws MalformedJsonException if it is no JSON object, or beyond the limits of {@link
   *     StrictJson}
   */
  public static RelayClaims read(byte[] utf8) {
    return StrictJson.read(
        utf8,
        RelayFacts.MAX_BYTES,
        in -> {
          Draft draft = new Draft(in);
          in.nextObject("the document", draft);
          return draft.claims();
        });
  }

  /** The document at the current token. */
  static RelayClaims read(StrictJson in) throws IOException {
    Draft draft = new Draft(in);
    in.object("the document", draft);
    return draft.claims();
  }

  private static final class Draft implements StrictJson.FieldReader {
    private final StrictJson in;
    private final Map<String, String> texts = new TreeMap<>();
    private final Set<Integer> nips = new TreeSet<>();
    private final Map<String, Object> limits = new TreeMap<>();
    private final List<Fee> fees = new ArrayList<>();
    private final List<String> countries = new ArrayList<>();
    private final List<String> languages = new ArrayList<>();
    private final List<String> tags = new ArrayList<>();

    Draft(StrictJson in) {
      this.in = in;
    }

    @Override
    public boolean read(String field) throws IOException {
      switch (field) {
        case "name", "description", "software", "version", "self" ->
            in.textIfAny().ifPresent(text -> texts.put(field, PlainText.of(text)));
        case "supported_nips" -> eachOf(this::nip);
        case "limitation" -> limits();
        case "fees" -> fees();
        case "relay_countries" -> eachOf(() -> word(countries));
        case "language_tags" -> eachOf(() -> word(languages));
        case "tags" -> eachOf(() -> word(tags));
        default -> {
          return false;
        }
      }
      return true;
    }

    private void eachOf(StrictJson.ElementReader element) throws IOException {
      if (in.isArray()) {
        in.array("a list", MAX_READ, element);
      } else {
        in.skip();
      }
    }

    private void nip() throws IOException {
      long number = in.integerIfAny().orElse(0);
      if (number > 0 && number <= MAX_NIP && nips.size() < MAX_NIPS) {
        nips.add((int) number);
      }
    }

    private void word(List<String> words) throws IOException {
      String word = PlainText.of(in.textIfAny().orElse(""));
      if (!word.isEmpty() && words.size() < MAX_ELEMENTS) {
        words.add(word);
      }
    }

    private void limits() throws IOException {
      if (!in.isObject()) {
        in.skip();
        return;
      }
      in.object(
          "limitation",
          name -> {
            if (!LIMITS.contains(name)) {
              return false;
            }
            if (in.isFlag()) {
              limits.put(name, in.flag(name));
            } else {
              in.integerIfAny().ifPresent(number -> limits.put(name, number));
            }
            return true;
          });
    }

    private void fees() throws IOException {
      if (!in.isObject()) {
        in.skip();
        return;
      }
      in.object(
          "fees",
          what -> {
            if (!FEES.contains(what)) {
              return false;
            }
            eachOf(() -> fee(what));
            return true;
          });
    }

    private void fee(String what) throws IOException {
      if (!in.isObject()) {
        in.skip();
        return;
      }
      Map<String, Long> numbers = new TreeMap<>();
      StringBuilder unit = new StringBuilder();
      in.object(
          "a fee",
          name -> {
            if (name.equals("unit")) {
              in.textIfAny().ifPresent(text -> unit.append(PlainText.of(text)));
            } else if (name.equals("amount") || name.equals("period")) {
              in.integerIfAny().ifPresent(number -> numbers.put(name, number));
            } else {
              return false;
            }
            return true;
          });
      if (numbers.containsKey("amount") && fees.size() < MAX_ELEMENTS) {
        long period = numbers.getOrDefault("period", 0L);
        fees.add(new Fee(what, numbers.getOrDefault("amount", 0L), unit.toString(), period));
      }
    }

    private String text(String name) {
      return texts.getOrDefault(name, "");
    }

    RelayClaims claims() {
      return new RelayClaims(
          text("name"),
          text("description"),
          text("software"),
          text("version"),
          text("self"),
          List.copyOf(nips),
          limits,
          fees,
          countries,
          languages,
          tags);
    }
  }
}
