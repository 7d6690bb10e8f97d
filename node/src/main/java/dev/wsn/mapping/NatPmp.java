package dev.wsn.mapping;

import dev.wsn.record.IpAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks a router by NAT-PMP, RFC 6886: one datagram of 2 or 12 bytes, one answer of 12 or 16. The
 * socket takes datagrams of the router's address alone.
 */
final class NatPmp implements Router {
  /** Where routers listen. */
  static final int PORT = 5351;

  /** Waiting times for the answer to one sending, 3.75 s together; section 3.1, cut short. */
  private static final int[] WAIT_MILLIS = {250, 500, 1000, 2000};

  private static final int EXTERNAL_ADDRESS = 0;
  private static final int MAP_UDP = 1;
  private static final int MAP_TCP = 2;
  private static final int ANSWER = 128;

  /** Longer answers are cut off: none that is understood has more than 16 bytes. */
  private static final int MAX_ANSWER_BYTES = 64;

  private static final String[] RESULTS = {
    "done",
    "it speaks another version",
    "it does not allow it; switch on NAT-PMP or UPnP in its settings",
    "it has no address itself",
    "it has no room for it",
    "it does not know the question"
  };

  private final InetSocketAddress at;
  private final LongSupplier monotonicMillis;

  NatPmp(InetSocketAddress at, LongSupplier monotonicMillis) {
    this.at = at;
    this.monotonicMillis = monotonicMillis;
  }

  @Override
  public PortMapping map(WantedPort wanted, int seconds) throws IOException {
    ByteBuffer answer = ask(mapping(wanted, seconds), 16);
    int inside = Short.toUnsignedInt(answer.getShort(8));
    int outside = Short.toUnsignedInt(answer.getShort(10));
    long granted = Integer.toUnsignedLong(answer.getInt(12));
    if (inside != wanted.inside() || outside == 0 || granted == 0) {
      throw new IOException("its answer makes no sense");
    }
    if (outside != wanted.outside()) {
      unmap(wanted);
      throw new IOException(
          "port %d is taken there, it offers %d; choose another port with --listen"
              .formatted(wanted.outside(), outside));
    }
    return new PortMapping(wanted, name(), granted, external());
  }

  @Override
  public void unmap(WantedPort wanted) throws IOException {
    // Section 3.4: a lifetime of zero deletes, and the port outside is zero then.
    byte[] question = mapping(wanted, 0);
    question[6] = 0;
    question[7] = 0;
    ByteBuffer unused = ask(question, 16);
  }

  @Override
  public String name() {
    return "NAT-PMP at " + at.getAddress().getHostAddress();
  }

  /** A hint that may be missing. */
  private @Nullable IpAddress external() {
    try {
      byte[] address = new byte[4];
      ByteBuffer unused = ask(new byte[] {0, EXTERNAL_ADDRESS}, 12).get(8, address);
      return IpAddress.of(address);
    } catch (IOException untold) {
      return null;
    }
  }

  private static byte[] mapping(WantedPort wanted, int seconds) {
    boolean isUdp = wanted.transport() == WantedPort.Transport.UDP;
    return ByteBuffer.allocate(12)
        .put(1, (byte) (isUdp ? MAP_UDP : MAP_TCP))
        .putShort(4, (short) wanted.inside())
        .putShort(6, (short) wanted.outside())
        .putInt(8, seconds)
        .array();
  }

  /** The answer with the result "done", of at least this length. */
  private ByteBuffer ask(byte[] question, int answerBytes) throws IOException {
    int opcode = question[1];
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(at);
      byte[] room = new byte[MAX_ANSWER_BYTES];
      for (int wait : WAIT_MILLIS) {
        socket.send(new DatagramPacket(question, question.length));
        long until = monotonicMillis.getAsLong() + wait;
        long left = wait;
        while (left > 0) {
          socket.setSoTimeout((int) left);
          DatagramPacket packet = new DatagramPacket(room, room.length);
          try {
            socket.receive(packet);
          } catch (SocketTimeoutException silent) {
            break;
          }
          ByteBuffer answer = ByteBuffer.wrap(Arrays.copyOf(room, packet.getLength()));
          if (isAnswer(answer, opcode, answerBytes)) {
            return answer;
          }
          left = until - monotonicMillis.getAsLong();
        }
      }
    } catch (PortUnreachableException closed) {
      throw new IOException("it does not speak NAT-PMP", closed);
    }
    throw new IOException("it does not answer NAT-PMP");
  }

  /** Whether it belongs to the question; anything else is left alone, the right one may follow. */
  static boolean isAnswer(ByteBuffer answer, int opcode, int answerBytes) throws IOException {
    if (answer.capacity() < 4 || Byte.toUnsignedInt(answer.get(1)) != ANSWER + opcode) {
      return false;
    }
    int result = Short.toUnsignedInt(answer.getShort(2));
    if (result != 0) {
      throw new IOException(result < RESULTS.length ? RESULTS[result] : "its error " + result);
    }
    return answer.get(0) == 0 && answer.capacity() >= answerBytes;
  }
}
