package dev.wsn.resolver.dns;

import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.resolver.quota.Concurrency;
import dev.wsn.resolver.quota.Limit;
import dev.wsn.resolver.quota.LimitCounters;
import dev.wsn.resolver.quota.Quota;
import dev.wsn.resolver.quota.Rate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.parsetools.RecordParser;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.xbill.DNS.Message;

/**
 * DNS over UDP and TCP on one port. Whoever asks over UDP may be somebody else's victim, so answers
 * to one network are limited, and every second one over the limit is an empty one that sends the
 * client to TCP (response-rate limiting with slip 2). For the same reason a question over UDP never
 * takes from a client's quota of lookups: the DHT is asked for it from a small budget that all of
 * UDP shares, and when that is used up the client is sent to TCP, where its address is proved and
 * its own quota counts. Start it once.
 */
public final class DnsServer {
  /** Answers over UDP to one client; over that half are dropped. */
  static final Rate ANSWERS = new Rate(20, 100);

  /** What the DHT is asked for questions over UDP from one network, which may be forged. */
  static final Rate LOOKUPS = new Rate(2, 20);

  /** What the DHT is asked for questions over UDP in all. */
  static final Rate ALL_LOOKUPS = new Rate(20, 200);

  private static final int MAX_CONNECTIONS = 1_000;
  private static final int MAX_OF_ONE_CLIENT = 20;
  private static final int IDLE_SECONDS = 10;
  private static final IpAddress UNKNOWN = IpAddress.of(new byte[4]);

  private final DnsAnswers answers;
  private final Quota answered;
  private final Quota lookups;
  private final Quota allLookups;
  private final DatagramSocket udp;
  private final NetServer tcp;
  private final LimitCounters limits;
  private final Concurrency connections;
  private final LongAdder questions = new LongAdder();
  private final LongAdder overRate = new LongAdder();
  private boolean isSlipping;

  /**
   * A server that is not started.
   *
   * @param limits counts who is refused what
   * @param monotonicMillis a clock that never goes back, of arbitrary origin
   */
  public DnsServer(
      Vertx vertx, DnsAnswers answers, LimitCounters limits, LongSupplier monotonicMillis) {
    this.answers = answers;
    this.limits = limits;
    this.answered = new Quota(Limit.DNS_ANSWERS, ANSWERS, limits, monotonicMillis);
    this.lookups = new Quota(Limit.DNS_LOOKUPS_OF_CLIENT, LOOKUPS, limits, monotonicMillis);
    this.allLookups = new Quota(Limit.DNS_LOOKUPS, ALL_LOOKUPS, limits, monotonicMillis);
    this.connections =
        new Concurrency(
            MAX_CONNECTIONS,
            MAX_OF_ONE_CLIENT,
            limits,
            Limit.DNS_CONNECTIONS,
            Limit.DNS_CONNECTIONS_OF_CLIENT);
    this.udp = vertx.createDatagramSocket(new DatagramSocketOptions());
    this.tcp =
        vertx.createNetServer(
            new NetServerOptions()
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS));
  }

  /**
   * Starts listening.
   *
   * @param port 1..65535, or 0 for any that is free for both
   * @return where it listens; fails with what the operating system said
   */
  public Future<IpPort> start(IpAddress address, int port) {
    return tcp.connectHandler(this::connected)
        .listen(port, address.toString())
        .compose(
            listening ->
                udp.handler(this::received)
                    .listen(listening.actualPort(), address.toString())
                    .map(socket -> new IpPort(address, listening.actualPort())));
  }

  /** Stops listening and closes every connection. */
  public Future<Void> stop() {
    return Future.join(udp.close(), tcp.close()).mapEmpty();
  }

  /** Questions over UDP and TCP that were answered, or are going to be. */
  public long answered() {
    return questions.sum();
  }

  /** Questions over UDP that were not answered because their source asks too much. */
  public long refused() {
    return overRate.sum();
  }

  private static IpAddress client(SocketAddress address) {
    return IpAddress.parse(String.valueOf(address.hostAddress())).orElse(UNKNOWN);
  }

  private void received(DatagramPacket packet) {
    Optional<Message> question = DnsAnswers.question(packet.data().getBytes());
    if (question.isEmpty()) {
      return;
    }
    IpAddress client = client(packet.sender());
    if (!answered.take(client, 1).isGranted()) {
      overRate.increment();
      isSlipping = !isSlipping;
      if (isSlipping) {
        send(packet.sender(), DnsAnswers.truncated(question.get()).toWire());
      }
      return;
    }
    questions.increment();
    Future<DnsAnswers.Verdict> unused =
        answers
            .answer(question.get(), () -> mayAsk(client))
            .onSuccess(
                verdict -> {
                  Message reply =
                      verdict.isRefused() ? DnsAnswers.truncated(question.get()) : verdict.reply();
                  send(packet.sender(), reply.toWire(DnsAnswers.udpBytes(question.get())));
                });
  }

  private boolean mayAsk(IpAddress client) {
    return lookups.take(client, 1).isGranted() && allLookups.take(UNKNOWN, 1).isGranted();
  }

  private void send(SocketAddress to, byte[] reply) {
    Future<Void> unused = udp.send(Buffer.buffer(reply), to.port(), to.hostAddress());
  }

  private void connected(NetSocket socket) {
    IpAddress client = client(socket.remoteAddress());
    if (!connections.enter(client)) {
      Future<Void> unused = socket.close();
      return;
    }
    RecordParser parser = RecordParser.newFixed(2, socket);
    boolean[] isLength = {true};
    var unused =
        parser
            .handler(
                bytes -> {
                  if (isLength[0]) {
                    int length = bytes.getUnsignedShort(0);
                    if (length == 0 || length > DnsAnswers.MAX_QUESTION_BYTES) {
                      Future<Void> unusedClosing = socket.close();
                      return;
                    }
                    parser.fixedSizeMode(length);
                  } else {
                    parser.fixedSizeMode(2);
                    asked(socket, client, bytes.getBytes());
                  }
                  isLength[0] = !isLength[0];
                })
            .exceptionHandler(broken -> {});
    var unusedSocket = socket.closeHandler(closed -> connections.leave(client));
  }

  private void asked(NetSocket socket, IpAddress client, byte[] packet) {
    Optional<Message> question = DnsAnswers.question(packet);
    if (question.isEmpty()) {
      Future<Void> unused = socket.close();
      return;
    }
    questions.increment();
    Future<DnsAnswers.Verdict> unused =
        answers
            .answer(question.get(), client)
            .onSuccess(
                verdict -> {
                  byte[] reply = verdict.reply().toWire();
                  if (socket.writeQueueFull()) {
                    limits.reached(Limit.UNREAD);
                    Future<Void> unusedCut = socket.close();
                    return;
                  }
                  Future<Void> unusedWritten =
                      socket.write(
                          Buffer.buffer(reply.length + 2)
                              .appendUnsignedShort(reply.length)
                              .appendBytes(reply));
                });
  }
}
