package dev.wsn.wire;

import dev.wsn.crypto.Aead;
import dev.wsn.crypto.Hkdf;
import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Protocol;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The keys that this node shares with others, derived on first use and kept for the ones used last
 * (PROTOCOL.md, "Keys of a pair"). Not thread-safe; owned by a {@link DatagramSealer}.
 *
 * <p>Callees and callers are kept apart, so that strangers who call cannot push out the keys of the
 * nodes that this one calls, and a caller is kept only after one of its requests was authentic.
 */
final class PairKeys {

  private static final byte[] LABEL = "wsn/datagram/1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_SALT = {};

  private final PublicKey self;
  private final KeyAgreement agreement;
  private final byte[] network;
  private final OldestOut<PublicKey, Pair> callees;
  private final OldestOut<PublicKey, Pair> callers;
  private final Consumer<Forgotten> onForgotten;
  private final @Nullable Pair[] hot;
  private int nextHot;

  PairKeys(
      PublicKey self,
      KeyAgreement agreement,
      String network,
      Limits limits,
      Consumer<Forgotten> onForgotten) {
    boolean isPrintable = network.chars().allMatch(c -> c > ' ' && c <= '~');
    if (network.isEmpty() || network.length() > Protocol.MAX_NETWORK_CHARS || !isPrintable) {
      throw new IllegalArgumentException(
          "a network name is 1 to " + Protocol.MAX_NETWORK_CHARS + " printable ASCII characters");
    }
    this.self = self;
    this.agreement = agreement;
    this.network = network.getBytes(StandardCharsets.US_ASCII);
    this.onForgotten = onForgotten;
    this.callees = OldestOut.byUse(limits.peers(), pair -> forget(pair, Forgotten.CALLEE_KEYS));
    this.callers = OldestOut.byUse(limits.peers(), pair -> forget(pair, Forgotten.CALLER_KEYS));
    this.hot = new Pair[limits.hotPairs()];
  }

  private void forget(Pair pair, Forgotten what) {
    pair.wipe();
    onForgotten.accept(what);
  }

  /** The keys for requests of this node to a callee; empty if its key is not on the curve. */
  Optional<Pair> withCallee(PublicKey callee) {
    Pair known = callees.get(callee);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Pair> derived = derive(callee, callee, self, callers.get(callee));
    derived.ifPresent(pair -> keep(callees, callee, pair));
    return derived;
  }

  /**
   * The keys for requests of a caller to this node; empty if its key is not on the curve. New ones
   * are not kept before {@link #keep}.
   */
  Optional<Pair> withCaller(PublicKey caller) {
    Pair known = callers.get(caller);
    return known != null ? Optional.of(known) : derive(caller, self, caller, callees.get(caller));
  }

  /** Whether {@link #withCaller} needs no key agreement. */
  boolean isAtHand(PublicKey caller) {
    return callers.containsKey(caller) || callees.containsKey(caller);
  }

  /** Keeps the keys of a caller that proved to hold its own. */
  void keep(PublicKey caller, Pair pair) {
    if (!pair.isKept) {
      keep(callers, caller, pair);
    }
  }

  private static void keep(OldestOut<PublicKey, Pair> pairs, PublicKey peer, Pair pair) {
    pair.isKept = true;
    pairs.put(peer, pair);
  }

  private Optional<Pair> derive(
      PublicKey peer, PublicKey callee, PublicKey caller, @Nullable Pair otherRole) {
    byte[] secret;
    if (otherRole != null) {
      secret = otherRole.secret.clone();
    } else {
      try {
        byte[] shared = agreement.shared(peer);
        secret = Hkdf.extract(NO_SALT, shared);
        Arrays.fill(shared, (byte) 0);
      } catch (MalformedKeyException notOnCurve) {
        return Optional.empty();
      }
    }
    return Optional.of(
        new Pair(
            secret,
            Hkdf.expand(secret, info(callee, caller, Datagrams.REQUEST), Aead.KEY_BYTES),
            Hkdf.expand(secret, info(callee, caller, Datagrams.REPLY), Aead.KEY_BYTES)));
  }

  private byte[] info(PublicKey callee, PublicKey caller, byte direction) {
    int length = LABEL.length + 1 + network.length + 2 * PublicKey.BYTES + 1;
    return ByteBuffer.allocate(length)
        .put(LABEL)
        .put((byte) network.length)
        .put(network)
        .put(callee.bytes())
        .put(caller.bytes())
        .put(direction)
        .array();
  }

  /**
   * The cipher of a direction; makes it ready if it is not, which cools down another pair unless
   * this one is a stranger's.
   */
  Aead cipher(Pair pair, byte direction) {
    if (pair.isKept && !pair.isHot) {
      Pair cooled = hot[nextHot];
      if (cooled != null) {
        cooled.cool();
        onForgotten.accept(Forgotten.CIPHERS);
      }
      hot[nextHot] = pair;
      nextHot = (nextHot + 1) % hot.length;
      pair.isHot = true;
    }
    return pair.cipher(direction);
  }

  /** The keys of one caller and one callee. */
  static final class Pair {

    private final byte[] secret;
    private final byte[] requestKey;
    private final byte[] replyKey;
    private @Nullable Aead requestCipher;
    private @Nullable Aead replyCipher;
    private boolean isKept;
    private boolean isHot;
    private long sealed;

    private Pair(byte[] secret, byte[] requestKey, byte[] replyKey) {
      this.secret = secret;
      this.requestKey = requestKey;
      this.replyKey = replyKey;
    }

    /**
     * Counts one more datagram that this node seals; false if the key has sealed all it may. A pair
     * has one role, so of its two keys this node seals with one only.
     */
    boolean countOne() {
      if (sealed >= Protocol.MAX_SEALED) {
        return false;
      }
      sealed++;
      return true;
    }

    /** Sets the count, for tests: 2^32 datagrams take an hour. */
    void sealedSoFar(long count) {
      this.sealed = count;
    }

    private Aead cipher(byte direction) {
      return direction == Datagrams.REQUEST ? requestCipher() : replyCipher();
    }

    private Aead requestCipher() {
      if (requestCipher == null) {
        requestCipher = new Aead(requestKey);
      }
      return requestCipher;
    }

    private Aead replyCipher() {
      if (replyCipher == null) {
        replyCipher = new Aead(replyKey);
      }
      return replyCipher;
    }

    private void cool() {
      requestCipher = null;
      replyCipher = null;
      isHot = false;
    }

    private void wipe() {
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(requestKey, (byte) 0);
      Arrays.fill(replyKey, (byte) 0);
    }

    @Override
    public String toString() {
      return "Pair(_)";
    }
  }
}
