package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelProtocol;
import dev.wsn.gateway.channel.FrameBatch;
import org.jspecify.annotations.Nullable;

/**
 * What a channel needs only while messages pass: one of each for every event loop, so that a
 * channel which does nothing holds none. Whoever needs one while it is taken gets a new one, and
 * one of the two is dropped. Each thread has its own.
 */
final class Scratch {
  private static final ThreadLocal<Scratch> HERE = ThreadLocal.withInitial(Scratch::new);

  private byte @Nullable [] plaintext;
  private @Nullable FrameBatch batch;

  private Scratch() {}

  /** The one of this thread. */
  static Scratch here() {
    return HERE.get();
  }

  /** An array that has room for the plaintext of any message. */
  byte[] takePlaintext() {
    byte[] taken = plaintext;
    plaintext = null;
    return taken == null ? new byte[ChannelProtocol.MAX_PLAINTEXT_BYTES] : taken;
  }

  /** Takes an array back. */
  void give(byte[] unused) {
    plaintext = unused;
  }

  /** An empty batch. */
  FrameBatch takeBatch() {
    FrameBatch taken = batch;
    batch = null;
    return taken == null ? FrameBatch.empty() : taken;
  }

  /** Takes a batch back. */
  void give(FrameBatch unused) {
    unused.clear();
    batch = unused;
  }
}
