package dev.wsn.gateway;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.record.Endpoint;
import dev.wsn.record.MalformedUriException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a request to the local proxy is for: {@code /<key>[@<ip>:<port>][/path]}, or any path at the
 * host {@code <npub>.localhost} or {@code <npub>.wsn}, for apps that put their paths at the root.
 *
 * @param hints where the key may be, as the request says
 * @param path origin-form target at the relay
 */
record ProxyTarget(PublicKey key, List<Endpoint> hints, String path) {
  /** What may follow an npub in a host name; the second is for SOCKS. */
  private static final List<String> SUFFIXES = List.of(".localhost", ".wsn");

  /** Copies the list. */
  ProxyTarget {
    hints = List.copyOf(hints);
  }

  /** A request that names no key, with a sentence for people. */
  static final class MalformedTargetException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String type;

    private MalformedTargetException(String type, String detail) {
      super(detail, null, false, false);
      this.type = type;
    }

    String type() {
      return type;
    }

    String detail() {
      return String.valueOf(getMessage());
    }
  }

  /** The key in the host of a request, if there is one. */
  static Optional<PublicKey> hostKey(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    return authority == null ? Optional.empty() : keyOf(authority.host());
  }

  /** The key in a host name, {@code <npub>.localhost} or {@code <npub>.wsn}. */
  static Optional<PublicKey> keyOf(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    for (String suffix : SUFFIXES) {
      if (lower.endsWith(suffix)) {
        try {
          String label = lower.substring(0, lower.length() - suffix.length());
          return Optional.of(Nip19.parsePublicKey(label));
        } catch (MalformedKeyException noKey) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Reads the target of a request.
   *
   * @param fixed the key of the host or of the listener, which leaves the whole path to the relay
   * @throws MalformedTargetException if there is no key, or the path may not be asked for
   */
  static ProxyTarget read(String target, Optional<PublicKey> fixed)
      throws MalformedTargetException {
    ProxyTarget read =
        fixed.isPresent() ? new ProxyTarget(fixed.get(), List.of(), target) : read(target);
    if (!RequestHead.isPath(read.path)) {
      throw new MalformedTargetException(
          "malformed-request",
          "The path after the key has a dot segment or a character that may not be.");
    }
    return read;
  }

  private static ProxyTarget read(String target) throws MalformedTargetException {
    int end = endOfKey(target);
    String path = end == target.length() ? "/" : target.substring(end);
    path = path.startsWith("?") ? "/" + path : path;
    String name = target.substring(Math.min(1, end), end);
    int at = name.indexOf('@');
    try {
      PublicKey key = Nip19.parsePublicKey(at < 0 ? name : name.substring(0, at));
      List<Endpoint> hints = at < 0 ? List.of() : List.of(Endpoint.parse(name.substring(at + 1)));
      return new ProxyTarget(key, hints, path);
    } catch (MalformedKeyException | MalformedUriException malformed) {
      throw new MalformedTargetException(
          "malformed-key", "After the first slash comes a key: " + malformed.getMessage());
    }
  }

  private static int endOfKey(String target) {
    int end = Math.min(1, target.length());
    while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
      end++;
    }
    return end;
  }
}
