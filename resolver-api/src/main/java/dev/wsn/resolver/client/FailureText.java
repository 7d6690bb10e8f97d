package dev.wsn.resolver.client;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Why a resolver gave no answer, as a sentence for people. Stateless. */
final class FailureText {
  private FailureText() {}

  /** The sentence. */
  static String of(URI base, Duration timeout, Throwable failure) {
    Throwable cause = cause(failure);
    if (cause instanceof TimeoutException) {
      return "the resolver at " + base + " did not answer within " + timeout.toSeconds() + " s";
    }
    if (cause instanceof HttpTimeoutException) {
      return "there is no way to the resolver at " + base + ": connecting takes too long";
    }
    if (cause instanceof ConnectException) {
      return isUnresolved(cause)
          ? "the host name of the resolver at " + base + " is unknown"
          : "there is no resolver at " + base + ": it refuses connections or cannot be reached";
    }
    if (cause instanceof SSLException) {
      return "the TLS connection to the resolver at " + base + " failed: " + cause.getMessage();
    }
    if (cause instanceof BoundedAnswer.TooLongException) {
      return "the resolver at " + base + " answered with more than a resolution can be";
    }
    return "the connection to the resolver at " + base + " broke before the answer was complete";
  }

  private static boolean isUnresolved(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }

  /** What really failed. */
  static Throwable cause(Throwable failure) {
    Throwable at = failure;
    while (at instanceof CompletionException && at.getCause() != null) {
      at = at.getCause();
    }
    return at.getCause() instanceof BoundedAnswer.TooLongException tooLong ? tooLong : at;
  }
}
