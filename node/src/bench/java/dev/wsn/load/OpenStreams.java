package dev.wsn.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Subscribes to the changes of keys on many connections, until its standard input ends. */
public final class OpenStreams {
  private OpenStreams() {}

  /**
   * Subscribes.
   *
   * @param arguments the port of the resolver, the batch of keys, and how many connections
   */
  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(arguments[0]);
    Matcher hex = Pattern.compile("[0-9a-f]{64}").matcher(Files.readString(Path.of(arguments[1])));
    List<String> keys = new ArrayList<>();
    while (hex.find()) {
      keys.add(hex.group());
    }
    int count = Integer.parseInt(arguments[2]);
    List<SocketChannel> open = new ArrayList<>();
    ByteBuffer heard = ByteBuffer.allocate(8192);
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
      String request =
          "GET /v1/relays/" + keys.get(i % keys.size()) + "/changes HTTP/1.1\r\nHost: x\r\n\r\n";
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      StringBuilder text = new StringBuilder();
      while (text.indexOf("event: record") < 0) {
        heard.clear();
        if (channel.read(heard) < 0) {
          throw new IOException("stream " + i + " ended: " + text);
        }
        text.append(StandardCharsets.UTF_8.decode(heard.flip()));
      }
      open.add(channel);
    }
    System.out.println("ready " + open.size());
    while (System.in.read() >= 0) {
      // Whoever started this closes the pipe.
    }
  }
}
