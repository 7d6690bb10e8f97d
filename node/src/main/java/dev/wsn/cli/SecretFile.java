package dev.wsn.cli;

import dev.wsn.crypto.KeyFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
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
import java.util.Set;

/** Files that hold secrets: read only when nobody else can, written for their owner alone. */
final class SecretFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private SecretFile() {}

  /**
   * The content of a file.
   *
   * @param what names the file in messages, for example {@code the key file}
   * @return at most {@link KeyFile#MAX_BYTES} bytes, which the caller wipes
   * @throws CommandFailure if it cannot be read or is too long; the message says why
   */
  static byte[] read(Path file, String what) {
    if (Files.isDirectory(file)) {
      throw CommandFailure.usage(what + " " + file + " is a directory");
    }
    try (var in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(KeyFile.MAX_BYTES + 1);
      if (content.length > KeyFile.MAX_BYTES) {
        throw CommandFailure.usage(
            what + " " + file + " is longer than " + KeyFile.MAX_BYTES + " bytes: not a key");
      }
      return content;
    } catch (NoSuchFileException missing) {
      throw CommandFailure.usage(what + " " + file + " does not exist");
    } catch (AccessDeniedException denied) {
      throw CommandFailure.usage(
          what + " " + file + " cannot be read: permission denied; it must belong to you");
    } catch (IOException failure) {
      throw CommandFailure.usage(what + " " + file + " cannot be read: " + failure.getMessage());
    }
  }

  /**
   * Refuses a file that others can read or write; does nothing where the file system has no such
   * permissions.
   *
   * @param what names the file in messages
   * @throws CommandFailure with the command that closes it
   */
  static void requirePrivate(Path file, String what) {
    try {
      Set<PosixFilePermission> open = EnumSet.noneOf(PosixFilePermission.class);
      open.addAll(Files.getPosixFilePermissions(file));
      open.removeAll(OWNER_ONLY);
      open.remove(PosixFilePermission.OWNER_EXECUTE);
      if (!open.isEmpty()) {
        throw CommandFailure.usage(
            what + " " + file + " is open to others (" + open(file) + "); run: chmod 600 " + file);
      }
    } catch (UnsupportedOperationException noPosix) {
      return;
    } catch (IOException failure) {
      throw CommandFailure.usage(what + " " + file + " cannot be read: " + failure.getMessage());
    }
  }

  private static String open(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  /**
   * Writes a new file with mode 0600; an existing one is never touched.
   *
   * @throws CommandFailure if it exists or cannot be written
   */
  static void create(Path file, byte[] content) {
    boolean isPosix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        isPosix
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    var options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (OutputStream out =
        Channels.newOutputStream(Files.newByteChannel(file, options, attributes))) {
      out.write(content);
    } catch (FileAlreadyExistsException exists) {
      throw CommandFailure.usage(
          file + " exists already; a key is never overwritten, choose another name");
    } catch (NoSuchFileException missing) {
      throw CommandFailure.usage("cannot write " + file + ": its directory does not exist");
    } catch (AccessDeniedException denied) {
      throw CommandFailure.usage("cannot write " + file + ": permission denied");
    } catch (IOException failure) {
      throw CommandFailure.usage("cannot write " + file + ": " + failure.getMessage());
    }
  }
}
