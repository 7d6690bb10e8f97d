package dev.wsn.cli;

import dev.wsn.gateway.AccessCallout;
import dev.wsn.gateway.AccessList;
import dev.wsn.gateway.AccessPolicy;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --allow}, {@code --deny}, {@code --access-url}: which clients a gateway serves. */
final class ClientAccessOption {
  @Option(
      names = "--allow",
      paramLabel = "FILE",
      description =
          "serve only clients that prove one of these keys, one per line; read again"
              + " when it changes")
  private @Nullable Path allowed;

  @Option(
      names = "--deny",
      paramLabel = "FILE",
      description = "serve everyone but these keys; read again when it changes")
  private @Nullable Path denied;

  @Option(
      names = "--access-url",
      paramLabel = "URL",
      description = "ask this server about every client: POST with its key and address, 200 is yes",
      converter = UrlConverter.class)
  private @Nullable URI callout;

  /**
   * Checks that at most one is given.
   *
   * @throws CommandFailure if not
   */
  void check() {
    if (Stream.of(allowed, denied, callout).filter(Objects::nonNull).count() > 1) {
      throw CommandFailure.usage("give one of --allow, --deny and --access-url, not several");
    }
  }

  /**
   * Who may.
   *
   * @throws CommandFailure if a file cannot be read, with the reason
   */
  AccessPolicy open(Vertx vertx) {
    if (callout != null) {
      return new AccessCallout(vertx, callout);
    }
    Path file = allowed != null ? allowed : denied;
    if (file == null) {
      return AccessPolicy.EVERYONE;
    }
    try {
      AccessList.Mode mode = allowed != null ? AccessList.Mode.ALLOW : AccessList.Mode.DENY;
      return AccessList.open(vertx, mode, file);
    } catch (NoSuchFileException missing) {
      throw CommandFailure.usage("the list of clients " + file + " does not exist");
    } catch (IOException unreadable) {
      throw CommandFailure.usage(String.valueOf(unreadable.getMessage()));
    }
  }
}
