package dev.wsn.load;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The backend of the blob measurement: one file, put and got, until standard input ends. */
public final class ServeFile {
  private ServeFile() {}

  /**
   * Serves.
   *
   * @param arguments the port and the file
   */
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[1]);
    int port = Integer.parseInt(arguments[0]);
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    HttpServer server = HttpServer.create(address, 0);
    server.createContext("/", exchange -> answer(exchange, file));
    server.start();
    System.out.println("ready");
    while (System.in.read() >= 0) {
      // Whoever started this closes the pipe.
    }
    server.stop(0);
  }

  private static void answer(HttpExchange exchange, Path file) throws IOException {
    try (exchange) {
      if (exchange.getRequestMethod().equals("PUT")) {
        try (InputStream body = exchange.getRequestBody()) {
          Files.copy(body, file, StandardCopyOption.REPLACE_EXISTING);
        }
        exchange.sendResponseHeaders(201, -1);
      } else {
        exchange.sendResponseHeaders(200, Files.size(file));
        try (OutputStream body = exchange.getResponseBody()) {
          Files.copy(file, body);
        }
      }
    }
  }
}
