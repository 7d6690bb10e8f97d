package dev.wsn.gateway.channel;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What the initiator wants: the payload of its {@link Opcode#HEAD} frame.
 *
 * @param method empty for a WebSocket, else one of {@link #METHODS}
 * @param service which of the gateway's backends; empty for the first
 * @param path origin-form request target: begins with a slash, visible ASCII, at most 2,048
 *     characters, no fragment, no dot segments
 * @param protocols WebSocket subprotocols in order of preference; at most 16 tokens of at most 128
 *     characters
 * @param fields header fields of an HTTP request, at most 64; none for a WebSocket
 */
public record RequestHead(
    String method, String service, String path, List<String> protocols, List<HttpField> fields) {
  /** Longest path. */
  public static final int MAX_PATH_CHARACTERS = 2048;

  /** Most subprotocols. */
  public static final int MAX_PROTOCOLS = 16;

  /** Most header fields. */
  public static final int MAX_FIELDS = 64;

  /** HTTP methods that the channel carries; the others change how messages are framed. */
  public static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  static final int MAX_TOKEN_CHARACTERS = 128;

  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if one breaks its rule
   */
  public RequestHead {
    protocols = List.copyOf(protocols);
    fields = List.copyOf(fields);
    if (!isPath(path)) {
      throw new IllegalArgumentException("not a path that may be asked for");
    }
    if (protocols.size() > MAX_PROTOCOLS || !protocols.stream().allMatch(RequestHead::isToken)) {
      throw new IllegalArgumentException("not a list of subprotocols");
    }
    boolean isMethod = method.isEmpty() ? fields.isEmpty() : METHODS.contains(method);
    if (!isMethod || !(service.isEmpty() || isToken(service))) {
      throw new IllegalArgumentException("not a method or service");
    }
    if (fields.size() > MAX_FIELDS) {
      throw new IllegalArgumentException("too many header fields");
    }
  }

  /** A WebSocket to the first backend. */
  public static RequestHead webSocket(String path, List<String> protocols) {
    return new RequestHead("", "", path, protocols, List.of());
  }

  /** An HTTP request to the backend that takes those. */
  public static RequestHead http(String method, String path, List<HttpField> fields) {
    return new RequestHead(method, "", path, List.of(), fields);
  }

  /** Whether this is an HTTP request: each side sends its body as one binary message. */
  public boolean isHttp() {
    return !method.isEmpty();
  }

  /** Whether this text may be asked for; false also for paths that would leave a base path. */
  public static boolean isPath(String path) {
    if (path.isEmpty() || path.charAt(0) != '/' || path.length() > MAX_PATH_CHARACTERS) {
      return false;
    }
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#' || c == '\\') {
        return false;
      }
    }
    int query = path.indexOf('?');
    String plain = query < 0 ? path : path.substring(0, query);
    for (String segment : plain.toLowerCase(Locale.ROOT).replace("%2f", "/").split("/", -1)) {
      String decoded = segment.replace("%2e", ".");
      if (decoded.equals(".") || decoded.equals("..")) {
        return false;
      }
    }
    return true;
  }

  /** Whether this is a token of RFC 9110 5.6.2, as subprotocols are. */
  public static boolean isToken(String text) {
    if (text.isEmpty() || text.length() > MAX_TOKEN_CHARACTERS) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean isDigit = c >= '0' && c <= '9';
      if (!isLetter && !isDigit && TOKEN_MARKS.indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }
}
