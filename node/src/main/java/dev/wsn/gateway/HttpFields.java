package dev.wsn.gateway;

import dev.wsn.gateway.channel.HttpField;
import dev.wsn.gateway.channel.RequestHead;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Header fields between an HTTP message and a head of the channel. */
final class HttpFields {
  /** Names the key of a client that proved one; set by the gateway, never passed from a client. */
  static final String WSN_CLIENT = "x-wsn-client";

  /** Fields of one connection (RFC 9110 7.6.1), and those that say who asks: a client may not. */
  private static final Set<String> NOT_PASSED =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "expect",
          "host",
          "forwarded",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto",
          "x-real-ip",
          WSN_CLIENT);

  static final String CONTENT_LENGTH = "content-length";

  private static final int MAX_LENGTH_DIGITS = 18;

  private HttpFields() {}

  /**
   * What goes through the channel.
   *
   * @throws IllegalArgumentException if a field cannot go, or there are too many
   */
  static List<HttpField> passed(MultiMap headers) {
    List<HttpField> fields = new ArrayList<>();
    String connection = String.join(",", headers.getAll("connection")).toLowerCase(Locale.ROOT);
    List<String> named = List.of(connection.split("\\s*,\\s*"));
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!NOT_PASSED.contains(name) && !named.contains(name)) {
        fields.add(new HttpField(header.getKey(), header.getValue()));
      }
    }
    if (fields.size() > RequestHead.MAX_FIELDS) {
      throw new IllegalArgumentException("too many header fields");
    }
    return fields;
  }

  /** The same rule at the other end, where the fields are a stranger's. */
  static MultiMap received(List<HttpField> fields) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (HttpField field : fields) {
      if (!NOT_PASSED.contains(field.name().toLowerCase(Locale.ROOT))) {
        headers = headers.add(field.name(), field.value());
      }
    }
    return headers;
  }

  /**
   * How long the body will be, or empty if that is not said.
   *
   * @throws IllegalArgumentException if it is said twice or is no number: two readers would see two
   *     different messages
   */
  static OptionalLong length(MultiMap headers) {
    List<String> lengths = headers.getAll(CONTENT_LENGTH);
    if (lengths.isEmpty()) {
      return OptionalLong.empty();
    }
    String length = lengths.get(0);
    boolean isNumber = length.length() <= MAX_LENGTH_DIGITS && length.matches("0|[1-9][0-9]*");
    if (lengths.size() > 1 || !isNumber) {
      throw new IllegalArgumentException("not a length of a body");
    }
    return OptionalLong.of(Long.parseLong(length));
  }
}
