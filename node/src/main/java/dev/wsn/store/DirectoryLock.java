package dev.wsn.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a data directory to one node. The operating system drops the lock with the process, however
 * that ends. Thread-safe.
 */
final class DirectoryLock implements AutoCloseable {
  private static final String FILE = "lock";

  /**
   * Directories locked by this process, one per open store. The operating system's lock belongs to
   * the process: a second channel on the file would not be refused, and closing it would drop the
   * first one's lock.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Creates the directory where it is missing, readable by its owner only, and locks it.
   *
   * @throws StoreException if another node has it or if it cannot be used
   */
  static DirectoryLock take(Path directory) {
    Path real;
    try {
      PrivateDirectory.create(directory);
      real = directory.toRealPath();
    } catch (IOException failure) {
      throw inaccessible(directory, failure);
    }
    if (!HELD.add(real)) {
      throw locked(directory);
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(real.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new DirectoryLock(real, channel);
      }
    } catch (IOException failure) {
      abandon(real, channel);
      throw inaccessible(directory, failure);
    }
    abandon(real, channel);
    throw locked(directory);
  }

  private static void abandon(Path real, @Nullable FileChannel channel) {
    HELD.remove(real);
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException alreadyUseless) {
        // Nothing was locked through it.
      }
    }
  }

  private static StoreException locked(Path directory) {
    return new StoreException(
        StoreException.Reason.LOCKED,
        "another wsn node uses " + directory + "; stop it, or choose another data directory");
  }

  static StoreException inaccessible(Path directory, Exception failure) {
    return new StoreException(
        StoreException.Reason.INACCESSIBLE,
        "the data directory "
            + directory
            + " cannot be used: "
            + failure.getClass().getSimpleName()
            + ": "
            + failure.getMessage(),
        failure);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException failure) {
      throw inaccessible(directory, failure);
    } finally {
      HELD.remove(directory);
    }
  }
}
