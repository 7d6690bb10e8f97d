package dev.wsn.monitor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.resolver.ListenException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Answers the operator over HTTP: {@code /metrics}, {@code /status}, {@code /health/live} and
 * {@code /health/ready}, for {@code GET} and {@code HEAD}. The JDK's own server on threads of its
 * own, so that it answers while every event loop is blocked. Meant for loopback or a private
 * network.
 */
public final class Monitor implements AutoCloseable {
  /** Requests that are answered at one time; the others wait. */
  private static final int THREADS = 2;

  private static final int BACKLOG = 64;

  /**
   * Whether a server does what it is for.
   *
   * @param isReady whether it should get traffic
   * @param detail a sentence for people
   */
  public record Health(boolean isReady, String detail) {}

  private final HttpServer server;
  private final ExecutorService threads;

  private Monitor(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Starts to answer.
   *
   * @param port 0 for any that is free
   * @param health asked for every {@code /health/ready}
   * @param status a JSON object, asked for every {@code /status}; may block shortly
   * @throws ListenException if it cannot listen there; the message says why
   */
  public static Monitor start(
      IpAddress address,
      int port,
      Meters meters,
      Supplier<Health> health,
      Supplier<String> status) {
    HttpServer server;
    try {
      InetAddress host = InetAddress.getByAddress(address.bytes());
      server = HttpServer.create(new InetSocketAddress(host, port), BACKLOG);
    } catch (BindException taken) {
      throw new ListenException(
          "metrics cannot listen on port %d of %s: %s; choose another with --metrics"
              .formatted(port, address, taken.getMessage()),
          taken);
    } catch (IOException failure) {
      throw new ListenException("metrics cannot listen: " + failure.getMessage(), failure);
    }
    ExecutorService threads =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "wsn-monitor");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/metrics", page(200, Meters.contentType(), meters::text));
    server.createContext("/status", page(200, "application/json", status));
    server.createContext("/health/live", page(200, "text/plain", () -> "live\n"));
    server.createContext("/health/ready", exchange -> ready(exchange, health.get()));
    server.createContext("/", page(404, "text/plain", () -> "/metrics /status /health/ready\n"));
    server.start();
    return new Monitor(server, threads);
  }

  private static void ready(HttpExchange exchange, Health health) throws IOException {
    int status = health.isReady() ? 200 : 503;
    page(status, "text/plain; charset=utf-8", () -> health.detail() + "\n").handle(exchange);
  }

  private static HttpHandler page(int status, String type, Supplier<String> content) {
    return exchange -> {
      try (exchange) {
        boolean isRead = exchange.getRequestMethod().equals("GET");
        if (!isRead && !exchange.getRequestMethod().equals("HEAD")) {
          exchange.getResponseHeaders().set("Allow", "GET, HEAD");
          exchange.sendResponseHeaders(405, -1);
          return;
        }
        byte[] body = content.get().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, isRead ? body.length : -1);
        if (isRead) {
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        }
      }
    };
  }

  /** Where it listens; the port is never 0. */
  public IpPort listening() {
    InetSocketAddress bound = server.getAddress();
    return new IpPort(IpAddress.of(bound.getAddress().getAddress()), bound.getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
