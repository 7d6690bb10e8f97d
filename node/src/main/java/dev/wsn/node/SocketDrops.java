package dev.wsn.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What Linux dropped because a program did not read its UDP socket in time: the last column of
 * {@code /proc/net/udp} (proc_net_udp(5)), found by the inode of the socket. On other systems
 * nothing is known.
 */
final class SocketDrops {
  private static final Path SELF = Path.of("/proc/self");
  private static final int INODE_COLUMN = 9;
  private static final String PREFIX = "socket:[";

  private SocketDrops() {}

  /**
   * Datagrams that were dropped before this socket since it was opened. Blocks for the time that it
   * takes to read a table of all sockets of the system.
   *
   * @param descriptor the number of the file
   * @return zero if that cannot be known
   */
  static long of(int descriptor) {
    try {
      String link =
          Files.readSymbolicLink(SELF.resolve("fd").resolve(Integer.toString(descriptor)))
              .toString();
      if (!link.startsWith(PREFIX)) {
        return 0;
      }
      String inode = link.substring(PREFIX.length(), link.length() - 1);
      Optional<Long> drops = in("udp6", inode);
      return (drops.isPresent() ? drops : in("udp", inode)).orElse(0L);
    } catch (IOException | RuntimeException notThere) {
      return 0;
    }
  }

  private static Optional<Long> in(String table, String inode) throws IOException {
    Path file = SELF.resolve("net").resolve(table);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .map(line -> line.trim().split("\\s+"))
          .filter(columns -> columns.length > INODE_COLUMN)
          .filter(columns -> columns[INODE_COLUMN].equals(inode))
          .map(columns -> Long.parseLong(columns[columns.length - 1]))
          .findFirst();
    }
  }
}
