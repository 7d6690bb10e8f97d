package dev.wsn.resolver.dns;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import java.util.Locale;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/**
 * The names that are answered: an npub alone, which is exactly as long as a label may be, and an
 * npub below the suffix.
 *
 * @param suffix absolute; the root when there is none besides
 */
record Zone(Name suffix) {
  /** What a name is. */
  sealed interface Place {
    /** The name of a key. */
    record OfKey(PublicKey key) implements Place {}

    /** The suffix itself. */
    record Apex() implements Place {}

    /** Below the suffix, and not the name of a key. */
    record Nothing() implements Place {}

    /** Somebody else's name. */
    record Foreign() implements Place {}
  }

  /**
   * The zone of a suffix.
   *
   * @param suffix such as {@code wsn.example}; empty for none
   * @throws IllegalArgumentException if it is no name
   */
  static Zone of(String suffix) {
    try {
      return new Zone(suffix.isEmpty() ? Name.root : Name.fromString(suffix, Name.root));
    } catch (TextParseException notAName) {
      throw new IllegalArgumentException("not the suffix of a domain name", notAName);
    }
  }

  /** Where the start of authority is. */
  Name authority(Name name) {
    return suffix.labels() > 1 && name.subdomain(suffix) ? suffix : Name.root;
  }

  Place place(Name name) {
    boolean isBelow = suffix.labels() > 1 && name.subdomain(suffix);
    if (isBelow && name.labels() == suffix.labels()) {
      return new Place.Apex();
    }
    int own = name.labels() - (isBelow ? suffix.labels() : 1);
    Place otherwise = isBelow ? new Place.Nothing() : new Place.Foreign();
    if (own != 1) {
      return otherwise;
    }
    // Resolvers vary the case of letters to make forging harder; a key has one spelling.
    String label = name.getLabelString(0).toLowerCase(Locale.ROOT);
    if (!label.startsWith("npub1")) {
      return otherwise;
    }
    try {
      return new Place.OfKey(Nip19.parsePublicKey(label));
    } catch (MalformedKeyException malformed) {
      return otherwise;
    }
  }
}
