package dev.wsn.cli;

import dev.wsn.crypto.Secp256k1;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Unpacks libsecp256k1 and SQLite and loads them while the command line is read. Their own loaders
 * ask {@code uname} for the machine and compare what they unpacked byte by byte, which is a quarter
 * of a start, and leave files behind when the process is killed; they still do it where this finds
 * nothing for the machine.
 */
final class NativeLibraries {
  private static final Logger LOG = LoggerFactory.getLogger(NativeLibraries.class);

  /** Commands that open a database. */
  private static final Set<String> WITH_STORE = Set.of("node", "demo");

  /**
   * A library in the program.
   *
   * @param folder of all its machines, as a resource
   * @param file its name there
   * @param property of its loader, which names the directory to load it from
   */
  private record Library(String folder, String file, String property) {}

  private static final Library CURVE =
      new Library(
          "/fr/acinq/secp256k1/jni/native/linux-",
          "libsecp256k1-jni.so",
          "fr.acinq.secp256k1.lib.path");
  private static final Library STORE =
      new Library("/org/sqlite/native/Linux/", "libsqlitejdbc.so", "org.sqlite.lib.path");

  private NativeLibraries() {}

  /** Begins to load what a command will need, on a thread of its own. */
  static void preload(String... arguments) {
    boolean hasStore = arguments.length > 0 && WITH_STORE.contains(arguments[0]);
    List<Library> libraries = hasStore ? List.of(CURVE, STORE) : List.of(CURVE);
    Thread thread = new Thread(() -> load(libraries), "wsn-libraries");
    thread.setDaemon(true);
    thread.start();
  }

  private static void load(List<Library> libraries) {
    List<Path> unpacked = new ArrayList<>();
    try {
      if (System.getProperty("os.name", "").equals("Linux")) {
        unpack(libraries, unpacked);
      }
      Secp256k1 unused = Secp256k1.preferred();
      if (libraries.contains(STORE)) {
        boolean isLoaded = SQLiteJDBCLoader.initialize();
        LOG.debug("SQLite loaded: {}", isLoaded);
      }
    } catch (Exception failure) {
      // Whoever needs the library meets the same failure, and can say what it was for.
      LOG.debug("a native library does not load", failure);
    } finally {
      delete(unpacked);
    }
  }

  private static void unpack(List<Library> libraries, List<Path> unpacked) throws IOException {
    String architecture = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String machine = architecture.equals("amd64") ? "x86_64" : architecture;
    // Readable for nobody else, so nobody can put another library there.
    Path directory = Files.createTempDirectory("wsn-libraries-");
    unpacked.add(directory);
    for (Library library : libraries) {
      String resource = library.folder() + machine + "/" + library.file();
      try (InputStream in = NativeLibraries.class.getResourceAsStream(resource)) {
        if (in != null && System.getProperty(library.property()) == null) {
          Path file = directory.resolve(library.file());
          unpacked.add(file);
          Files.copy(in, file);
          System.setProperty(library.property(), directory.toString());
        }
      }
    }
  }

  /** A loaded library needs its file no longer. */
  private static void delete(List<Path> unpacked) {
    for (int i = unpacked.size() - 1; i >= 0; i--) {
      try {
        Files.deleteIfExists(unpacked.get(i));
      } catch (IOException left) {
        LOG.debug("left behind: {}", unpacked.get(i), left);
      }
    }
  }
}
