package dev.wsn.gateway;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys in a file, one npub or 64 hexadecimal digits per line; what follows a {@code #} is a
 * comment. Looked at again every few seconds; a file that cannot be read leaves the last list in
 * force. Thread-safe.
 */
public final class AccessList implements AccessPolicy, AutoCloseable {
  /** What the keys of the list mean. */
  public enum Mode {
    /** Only they may; who stays anonymous may not. */
    ALLOW,
    /** All but they may, anonymous clients too. */
    DENY
  }

  /** Most keys. */
  public static final int MAX_KEYS = 100_000;

  /** How often the file is looked at. */
  static final long PERIOD_MILLIS = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(AccessList.class);
  private static final long MAX_BYTES = MAX_KEYS * 128L;

  private final Vertx vertx;
  private final Mode mode;
  private final Path file;
  private final long timer;
  private volatile Set<PublicKey> keys;
  private FileTime readAt;

  // Vert.x says that the result may be null; only newer compilers read that from its classes.
  @SuppressWarnings("NullAway")
  private AccessList(Vertx vertx, Mode mode, Path file) throws IOException {
    this.vertx = vertx;
    this.mode = mode;
    this.file = file;
    this.readAt = Files.getLastModifiedTime(file);
    this.keys = read();
    this.timer =
        vertx.setPeriodic(
            PERIOD_MILLIS,
            tick -> {
              var unused = vertx.executeBlocking(this::look);
            });
  }

  /**
   * Reads the list and goes on looking at it.
   *
   * @throws IOException if it cannot be read or has a line that is no key; the message says which
   */
  public static AccessList open(Vertx vertx, Mode mode, Path file) throws IOException {
    return new AccessList(vertx, mode, file);
  }

  /** Reads the list again if it changed; returns whether it did. */
  private synchronized boolean look() {
    try {
      FileTime changed = Files.getLastModifiedTime(file);
      if (!changed.equals(readAt)) {
        readAt = changed;
        keys = read();
        LOG.info("read {} again: {} keys", file, keys.size());
        return true;
      }
    } catch (IOException unreadable) {
      LOG.warn("the list of clients stays as it was: {}", unreadable.getMessage());
    }
    return false;
  }

  private Set<PublicKey> read() throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(file + " is longer than a list of " + MAX_KEYS + " keys");
    }
    List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    Set<PublicKey> read = new HashSet<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).split("#", 2)[0].strip();
      if (line.isEmpty()) {
        continue;
      }
      try {
        read.add(Nip19.parsePublicKey(line));
      } catch (MalformedKeyException malformed) {
        throw new IOException(file + ":" + (i + 1) + ": " + malformed.getMessage(), malformed);
      }
      if (read.size() > MAX_KEYS) {
        throw new IOException(file + " has more than " + MAX_KEYS + " keys");
      }
    }
    return Set.copyOf(read);
  }

  @Override
  public Future<Boolean> admits(Caller caller) {
    boolean isListed = caller.key().filter(keys::contains).isPresent();
    return Future.succeededFuture(mode == Mode.ALLOW ? isListed : !isListed);
  }

  /** Keys that are listed now. */
  public int size() {
    return keys.size();
  }

  @Override
  public void close() {
    boolean unused = vertx.cancelTimer(timer);
  }
}
