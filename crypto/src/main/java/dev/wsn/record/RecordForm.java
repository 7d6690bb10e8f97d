package dev.wsn.record;

import dev.wsn.record.Endpoint.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an event says once every rule holds that needs neither the time nor the curve.
 *
 * @param compact the compact form
 * @param expiresAt Unix seconds
 * @param endpoints in the order of the tags
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, lives for one call
record RecordForm(byte[] compact, long expiresAt, List<Endpoint> endpoints) {
  static final String EXPIRATION = "expiration";
  static final int MAX_ENDPOINTS = 8;
  static final long MAX_LIFETIME_SECONDS = 24 * 60 * 60;

  /** The most texts a compact form can hold, at one byte each. */
  private static final int MAX_TEXTS = RecordCodec.MAX_BYTES;

  /**
   * Reads an event, cheapest checks first.
   *
   * @param local whether loopback and private addresses are allowed
   * @throws RefusedRecordException for the first rule that does not hold
   */
  static RecordForm of(NostrEvent event, boolean local) {
    if (event.kind() != AddressRecord.KIND) {
      throw new RefusedRecordException(
          RecordRejection.WRONG_KIND,
          "the kind is " + event.kind() + "; address records are events of kind 11111");
    }
    if (!event.content().isEmpty()) {
      throw new RefusedRecordException(
          RecordRejection.CONTENT_NOT_EMPTY, "the content of an address record must be empty");
    }
    if (event.createdAt() < 0) {
      throw new RefusedRecordException(
          RecordRejection.MALFORMED, "created_at is before 1970; set it to the current time");
    }
    checkTexts(event.tags());
    byte[] compact = RecordCodec.tryEncode(event).orElseThrow(RecordForm::tooLarge);
    long expiresAt = expiration(event.tags());
    long lifetime = expiresAt - event.createdAt();
    if (lifetime <= 0 || lifetime > MAX_LIFETIME_SECONDS) {
      throw new RefusedRecordException(
          RecordRejection.LIFETIME_TOO_LONG,
          "the record would live "
              + lifetime
              + " s from created_at to expiration; allowed is 1 s to 24 h (86400 s)");
    }
    return new RecordForm(compact, expiresAt, endpoints(event.tags(), local));
  }

  /** The endpoints of an event that has been read before. */
  static List<Endpoint> endpoints(NostrEvent read) {
    return List.copyOf(endpoints(read.tags(), true));
  }

  private static void checkTexts(List<List<String>> tags) {
    int texts = tags.size();
    for (List<String> tag : tags) {
      texts += tag.size();
      if (texts > MAX_TEXTS) {
        throw tooLarge();
      }
      for (String text : tag) {
        if (text.length() > RecordCodec.MAX_BYTES) {
          throw tooLarge();
        }
        if (hasControl(text) || CompactText.hasLoneSurrogate(text)) {
          throw new RefusedRecordException(
              RecordRejection.FORBIDDEN_CHARACTER,
              "a tag holds a control character or half a character (a lone surrogate); libraries"
                  + " disagree on the id of such events, so remove it");
        }
      }
    }
  }

  private static boolean hasControl(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  private static RefusedRecordException tooLarge() {
    return new RefusedRecordException(
        RecordRejection.TOO_LARGE,
        "the compact form is over " + RecordCodec.MAX_BYTES + " bytes; remove endpoints or tags");
  }

  private static long expiration(List<List<String>> tags) {
    Optional<String> found = Optional.empty();
    for (List<String> tag : tags) {
      if (!tag.isEmpty() && tag.get(0).equals(EXPIRATION)) {
        if (found.isPresent()) {
          throw noExpiration("there is more than one expiration tag; keep one");
        }
        found = Optional.of(tag.size() < 2 ? "" : tag.get(1));
      }
    }
    long seconds =
        DecimalText.parse(
            found.orElseThrow(
                () ->
                    noExpiration(
                        "there is no expiration tag; add [\"expiration\",\"<unix seconds>\"]")));
    if (seconds < 0) {
      throw noExpiration(
          "the expiration is not a whole number of unix seconds in plain decimal digits");
    }
    return seconds;
  }

  private static RefusedRecordException noExpiration(String detail) {
    return new RefusedRecordException(RecordRejection.NO_EXPIRATION, detail);
  }

  private static List<Endpoint> endpoints(List<List<String>> tags, boolean local) {
    List<Endpoint> endpoints = new ArrayList<>(MAX_ENDPOINTS);
    for (List<String> tag : tags) {
      for (Network network : Network.values()) {
        if (!tag.isEmpty() && tag.get(0).equals(network.tag())) {
          if (endpoints.size() == MAX_ENDPOINTS) {
            throw new RefusedRecordException(
                RecordRejection.TOO_MANY_ENDPOINTS,
                "a record has at most " + MAX_ENDPOINTS + " endpoints; keep the best ones");
          }
          endpoints.add(endpoint(network, tag, local));
        }
      }
    }
    return endpoints;
  }

  private static Endpoint endpoint(Network network, List<String> tag, boolean local) {
    Endpoint endpoint;
    try {
      endpoint = EndpointText.parseTag(network, tag);
    } catch (MalformedUriException bad) {
      throw new RefusedRecordException(
          RecordRejection.BAD_ENDPOINT, String.valueOf(bad.getMessage()));
    }
    AddressScope scope = endpoint.scope();
    if (scope == AddressScope.UNUSABLE) {
      throw new RefusedRecordException(
          RecordRejection.UNUSABLE_ADDRESS,
          endpoint.address()
              + " is an unspecified, multicast or reserved address; publish the one that clients"
              + " can connect to");
    }
    if (scope != AddressScope.PUBLIC && !local) {
      throw new RefusedRecordException(
          RecordRejection.PRIVATE_ADDRESS,
          endpoint.address()
              + " is a loopback, private or link-local address; publish a public one, or use"
              + " local-network mode");
    }
    return endpoint;
  }
}
