package dev.wsn.mapping;

import dev.wsn.record.IpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where datagrams for the Internet go first. Linux tells; elsewhere it is not known. */
final class DefaultRoute {
  /** At most so many routers are asked. */
  static final int MAX_ROUTERS = 4;

  private static final Path LINUX = Path.of("/proc/net/route");
  private static final int GATEWAY_FLAG = 2;

  private DefaultRoute() {}

  /** The routers of the default routes, IPv4, in the kernel's order; empty if there are none. */
  static List<IpAddress> routers() {
    try {
      return Files.isReadable(LINUX)
          ? parse(Files.readString(LINUX, StandardCharsets.US_ASCII), ByteOrder.nativeOrder())
          : List.of();
    } catch (IOException unreadable) {
      return List.of();
    }
  }

  /**
   * Reads the table of proc(5): interface, destination, gateway, flags, three counts, mask.
   *
   * @param order in which the kernel wrote its addresses
   */
  static List<IpAddress> parse(String table, ByteOrder order) {
    List<IpAddress> routers = new ArrayList<>();
    for (String line : table.lines().skip(1).toList()) {
      String[] fields = line.strip().split("\\s+", -1);
      if (fields.length < 8 || routers.size() == MAX_ROUTERS) {
        continue;
      }
      boolean isDefault = number(fields[1]) == 0 && number(fields[7]) == 0;
      if (isDefault && (number(fields[3]) & GATEWAY_FLAG) != 0) {
        int gateway = (int) number(fields[2]);
        routers.add(IpAddress.of(ByteBuffer.allocate(4).order(order).putInt(gateway).array()));
      }
    }
    return List.copyOf(routers);
  }

  private static long number(String hex) {
    return Long.parseLong(hex, 16);
  }
}
