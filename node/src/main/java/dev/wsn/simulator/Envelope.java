package dev.wsn.simulator;

import dev.wsn.wire.PlainDatagrams;

/** One datagram on its way. */
sealed interface Envelope {
  /** What the network carries. */
  byte[] content();

  /** How long the datagram is. */
  int lengthBytes();

  /** A real datagram. */
  @SuppressWarnings("ArrayRecordComponent")
  record Sealed(byte[] content) implements Envelope {
    @Override
    public int lengthBytes() {
      return content.length;
    }
  }

  /** One that is as long, but was not encrypted. */
  record Open(PlainDatagrams.Plain plain) implements Envelope {
    @Override
    public byte[] content() {
      return plain.message();
    }

    @Override
    public int lengthBytes() {
      return plain.datagramBytes();
    }
  }
}
