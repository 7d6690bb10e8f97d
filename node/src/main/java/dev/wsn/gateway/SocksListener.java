package dev.wsn.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A SOCKS5 server (RFC 1928) in which {@code <npub>.wsn:port} names work for any program that
 * speaks HTTP or WebSocket through it. It connects to nothing but the local proxy of this process,
 * which reads the key from the Host field; other names and addresses are refused.
 */
final class SocksListener {
  private static final int VERSION = 5;
  private static final int CONNECT = 1;
  private static final int DOMAIN = 3;
  private static final int NO_AUTHENTICATION = 0;
  private static final int NONE_ACCEPTABLE = 0xff;
  private static final int SUCCEEDED = 0;
  private static final int FAILED = 1;
  private static final int NOT_ALLOWED = 2;
  private static final int COMMAND_NOT_SUPPORTED = 7;
  private static final int HEAD_BYTES = 5;
  private static final int PORT_BYTES = 2;

  /** A greeting with all methods, or a request with the longest name. */
  private static final int MAX_BYTES = 300;

  private static final long PATIENCE_MILLIS = 10_000;

  private final Vertx vertx;
  private final NetServer server;
  private final NetClient client;
  private final String host;
  private final int proxyPort;
  private final int maxConnections;
  private final AtomicInteger connections = new AtomicInteger();

  /**
   * A listener that is not yet started.
   *
   * @param host an address literal of this machine, where the local proxy listens, too
   * @param proxyPort of the local proxy
   */
  SocksListener(Vertx vertx, String host, int port, int proxyPort, int maxConnections) {
    this.vertx = vertx;
    this.host = host;
    this.proxyPort = proxyPort;
    this.maxConnections = maxConnections;
    this.client = vertx.createNetClient();
    this.server =
        vertx
            .createNetServer(new NetServerOptions().setHost(host).setPort(port))
            .connectHandler(this::accept);
  }

  /** Listens; the result is the port. */
  Future<Integer> start() {
    return server.listen().map(NetServer::actualPort);
  }

  private void accept(NetSocket app) {
    if (connections.incrementAndGet() > maxConnections) {
      connections.decrementAndGet();
      Future<Void> unused = app.close();
      return;
    }
    Alarm alarm = new Alarm(vertx);
    alarm.set(
        PATIENCE_MILLIS,
        () -> {
          Future<Void> unused = app.close();
        });
    NetSocket unusedSocket =
        app.closeHandler(
            closed -> {
              alarm.cancel();
              connections.decrementAndGet();
            });
    new Conversation(app, alarm).begin();
  }

  Future<Void> stop() {
    return server.close().eventually(client::close);
  }

  /** The few messages before the bytes of the application. */
  private final class Conversation {
    private final NetSocket app;
    private final Alarm alarm;
    private Buffer input = Buffer.buffer();
    private boolean isGreeted;

    Conversation(NetSocket app, Alarm alarm) {
      this.app = app;
      this.alarm = alarm;
    }

    void begin() {
      NetSocket unused = app.handler(this::take);
    }

    private void take(Buffer bytes) {
      input = input.appendBuffer(bytes);
      if (input.length() > MAX_BYTES) {
        cut();
      } else if (!isGreeted) {
        greet();
      } else {
        request();
      }
    }

    private int at(int index) {
      return input.getByte(index) & 0xff;
    }

    private void greet() {
      if (input.length() < 2 || input.length() < 2 + at(1)) {
        return;
      }
      int end = 2 + at(1);
      boolean isOpen = false;
      for (int i = 2; i < end; i++) {
        isOpen |= at(i) == NO_AUTHENTICATION;
      }
      if (at(0) != VERSION || !isOpen) {
        Future<Void> unused = write(VERSION, NONE_ACCEPTABLE).eventually(app::close);
        return;
      }
      isGreeted = true;
      input = input.getBuffer(end, input.length());
      Future<Void> unused = write(VERSION, NO_AUTHENTICATION);
      if (input.length() > 0) {
        request();
      }
    }

    private void request() {
      if (input.length() < HEAD_BYTES) {
        return;
      }
      if (at(0) != VERSION || at(1) != CONNECT) {
        refuse(COMMAND_NOT_SUPPORTED);
        return;
      }
      if (at(3) != DOMAIN) {
        refuse(NOT_ALLOWED);
        return;
      }
      int end = HEAD_BYTES + at(4);
      if (input.length() < end + PORT_BYTES) {
        return;
      }
      String name = input.getString(HEAD_BYTES, end, StandardCharsets.US_ASCII.name());
      if (ProxyTarget.keyOf(name).isEmpty()) {
        refuse(NOT_ALLOWED);
        return;
      }
      Buffer early = input.getBuffer(end + PORT_BYTES, input.length());
      NetSocket unusedSocket = app.pause();
      Future<NetSocket> unused =
          client
              .connect(proxyPort, host)
              .onSuccess(proxy -> join(proxy, early))
              .onFailure(cause -> refuse(FAILED));
    }

    private void join(NetSocket proxy, Buffer early) {
      alarm.cancel();
      Future<Void> unused = reply(SUCCEEDED);
      if (early.length() > 0) {
        Future<Void> unusedEarly = proxy.write(early);
      }
      Future<Void> unusedUp = app.pipeTo(proxy);
      Future<Void> unusedDown = proxy.pipeTo(app);
    }

    private void refuse(int code) {
      Future<Void> unused = reply(code).eventually(app::close);
    }

    private Future<Void> reply(int code) {
      return write(VERSION, code, 0, 1, 0, 0, 0, 0, 0, 0);
    }

    private Future<Void> write(int... bytes) {
      Buffer message = Buffer.buffer();
      for (int each : bytes) {
        message = message.appendByte((byte) each);
      }
      return app.write(message);
    }

    private void cut() {
      Future<Void> unused = app.close();
    }
  }
}
