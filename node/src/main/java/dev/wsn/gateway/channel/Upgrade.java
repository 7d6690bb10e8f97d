package dev.wsn.gateway.channel;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** The opening handshake of RFC 6455 4, seen from the client. Immutable. */
public final class Upgrade {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int KEY_BYTES = 16;

  private final String key;
  private final String request;
  private final List<String> protocols;

  private Upgrade(String key, String request, List<String> protocols) {
    this.key = key;
    this.request = request;
    this.protocols = List.copyOf(protocols);
  }

  /**
   * A request to open a WebSocket.
   *
   * @param host value of the Host field
   * @param path origin-form target
   * @param protocols subprotocols in order of preference
   * @param fields further fields, {@code Name: value}
   * @param random source of the key
   * @throws IllegalArgumentException if a part has a character that cannot stand there
   */
  public static Upgrade request(
      String host, String path, List<String> protocols, List<String> fields, SecureRandom random) {
    byte[] nonce = new byte[KEY_BYTES];
    random.nextBytes(nonce);
    String key = Base64.getEncoder().encodeToString(nonce);
    List<String> lines = new ArrayList<>();
    lines.add("GET " + path + " HTTP/1.1");
    lines.add("Host: " + host);
    lines.add("Upgrade: websocket");
    lines.add("Connection: Upgrade");
    lines.add("Sec-WebSocket-Key: " + key);
    lines.add("Sec-WebSocket-Version: 13");
    if (!protocols.isEmpty()) {
      lines.add("Sec-WebSocket-Protocol: " + String.join(", ", protocols));
    }
    lines.addAll(fields);
    if (lines.stream().anyMatch(line -> line.chars().anyMatch(c -> c < ' ' || c > '~'))) {
      throw new IllegalArgumentException("a control character in the head of a request");
    }
    return new Upgrade(key, String.join("\r\n", lines) + "\r\n\r\n", protocols);
  }

  /** The request as it goes on the wire. */
  public byte[] bytes() {
    return request.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Checks the response to this request.
   *
   * @return the subprotocol that was chosen, or empty
   * @throws UpgradeRefusedException if the status is not 101
   * @throws ChannelException {@link ChannelEnd#BAD_WEBSOCKET} if it accepts something that was not
   *     asked for
   */
  public String accept(UpgradeResponse response) throws ChannelException, UpgradeRefusedException {
    if (response.status() != 101) {
      throw new UpgradeRefusedException(response.status());
    }
    String protocol = response.field("sec-websocket-protocol");
    boolean isWebSocket =
        response.field("upgrade").toLowerCase(Locale.ROOT).equals("websocket")
            && response.field("connection").toLowerCase(Locale.ROOT).contains("upgrade")
            && response.field("sec-websocket-accept").equals(answer(key))
            && response.field("sec-websocket-extensions").isEmpty()
            && (protocol.isEmpty() || protocols.contains(protocol));
    if (!isWebSocket) {
      throw new ChannelException(ChannelEnd.BAD_WEBSOCKET);
    }
    return protocol;
  }

  /** What a server answers to a key (RFC 6455 4.2.2). */
  public static String answer(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] hash = sha1.digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-1", impossible);
    }
  }

  /** Whether this is a key that a client may send: 16 bytes in base64. */
  public static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }
}
