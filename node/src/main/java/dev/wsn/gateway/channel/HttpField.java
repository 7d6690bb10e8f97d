package dev.wsn.gateway.channel;

/**
 * A header field of an HTTP message that goes through the channel.
 *
 * @param name a token of RFC 9110 5.1
 * @param value without control characters but tab
 */
public record HttpField(String name, String value) {
  /**
   * Checks both.
   *
   * @throws IllegalArgumentException if one has a character that may not be there
   */
  public HttpField {
    boolean hasControl = value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f);
    if (!RequestHead.isToken(name) || hasControl) {
      throw new IllegalArgumentException("not a header field");
    }
  }
}
