package dev.wsn.record;

import java.util.Optional;

/** Text form of IP addresses. */
@SuppressWarnings("DoNotCallSuggester")
final class IpLiteral {
  private IpLiteral() {}

  static Optional<byte[]> parse(String literal) {
    throw new UnsupportedOperationException(literal);
  }

  static Optional<IpPort> parseWithPort(String text) {
    throw new UnsupportedOperationException(text);
  }

  static String format(byte[] address) {
    throw new UnsupportedOperationException(String.valueOf(address.length));
  }
}
