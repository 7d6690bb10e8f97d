package dev.wsn.gateway.channel;

import java.util.List;

/**
 * What the responder answers: the payload of its {@link Opcode#HEAD} frame.
 *
 * @param status {@link #SWITCHED} when the WebSocket is open, else an HTTP status from 200 to 599
 * @param protocol the subprotocol that the backend chose, or empty
 * @param detail a sentence for people about a failure, at most 256 characters, or empty
 * @param fields header fields of an HTTP response, at most {@link RequestHead#MAX_FIELDS}
 */
public record ResponseHead(int status, String protocol, String detail, List<HttpField> fields) {
  /** The WebSocket is open. */
  public static final int SWITCHED = 101;

  /** Longest detail. */
  public static final int MAX_DETAIL_CHARACTERS = 256;

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if one breaks its rule
   */
  public ResponseHead {
    fields = List.copyOf(fields);
    if (status != SWITCHED && (status < 200 || status > 599)) {
      throw new IllegalArgumentException("a response head has no status " + status);
    }
    if (!protocol.isEmpty() && !RequestHead.isToken(protocol)) {
      throw new IllegalArgumentException("not a subprotocol");
    }
    if (fields.size() > RequestHead.MAX_FIELDS) {
      throw new IllegalArgumentException("too many header fields");
    }
    boolean hasControl = detail.chars().anyMatch(c -> c < ' ' || c == 0x7f);
    if (detail.length() > MAX_DETAIL_CHARACTERS || hasControl) {
      throw new IllegalArgumentException("not a detail");
    }
  }

  /** The WebSocket is open. */
  public static ResponseHead switched(String protocol) {
    return new ResponseHead(SWITCHED, protocol, "", List.of());
  }

  /** The WebSocket is not open, or the request was not answered by the backend. */
  public static ResponseHead failed(int status, String detail) {
    return new ResponseHead(status, "", detail, List.of());
  }

  /** What the backend answered to an HTTP request. */
  public static ResponseHead http(int status, List<HttpField> fields) {
    return new ResponseHead(status, "", "", fields);
  }

  /** Whether the WebSocket is open. */
  public boolean isSwitched() {
    return status == SWITCHED;
  }
}
