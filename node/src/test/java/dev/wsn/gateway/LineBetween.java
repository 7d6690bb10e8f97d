package dev.wsn.gateway;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.function.BiConsumer;

/** A port of this machine at which somebody sits between clients and a server. */
final class LineBetween {
  private LineBetween() {}

  /**
   * Listens.
   *
   * @param port of the server
   * @param joined gets both sides of each connection before a byte of the client was read
   */
  static NetServer listen(Vertx vertx, int port, BiConsumer<NetSocket, NetSocket> joined) {
    NetClient client = vertx.createNetClient();
    return Awaiting.result(
        vertx
            .createNetServer()
            .connectHandler(
                near -> {
                  Awaiting.nothing(near.pause());
                  Awaiting.nothing(
                      client
                          .connect(port, "127.0.0.1")
                          .onSuccess(
                              far -> {
                                joined.accept(near, far);
                                Awaiting.nothing(near.resume());
                              }));
                })
            .listen(0, "127.0.0.1"));
  }
}
