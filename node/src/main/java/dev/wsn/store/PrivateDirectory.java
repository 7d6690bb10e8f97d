package dev.wsn.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The data directory of a node: for its owner only. */
public final class PrivateDirectory {
  private PrivateDirectory() {}

  /**
   * Creates the directory, and those above it, with mode 0700; leaves an existing one as it is.
   *
   * @throws IOException if that is not possible
   */
  public static void create(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(directory);
    }
  }
}
