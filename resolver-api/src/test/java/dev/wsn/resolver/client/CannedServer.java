package dev.wsn.resolver.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A server that answers every request with the same bytes and closes, whatever was asked. */
public final class CannedServer implements AutoCloseable {
  private final ServerSocket listening;
  private final Queue<Socket> held = new ConcurrentLinkedQueue<>();
  private final byte[] answer;
  private final boolean isHanging;

  private CannedServer(String answer, boolean isHanging) {
    this.answer = answer.getBytes(UTF_8);
    this.isHanging = isHanging;
    try {
      listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::serve, "canned-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** Sends these bytes and closes the connection. */
  public static CannedServer raw(String answer) {
    return new CannedServer(answer, false);
  }

  /** Sends these bytes and never closes the connection. */
  public static CannedServer hanging(String answer) {
    return new CannedServer(answer, true);
  }

  public static CannedServer of(int status, String type, byte[] body) {
    return raw(
        "HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
            .formatted(status, type, body.length, new String(body, UTF_8)));
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + listening.getLocalPort());
  }

  private void serve() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        held.add(socket);
        readHead(socket.getInputStream());
        socket.getOutputStream().write(answer);
        if (!isHanging) {
          socket.shutdownOutput();
        }
      } catch (IOException gone) {
        // The client left or the test is over: the next one is served.
      }
    }
  }

  private static void readHead(InputStream in) throws IOException {
    int ends = 0;
    while (ends < 4) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("closed before the end of the head");
      }
      ends = c == "\r\n\r\n".charAt(ends) ? ends + 1 : (c == '\r' ? 1 : 0);
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
      for (Socket socket : held) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
