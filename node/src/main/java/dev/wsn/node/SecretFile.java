package dev.wsn.node;

import dev.wsn.crypto.KeyFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Files that hold secrets: read only when nobody else can, written whole or not at all, for their
 * owner alone, and never over an existing file. Where the file system has no POSIX permissions
 * those are not checked. Stateless and thread-safe.
 */
public final class SecretFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final int SUFFIX_BYTES = 8;

  private SecretFile() {}

  /**
   * The content of a file, whoever can read it; for what is encrypted.
   *
   * @param what names the file in messages, for example {@code the key file}
   * @return at most {@link KeyFile#MAX_BYTES} bytes, which the caller wipes
   * @throws SecretFileException if it cannot be read or is too long
   */
  public static byte[] read(Path file, String what) {
    if (Files.isDirectory(file)) {
      throw new SecretFileException(what + " " + file + " is a directory");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(KeyFile.MAX_BYTES + 1);
      if (content.length > KeyFile.MAX_BYTES) {
        throw new SecretFileException(
            what + " " + file + " is longer than " + KeyFile.MAX_BYTES + " bytes: not a key");
      }
      return content;
    } catch (NoSuchFileException missing) {
      throw new SecretFileException(what + " " + file + " does not exist");
    } catch (AccessDeniedException denied) {
      throw new SecretFileException(
          what + " " + file + " cannot be read: permission denied; it must belong to you");
    } catch (IOException failure) {
      throw new SecretFileException(what + " " + file + " cannot be read: " + failure.getMessage());
    }
  }

  /**
   * Refuses a file that others can read or write.
   *
   * @param what as in {@link #read}
   * @throws SecretFileException if they can; the message says how to change that
   */
  public static void requirePrivate(Path file, String what) {
    try {
      Set<PosixFilePermission> found = Files.getPosixFilePermissions(file);
      Set<PosixFilePermission> open = EnumSet.noneOf(PosixFilePermission.class);
      open.addAll(found);
      open.removeAll(OWNER_ONLY);
      open.remove(PosixFilePermission.OWNER_EXECUTE);
      if (!open.isEmpty()) {
        throw new SecretFileException(
            String.format(
                "%s %s is open to others (%s); run: chmod 600 %s",
                what, file, PosixFilePermissions.toString(found), file));
      }
    } catch (UnsupportedOperationException noPosix) {
      return;
    } catch (IOException failure) {
      throw new SecretFileException(what + " " + file + " cannot be read: " + failure.getMessage());
    }
  }

  /**
   * Writes a new file with mode 0600. After a crash the file is there whole or not at all.
   *
   * @param random names the file that is moved into place
   * @return false if the file exists already; it is not touched then
   * @throws SecretFileException if it cannot be written
   */
  public static boolean create(Path file, byte[] content, RandomGenerator random) {
    byte[] suffix = new byte[SUFFIX_BYTES];
    random.nextBytes(suffix);
    Path building =
        file.resolveSibling(file.getFileName() + "." + HexFormat.of().formatHex(suffix) + ".new");
    try {
      try {
        write(building, content);
        return place(building, file);
      } finally {
        Files.deleteIfExists(building);
      }
    } catch (NoSuchFileException missing) {
      throw new SecretFileException("cannot write " + file + ": its directory does not exist");
    } catch (AccessDeniedException denied) {
      throw new SecretFileException("cannot write " + file + ": permission denied");
    } catch (IOException failure) {
      throw new SecretFileException("cannot write " + file + ": " + failure.getMessage());
    }
  }

  private static void write(Path building, byte[] content) throws IOException {
    boolean isPosix = building.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        isPosix
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    var options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(building, options, attributes)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  /** A link, unlike a move, never replaces a file that another process made meanwhile. */
  private static boolean place(Path building, Path file) throws IOException {
    try {
      Files.createLink(file, building);
      return true;
    } catch (FileAlreadyExistsException exists) {
      return false;
    } catch (UnsupportedOperationException | java.nio.file.FileSystemException noLinks) {
      if (Files.exists(file)) {
        return false;
      }
      Files.move(building, file);
      return true;
    }
  }
}
