package dev.wsn.simulator;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Effect;
import dev.wsn.record.IpPort;
import dev.wsn.wire.DatagramSealer;
import dev.wsn.wire.Datagrams;
import dev.wsn.wire.Opened;
import dev.wsn.wire.PlainDatagrams;

/** How a node puts messages into envelopes and takes them out again. */
interface Mail {
  /** The envelope of a request. */
  Envelope seal(Effect.Send send);

  /** The envelope of a reply. */
  Envelope seal(Effect.Answer answer);

  /**
   * What is in an envelope that came from an address.
   *
   * @param nowMillis monotonic
   */
  Opened open(long nowMillis, Envelope envelope, IpPort from);

  /** Mail with the seal of the product. */
  static Mail sealed(DatagramSealer sealer) {
    return new Mail() {
      @Override
      public Envelope seal(Effect.Send send) {
        return checked(sealer.seal(send));
      }

      @Override
      public Envelope seal(Effect.Answer answer) {
        return checked(sealer.seal(answer));
      }

      @Override
      public Opened open(long nowMillis, Envelope envelope, IpPort from) {
        byte[] datagram = envelope.content();
        return sealer.open(nowMillis, datagram, 0, datagram.length, from);
      }
    };
  }

  /** Mail whose envelopes are as long as sealed ones and open to everybody. */
  static Mail plain(PublicKey self, PlainDatagrams datagrams) {
    return new Mail() {
      @Override
      public Envelope seal(Effect.Send send) {
        return new Envelope.Open(datagrams.of(self, send));
      }

      @Override
      public Envelope seal(Effect.Answer answer) {
        return new Envelope.Open(
            datagrams
                .of(self, answer)
                .orElseThrow(() -> new AssertionError("no room for a reply: " + answer)));
      }

      @Override
      public Opened open(long nowMillis, Envelope envelope, IpPort from) {
        return datagrams.open(((Envelope.Open) envelope).plain(), from);
      }
    };
  }

  private static Envelope checked(dev.wsn.wire.Sealed sealed) {
    Safety.check(sealed instanceof dev.wsn.wire.Sealed.Datagram, "not sealed: " + sealed);
    byte[] bytes = ((dev.wsn.wire.Sealed.Datagram) sealed).bytes();
    Safety.check(bytes.length <= Datagrams.MAX_BYTES, "a datagram of " + bytes.length + " bytes");
    return new Envelope.Sealed(bytes);
  }
}
