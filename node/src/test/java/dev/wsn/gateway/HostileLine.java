package dev.wsn.gateway;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A line to a server in the hands of somebody else: it can be cut, and bytes on it changed. */
final class HostileLine {
  /** One connection through the line. */
  static final class Connection {
    private final NetSocket near;
    private final NetSocket far;
    private volatile boolean isFlippingToFar;
    private volatile boolean isFlippingToNear;

    private Connection(NetSocket near, NetSocket far) {
      this.near = near;
      this.far = far;
      Awaiting.nothing(
          near.handler(bytes -> Awaiting.nothing(far.write(passed(bytes, isFlippingToFar))))
              .closeHandler(closed -> Awaiting.nothing(far.close())));
      Awaiting.nothing(
          far.handler(bytes -> Awaiting.nothing(near.write(passed(bytes, isFlippingToNear))))
              .closeHandler(closed -> Awaiting.nothing(near.close())));
    }

    private static Buffer passed(Buffer bytes, boolean isFlipping) {
      if (!isFlipping) {
        return bytes;
      }
      byte[] changed = bytes.getBytes();
      changed[changed.length - 1] ^= 1;
      return Buffer.buffer(changed);
    }

    void cut() {
      Awaiting.nothing(near.close());
      Awaiting.nothing(far.close());
    }

    /** Flips the last bit of everything that goes to the server from now on. */
    void flipToFar() {
      isFlippingToFar = true;
    }

    /** Flips the last bit of everything that comes from the server from now on. */
    void flipToNear() {
      isFlippingToNear = true;
    }
  }

  final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();
  private final NetServer server;

  HostileLine(Vertx vertx, int port) {
    server =
        LineBetween.listen(vertx, port, (near, far) -> connections.add(new Connection(near, far)));
  }

  int port() {
    return server.actualPort();
  }
}
