package dev.wsn.resolver.directory;

import dev.wsn.crypto.Nip19;
import dev.wsn.record.Endpoint;
import dev.wsn.record.Topic;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which relays of a listing somebody wants.
 *
 * @param words the relay says all of these somewhere, in either case; none for all relays
 * @param network the relay has an endpoint there
 */
public record ListingFilter(List<String> words, Network network) {
  /** Longest text that is searched for, characters. */
  public static final int MAX_TEXT = 100;

  /** Where a client can connect to. */
  public enum Network {
    /** Anywhere. */
    ANY,
    /** An IPv4 address. */
    IPV4,
    /** An IPv6 address. */
    IPV6,
    /** A Tor onion service. */
    TOR
  }

  /** Copies the words. */
  public ListingFilter {
    words = List.copyOf(words);
  }

  /** The filter for this text; empty if it is too long. */
  public static Optional<ListingFilter> of(String text, Network network) {
    if (text.length() > MAX_TEXT) {
      return Optional.empty();
    }
    List<String> words =
        Stream.of(text.toLowerCase(Locale.ROOT).split("\\s+", -1))
            .filter(word -> !word.isEmpty())
            .toList();
    return Optional.of(new ListingFilter(words, network));
  }

  /** The query of {@code GET /v1/directory} that asks for these relays of a topic. */
  public String query(Topic topic) {
    String query = "topic=" + topic.name();
    if (!words.isEmpty()) {
      query += "&q=" + URLEncoder.encode(String.join(" ", words), StandardCharsets.UTF_8);
    }
    return network == Network.ANY
        ? query
        : query + "&network=" + network.name().toLowerCase(Locale.ROOT);
  }

  /** Whether this is one. */
  public boolean accepts(Listing.Relay relay) {
    return relay.addressRecord().endpoints().stream().anyMatch(this::isThere)
        && words.stream().allMatch(text(relay)::contains);
  }

  private boolean isThere(Endpoint endpoint) {
    boolean isTor = endpoint.network() == Endpoint.Network.TOR;
    boolean isIpv4 = endpoint.ipPort().map(address -> address.address().isIpv4()).orElse(false);
    return switch (network) {
      case ANY -> true;
      case TOR -> isTor;
      case IPV4 -> isIpv4;
      case IPV6 -> !isTor && !isIpv4;
    };
  }

  private static String text(Listing.Relay relay) {
    RelayClaims claims = relay.claims();
    return String.join(
            "\n",
            Nip19.npub(relay.addressRecord().pubkey()),
            relay.addressRecord().pubkey().hex(),
            claims.name(),
            claims.description(),
            claims.software(),
            String.join("\n", claims.countries()),
            String.join("\n", claims.languages()),
            String.join("\n", claims.tags()))
        .toLowerCase(Locale.ROOT);
  }
}
