package dev.wsn.resolver.client;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.EventId;
import dev.wsn.record.RecordVersion;
import dev.wsn.record.RollbackMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest record that this person's programs saw of each key, kept over restarts so that nobody
 * can take them back to an older address: a line of text for the form, then one per key, {@code
 * <key> <created_at> <id>}. Several processes may write at a time; each adds what it saw. For its
 * owner alone, as it tells whom they talk to.
 */
public final class SeenFile implements SeenRecords {
  private static final Logger LOG = LoggerFactory.getLogger(SeenFile.class);
  private static final String FORM = "wsn-seen 1";
  private static final String LINE = "[0-9a-f]{64} [0-9]{1,15} [0-9a-f]{64}";
  private static final int LINE_BYTES = 64 + 1 + 15 + 1 + 64 + 1;
  private static final long MAX_BYTES = FORM.length() + 1 + (long) MAX_KEYS * LINE_BYTES;

  /** What is newer than that was written under a wrong clock, and would never be forgotten. */
  private static final long MAX_AHEAD_SECONDS = 86_400;

  /** A lock of the system is one of the whole process: its own threads get no second one. */
  private static final Object OF_THIS_PROCESS = new Object();

  private final Path path;

  private static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * A file; nothing is read or written yet.
   *
   * @param path its directory is made when there is something to keep
   */
  public SeenFile(Path path) {
    this.path = path;
  }

  /**
   * The one that {@code wsn} itself uses, and other programs of the same person may share: {@code
   * $XDG_STATE_HOME/wsn/seen}, or below {@code ~/.local/state}; empty without a home.
   *
   * @param environment of the process
   */
  public static Optional<SeenFile> standard(Map<String, String> environment) {
    String state = environment.getOrDefault("XDG_STATE_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    if (Path.of(state).isAbsolute()) {
      return Optional.of(new SeenFile(Path.of(state, "wsn", "seen")));
    }
    return Path.of(home).isAbsolute()
        ? Optional.of(new SeenFile(Path.of(home, ".local", "state", "wsn", "seen")))
        : Optional.empty();
  }

  /** Its path. */
  @Override
  public String toString() {
    return path.toString();
  }

  /** As said there; a file that is damaged is moved aside, with a warning. */
  @Override
  public void recall(RollbackMemory memory, long unixSeconds) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new DamagedException();
      }
      read(Files.readString(path, StandardCharsets.ISO_8859_1), memory, unixSeconds);
    } catch (DamagedException damaged) {
      Path aside = path.resolveSibling(path.getFileName() + ".damaged-" + unixSeconds);
      Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
      LOG.warn(
          "{} was damaged and is now {}; until newer records were seen again, an older address of a"
              + " key cannot be told from its present one",
          path,
          aside);
    }
  }

  private static void read(String text, RollbackMemory memory, long unixSeconds)
      throws DamagedException {
    String[] lines = text.split("\n", -1);
    boolean isWhole = lines[0].equals(FORM) && lines[lines.length - 1].isEmpty();
    for (int i = 1; i < lines.length - 1; i++) {
      isWhole &= lines[i].matches(LINE);
    }
    if (!isWhole) {
      throw new DamagedException();
    }
    for (int i = 1; i < lines.length - 1; i++) {
      String[] parts = lines[i].split(" ", -1);
      long createdAt = Long.parseLong(parts[1]);
      if (createdAt <= unixSeconds + MAX_AHEAD_SECONDS) {
        memory.remember(
            PublicKey.of(HexFormat.of().parseHex(parts[0])),
            new RecordVersion(createdAt, EventId.of(HexFormat.of().parseHex(parts[2]))));
      }
    }
    memory.forget(unixSeconds);
  }

  /** As said there, and what other processes wrote meanwhile; whole or not at all. */
  @Override
  public void add(RollbackMemory memory, long unixSeconds) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(path + " is no file name");
    }
    Files.createDirectories(directory, ownerOnly(directory, "rwx------"));
    synchronized (OF_THIS_PROCESS) {
      addLocked(directory, memory, unixSeconds);
    }
  }

  private void addLocked(Path directory, RollbackMemory memory, long unixSeconds)
      throws IOException {
    Path lockFile = directory.resolve(path.getFileName() + ".lock");
    try (FileChannel lockChannel = open(lockFile);
        FileLock lock = lockChannel.lock()) {
      RollbackMemory all = new RollbackMemory(MAX_KEYS);
      recall(all, unixSeconds);
      memory.forEach(all::remember);
      all.forget(unixSeconds);
      StringBuilder text = new StringBuilder(FORM).append('\n');
      all.forEach(
          (key, version) ->
              text.append(key.hex() + " " + version.createdAt() + " " + version.id() + "\n"));
      Path draft = directory.resolve(path.getFileName() + ".new");
      Files.deleteIfExists(draft);
      try (FileChannel channel = open(draft)) {
        ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      if (!lock.isValid()) {
        throw new IOException("the lock of " + path + " was lost");
      }
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(
        file,
        EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        ownerOnly(file, "rw-------"));
  }

  private static FileAttribute<?>[] ownerOnly(Path file, String permissions) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
