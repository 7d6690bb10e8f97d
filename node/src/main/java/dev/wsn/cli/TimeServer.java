package dev.wsn.cli;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Asks an NTP server once (SNTP, RFC 4330). */
final class TimeServer {
  private static final int PACKET_BYTES = 48;

  /** Version 4, mode client. */
  private static final byte CLIENT = 0x23;

  private static final int MODE_MASK = 7;
  private static final int MODE_SERVER = 4;
  private static final int ORIGINATE = 24;
  private static final int TRANSMIT = 40;
  private static final int TIMEOUT_MILLIS = 3_000;

  /** From 1900, where NTP begins, to 1970. */
  private static final long EPOCH_SECONDS = 2_208_988_800L;

  private TimeServer() {}

  /**
   * How far this machine's clock is ahead; negative if it is behind.
   *
   * @throws IOException if there is no answer in three seconds, or it is none of a time server
   */
  static Duration ahead(ListenAddress server, InstantSource clock, SecureRandom random)
      throws IOException {
    byte[] packet = new byte[PACKET_BYTES];
    packet[0] = CLIENT;
    // Not our time but a nonce: the answer repeats it, and nobody else knows it.
    long nonce = random.nextLong();
    ByteBuffer.wrap(packet).putLong(TRANSMIT, nonce);
    InetAddress address = InetAddress.getByAddress(server.address().bytes());
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(new InetSocketAddress(address, server.port()));
      Instant asked = clock.instant();
      socket.send(new DatagramPacket(packet, packet.length));
      DatagramPacket answer = new DatagramPacket(new byte[PACKET_BYTES], PACKET_BYTES);
      socket.receive(answer);
      Duration half = Duration.between(asked, clock.instant()).dividedBy(2);
      ByteBuffer fields = ByteBuffer.wrap(answer.getData());
      boolean isAnswer =
          answer.getLength() == PACKET_BYTES
              && (fields.get(0) & MODE_MASK) == MODE_SERVER
              && fields.getLong(ORIGINATE) == nonce;
      if (!isAnswer) {
        throw new IOException("the answer is none of a time server");
      }
      long seconds = Integer.toUnsignedLong(fields.getInt(TRANSMIT)) - EPOCH_SECONDS;
      long nanos = (Integer.toUnsignedLong(fields.getInt(TRANSMIT + 4)) * 1_000_000_000L) >>> 32;
      return Duration.between(Instant.ofEpochSecond(seconds, nanos), asked.plus(half));
    }
  }
}
