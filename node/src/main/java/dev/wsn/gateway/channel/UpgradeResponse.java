package dev.wsn.gateway.channel;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The head of an HTTP response, read from the bytes that come first on a connection.
 *
 * @param status from 100 to 599
 * @param fields by name in lower case; fields that occur twice are joined by a comma; at most
 *     {@link #MAX_FIELDS}
 * @param headBytes length of the head; what follows are the first bytes of the WebSocket
 */
public record UpgradeResponse(int status, Map<String, String> fields, int headBytes) {
  /** Longest head. */
  public static final int MAX_HEAD_BYTES = 8192;

  /** Most fields. */
  public static final int MAX_FIELDS = 64;

  private static final byte[] END = {'\r', '\n', '\r', '\n'};

  /** Copies the map. */
  public UpgradeResponse {
    fields = Map.copyOf(fields);
  }

  /** The value of a field, or empty. */
  public String field(String lowerCaseName) {
    return fields.getOrDefault(lowerCaseName, "");
  }

  /**
   * Reads the head.
   *
   * @param bytes all that has come on the connection
   * @return empty until the head is complete
   * @throws ChannelException {@link ChannelEnd#BAD_WEBSOCKET} if it is none, or too long
   */
  public static Optional<UpgradeResponse> parse(byte[] bytes) throws ChannelException {
    int end = indexOfEnd(bytes);
    if (end < 0) {
      if (bytes.length >= MAX_HEAD_BYTES) {
        throw bad();
      }
      return Optional.empty();
    }
    String[] lines = new String(bytes, 0, end, StandardCharsets.ISO_8859_1).split("\r\n", -1);
    int status = status(lines[0]);
    Map<String, String> fields = new LinkedHashMap<>();
    if (lines.length - 1 > MAX_FIELDS) {
      throw bad();
    }
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon <= 0 || !RequestHead.isToken(lines[i].substring(0, colon))) {
        throw bad();
      }
      String name = lines[i].substring(0, colon).toLowerCase(Locale.ROOT);
      fields.merge(name, lines[i].substring(colon + 1).strip(), (a, b) -> a + ", " + b);
    }
    return Optional.of(new UpgradeResponse(status, fields, end + END.length));
  }

  private static int indexOfEnd(byte[] bytes) {
    int last = Math.min(bytes.length, MAX_HEAD_BYTES) - END.length;
    for (int i = 0; i <= last; i++) {
      if (Arrays.equals(bytes, i, i + END.length, END, 0, END.length)) {
        return i;
      }
    }
    return -1;
  }

  private static int status(String line) throws ChannelException {
    boolean isHttp = line.startsWith("HTTP/1.1 ") && line.length() >= 12;
    int status = 0;
    for (int i = 9; isHttp && i < 12; i++) {
      int digit = line.charAt(i) - '0';
      isHttp = digit >= 0 && digit <= 9;
      status = 10 * status + digit;
    }
    if (!isHttp || status < 100 || status > 599) {
      throw bad();
    }
    return status;
  }

  private static ChannelException bad() {
    return new ChannelException(ChannelEnd.BAD_WEBSOCKET);
  }
}
