package dev.wsn.mapping;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A router of RFC 6886 on loopback that keeps what it was asked, and may change its answers. */
final class LoopbackPmp implements AutoCloseable {
  /** A question: opcode, port inside, port outside, seconds. */
  record Question(int opcode, int inside, int outside, int seconds) {}

  private final DatagramSocket socket;
  private final List<Question> questions = new CopyOnWriteArrayList<>();
  private final int leaseSeconds;
  private final UnaryOperator<byte[]> spoil;

  LoopbackPmp(int leaseSeconds, UnaryOperator<byte[]> spoil) throws IOException {
    this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    this.leaseSeconds = leaseSeconds;
    this.spoil = spoil;
    Thread thread = new Thread(this::serve, "loopback-pmp");
    thread.setDaemon(true);
    thread.start();
  }

  /** A clock that never goes back. */
  static long millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  InetSocketAddress at() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  List<Question> questions() {
    return questions;
  }

  private void serve() {
    DatagramPacket packet = new DatagramPacket(new byte[64], 64);
    try {
      while (true) {
        socket.receive(packet);
        ByteBuffer question = ByteBuffer.wrap(packet.getData());
        int opcode = question.get(1);
        ByteBuffer answer = ByteBuffer.allocate(opcode == 0 ? 12 : 16);
        answer.put(1, (byte) (128 + opcode)).putInt(4, 77);
        if (opcode == 0) {
          answer.put(8, (byte) 203).put(9, (byte) 0).put(10, (byte) 113).put(11, (byte) 5);
        } else {
          int inside = Short.toUnsignedInt(question.getShort(4));
          int outside = Short.toUnsignedInt(question.getShort(6));
          int seconds = question.getInt(8);
          questions.add(new Question(opcode, inside, outside, seconds));
          answer.putShort(8, (short) inside).putShort(10, (short) outside);
          answer.putInt(12, Math.min(seconds, leaseSeconds));
        }
        byte[] bytes = spoil.apply(answer.array());
        socket.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
      }
    } catch (IOException closed) {
      // The test is over.
      return;
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
