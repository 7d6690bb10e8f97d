package dev.wsn.mapping;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A router of UPnP on loopback, with answers that a test may replace. */
final class LoopbackIgd implements AutoCloseable {
  private static final String DESCRIPTION =
      """
      <?xml version="1.0"?>
      <root xmlns="urn:schemas-upnp-org:device-1-0"><device><serviceList><service>
      <serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType>
      <controlURL>/elsewhere</controlURL></service><service>
      <serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>
      <controlURL>/control</controlURL></service></serviceList></device></root>
      """;

  /** An answer instead of the right one. */
  record Instead(int status, String body) {}

  private final HttpServer http;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final DatagramSocket search;
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final Map<String, Instead> instead = new ConcurrentHashMap<>();
  private volatile String location;

  LoopbackIgd() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(threads);
    http.createContext("/description.xml", each -> answer(each, "description", DESCRIPTION));
    http.createContext("/control", this::control);
    http.start();
    location = "http://127.0.0.1:" + http.getAddress().getPort() + "/description.xml";
    search = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    threads.execute(this::answerSearches);
  }

  InetSocketAddress everybody() {
    return (InetSocketAddress) search.getLocalSocketAddress();
  }

  URI description() {
    return URI.create(location);
  }

  /** What it was asked: the action and its arguments as XML. */
  List<String> calls() {
    return calls;
  }

  LoopbackIgd located(String elsewhere) {
    location = elsewhere;
    return this;
  }

  LoopbackIgd answering(String what, int status, String body) {
    instead.put(what, new Instead(status, body));
    return this;
  }

  static String error(int code) {
    return "<s:Envelope xmlns:s=\"x\"><s:Body><s:Fault><detail><UPnPError><errorCode>"
        + code
        + "</errorCode></UPnPError></detail></s:Fault></s:Body></s:Envelope>";
  }

  private void answerSearches() {
    DatagramPacket packet = new DatagramPacket(new byte[512], 512);
    try {
      while (true) {
        search.receive(packet);
        byte[] answer =
            ("HTTP/1.1 200 OK\r\nST: upnp\r\nLocation: " + location + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        search.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      }
    } catch (IOException closed) {
      // The test is over.
      return;
    }
  }

  private void control(HttpExchange exchange) throws IOException {
    String header = exchange.getRequestHeaders().getFirst("SOAPAction");
    String action = header.substring(header.indexOf('#') + 1, header.length() - 1);
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    calls.add(action + " " + body);
    boolean isForEver = body.contains("<NewLeaseDuration>0<");
    String right =
        action.equals("GetExternalIPAddress")
            ? "<r><NewExternalIPAddress>203.0.113.9</NewExternalIPAddress></r>"
            : "<r/>";
    answer(exchange, isForEver ? action + " for ever" : action, right);
  }

  private void answer(HttpExchange exchange, String what, String right) throws IOException {
    Instead given = instead.getOrDefault(what, new Instead(200, right));
    byte[] bytes = given.body().getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(given.status(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    http.stop(0);
    search.close();
    threads.shutdownNow();
  }
}
