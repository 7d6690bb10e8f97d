package dev.wsn.gateway;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/** A key could not be connected to. The message is a sentence for people. */
final class ConnectFailure extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** Why, and what HTTP calls it. */
  enum Kind {
    KEY_UNKNOWN(404, "key-unknown"),
    KEY_WITHDRAWN(410, "key-withdrawn"),
    RELAY_UNREACHABLE(502, "relay-unreachable"),
    RESOLVER_UNREACHABLE(503, "resolver-unreachable"),
    TIMEOUT(504, "timeout"),
    REFUSED(0, "relay-refused");

    private final int status;
    private final String type;

    Kind(int status, String type) {
      this.status = status;
      this.type = type;
    }

    String type() {
      return type;
    }
  }

  /**
   * An endpoint that was tried.
   *
   * @param endpoint {@code ip:port}
   * @param reason a sentence for people
   */
  record Tried(String endpoint, String reason) {}

  private final Kind kind;
  private final int status;
  private final transient List<Tried> tried;

  private ConnectFailure(Kind kind, int status, String detail, List<Tried> tried) {
    super(detail, null, false, false);
    this.kind = kind;
    this.status = status;
    this.tried = List.copyOf(tried);
  }

  static ConnectFailure of(Kind kind, String detail) {
    return new ConnectFailure(kind, kind.status, detail, List.of());
  }

  static ConnectFailure unreachable(String detail, List<Tried> tried) {
    return new ConnectFailure(Kind.RELAY_UNREACHABLE, Kind.RELAY_UNREACHABLE.status, detail, tried);
  }

  /** The holder of the key itself says no. */
  static ConnectFailure refused(int status, String detail) {
    return new ConnectFailure(Kind.REFUSED, status, detail, List.of());
  }

  /** The same after some endpoints were tried in vain. */
  ConnectFailure having(List<Tried> attempts) {
    return new ConnectFailure(kind, status, detail(), attempts);
  }

  /** The same with everything that was tried in the message, for who sees nothing else. */
  ConnectFailure told() {
    String attempts =
        tried.stream()
            .map(each -> each.endpoint() + ": " + each.reason())
            .collect(Collectors.joining("; "));
    return new ConnectFailure(
        kind, status, tried.isEmpty() ? detail() : detail() + " Tried " + attempts, tried);
  }

  Kind kind() {
    return kind;
  }

  /** HTTP status. */
  int status() {
    return status;
  }

  /** What was tried, in order. */
  List<Tried> tried() {
    return tried;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
