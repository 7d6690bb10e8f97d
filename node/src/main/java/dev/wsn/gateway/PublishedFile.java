package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/**
 * The time of the last record that a key published: one line, {@code <64 hex> <unix seconds>}.
 * Replaced whole, so that a crash leaves the old or the new line. Blocks; not for an event loop.
 */
final class PublishedFile {
  private static final int MAX_BYTES = 256;

  private final Path path;
  private final PublicKey key;

  PublishedFile(Path path, PublicKey key) {
    this.path = path;
    this.key = key;
  }

  /**
   * The time, or empty if there is no file.
   *
   * @throws IOException if the file cannot be read, is of another key, or is something else; the
   *     message is for people
   */
  OptionalLong read() throws IOException {
    if (!Files.exists(path)) {
      return OptionalLong.empty();
    }
    if (Files.size(path) > MAX_BYTES) {
      throw notOurs();
    }
    String[] parts = Files.readString(path, StandardCharsets.US_ASCII).strip().split(" ", -1);
    if (parts.length != 2 || !parts[1].matches("[0-9]{1,18}")) {
      throw notOurs();
    }
    if (!parts[0].equals(key.hex())) {
      throw new IOException(path + " belongs to another key; give this key a file of its own");
    }
    return OptionalLong.of(Long.parseLong(parts[1]));
  }

  private IOException notOurs() {
    return new IOException(
        path + " does not hold the time of the last published record; move it away");
  }

  /** Replaces the time. */
  void write(long createdAt) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(path + " is no file name");
    }
    Files.createDirectories(directory);
    Path draft = directory.resolve(path.getFileName() + ".new");
    byte[] line = (key.hex() + " " + createdAt + "\n").getBytes(StandardCharsets.US_ASCII);
    try (FileChannel channel =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(line);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
