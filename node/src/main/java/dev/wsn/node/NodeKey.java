package dev.wsn.node;

import dev.wsn.crypto.KeyFile;
import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.SecretKey;
import dev.wsn.store.PrivateDirectory;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;

/** The identity of a node: {@code node.key} in its data directory, an nsec with mode 0600. */
public final class NodeKey {
  /** Name of the file. */
  public static final String FILE = "node.key";

  private static final String WHAT = "the node's key file";

  private NodeKey() {}

  /**
   * Reads the key of a data directory, or makes it at the first start.
   *
   * @param directory created if missing
   * @param random source of a new key
   * @return the key, which the caller closes
   * @throws SecretFileException if the file is open to others, is no key, or cannot be written
   */
  public static SecretKey loadOrCreate(Path directory, SecureRandom random) {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      create(directory, file, random);
    }
    SecretFile.requirePrivate(file, WHAT);
    byte[] content = SecretFile.read(file, WHAT);
    try {
      return KeyFile.read(content);
    } catch (MalformedKeyException malformed) {
      throw new SecretFileException(WHAT + " " + file + " holds no key: " + malformed.getMessage());
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private static void create(Path directory, Path file, SecureRandom random) {
    try {
      PrivateDirectory.create(directory);
    } catch (FileAlreadyExistsException isFile) {
      throw new SecretFileException(
          "the data directory " + directory + " is a file; name a directory");
    } catch (AccessDeniedException isDenied) {
      throw new SecretFileException(
          "no permission to create the data directory " + directory + "; name one of your own");
    } catch (IOException failure) {
      throw new SecretFileException(
          "cannot create the data directory " + directory + ": " + failure.getMessage());
    }
    try (SecretKey secret = SecretKey.generate(random)) {
      byte[] content = KeyFile.nsec(secret);
      try {
        // If another process was faster, its key is the one that is read.
        SecretFile.create(file, content, random);
      } finally {
        Arrays.fill(content, (byte) 0);
      }
    }
  }
}
