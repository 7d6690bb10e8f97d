package dev.wsn.gateway.channel;

/**
 * What the responder answers: the payload of its {@link Opcode#HEAD} frame.
 *
 * @param status {@link #SWITCHED} when the WebSocket is open, else an HTTP status from 400 to 599
 *     that says why not
 * @param protocol the subprotocol that the backend chose, or empty
 * @param detail a sentence for people about a failure, at most 256 characters, or empty
 */
public record ResponseHead(int status, String protocol, String detail) {
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
    if (status != SWITCHED && (status < 400 || status > 599)) {
      throw new IllegalArgumentException("a response head has no status " + status);
    }
    if (!protocol.isEmpty() && !RequestHead.isToken(protocol)) {
      throw new IllegalArgumentException("not a subprotocol");
    }
    boolean hasControl = detail.chars().anyMatch(c -> c < ' ' || c == 0x7f);
    if (detail.length() > MAX_DETAIL_CHARACTERS || hasControl) {
      throw new IllegalArgumentException("not a detail");
    }
  }

  /** The WebSocket is open. */
  public static ResponseHead switched(String protocol) {
    return new ResponseHead(SWITCHED, protocol, "");
  }

  /** The WebSocket is not open. */
  public static ResponseHead failed(int status, String detail) {
    return new ResponseHead(status, "", detail);
  }

  /** Whether the WebSocket is open. */
  public boolean isSwitched() {
    return status == SWITCHED;
  }
}
