package dev.wsn.wire;

import dev.wsn.crypto.Aead;
import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Caller;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.Protocol;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import dev.wsn.record.IpPort;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Messages to sealed datagrams and back (PROTOCOL.md, "Datagrams"; layout in {@link Datagrams}).
 *
 * <p>A caller knows the callee's key, so one key agreement gives both sides their keys and the
 * first datagram is sealed already, as in DNSCurve. What an opened datagram says was said by the
 * holder of the key that it names, to this node, in this network, and a reply was made for the one
 * request that it answers. A replay is refused as long as the nonce is remembered.
 *
 * <p>Cheap checks come first: what is too short, too long, of another version, over its rate,
 * reflected, replayed or an answer to nothing costs no key agreement. Not thread-safe; one owner.
 */
public final class DatagramSealer {
  private record Pending(int tail, Contact callee) {}

  /** Nonces that are drawn at once, because each draw from the system costs. */
  private static final int DRAWN_AT_ONCE = 64;

  private final PublicKey self;
  private final byte[] selfBytes;
  private final PairKeys pairs;
  private final RandomGenerator random;
  private final OldestOut<Long, Pending> pending;
  private final Replays replays;
  private final OldestOut<Contact, Long> cookies;
  private final Admission admission;
  private final ContactCache contacts = new ContactCache();
  private final Consumer<Forgotten> onForgotten;

  private final byte[] message = new byte[Datagrams.MAX_BYTES];
  private final byte[] nonce = new byte[Aead.NONCE_BYTES];
  private final byte[] drawn = new byte[DRAWN_AT_ONCE * Aead.NONCE_BYTES];
  private int drawnUsed = drawn.length;
  private final byte[] requestHeader = new byte[Datagrams.REQUEST_HEADER_BYTES];
  private final byte[] cookieHeader = new byte[Datagrams.COOKIE_HEADER_BYTES];
  private final byte[] replyData = new byte[Datagrams.REPLY_HEADER_BYTES + Aead.NONCE_BYTES];

  /**
   * The sealer of one node.
   *
   * @param self this node's key: its identity, or one made for this process if it is a client
   * @param agreement with {@code self}'s secret
   * @param network nodes of another network cannot open each other's datagrams; 1 to 64 printable
   *     ASCII characters
   * @param random source of the nonces of replies and the secrets of cookies; unpredictable
   * @param onForgotten told of what makes room for something newer, within the call that needs it
   * @throws IllegalArgumentException for any other network name
   */
  public DatagramSealer(
      PublicKey self,
      KeyAgreement agreement,
      String network,
      RandomGenerator random,
      Limits limits,
      Consumer<Forgotten> onForgotten) {
    this.self = self;
    this.onForgotten = onForgotten;
    this.selfBytes = self.bytes();
    this.pairs = new PairKeys(self, agreement, network, limits, onForgotten);
    this.random = random;
    this.pending =
        OldestOut.byAge(limits.pending(), late -> onForgotten.accept(Forgotten.UNANSWERED));
    this.replays = new Replays(limits.replays(), random);
    this.cookies =
        OldestOut.byAge(Protocol.MAX_COOKIES, old -> onForgotten.accept(Forgotten.COOKIES));
    this.admission = new Admission(limits.rates(), random);
  }

  /** Opens requests at other rates from now on; what callers have used is forgotten. */
  public void change(Rates rates) {
    admission.change(rates);
  }

  /** Whether sealing a request to this callee needs no key agreement. */
  public boolean isAtHand(PublicKey callee) {
    return pairs.isAtHand(callee);
  }

  /**
   * Seals a request and waits for its reply. A {@code FindNode}, {@code FindRecord} or {@code
   * FindTopic} without address token is padded to {@link Datagrams#MAX_BYTES}, any other request to
   * {@link Datagrams#MIN_REQUEST_BYTES}, because the reply may not be longer.
   */
  public Sealed seal(Effect.Send send) {
    PublicKey callee = send.to().key();
    if (callee.equals(self)) {
      return new Sealed.Unsealable(RejectReason.OWN_KEY);
    }
    Optional<PairKeys.Pair> found = pairs.withCallee(callee);
    if (found.isEmpty()) {
      return new Sealed.Unsealable(RejectReason.KEY_NOT_ON_CURVE);
    }
    PairKeys.Pair pair = found.get();
    if (!pair.countOne()) {
      return new Sealed.Unsealable(RejectReason.KEY_EXHAUSTED);
    }
    Request request = send.request();
    Long cookie = cookies.get(send.to());
    byte[] header = cookie == null ? requestHeader : cookieHeader;
    int overhead = header.length + Aead.TAG_BYTES;
    int length = padded(request, encode(request), overhead);
    putNonce(request.id());
    ByteBuffer clear = ByteBuffer.wrap(header);
    clear.put(cookie == null ? Datagrams.REQUEST : Datagrams.REQUEST_WITH_COOKIE);
    clear.put(selfBytes).put(nonce);
    if (cookie != null) {
      clear.putLong(cookie);
    }
    byte[] datagram = Arrays.copyOf(header, overhead + length);
    pairs
        .cipher(pair, Datagrams.REQUEST)
        .seal(nonce, header, message, 0, length, datagram, header.length);
    pending.put(request.id().head(), new Pending(request.id().tail(), send.to()));
    return new Sealed.Datagram(datagram);
  }

  private int encode(Request request) {
    ByteBuffer target = ByteBuffer.wrap(message);
    MessageCodec.encode(request, target);
    return target.position();
  }

  /** Length of the message with its padding, which is written. */
  private int padded(Request request, int length, int overhead) {
    int paddedLength = Math.max(length, shortestBytes(request) - overhead);
    Arrays.fill(message, length, paddedLength, (byte) 0);
    return paddedLength;
  }

  /** Length that the datagram of a request is padded to if it is shorter. */
  static int shortestBytes(Request request) {
    boolean isLookup =
        request.ask() instanceof Request.FindNode
            || request.ask() instanceof Request.FindRecord
            || request.ask() instanceof Request.FindTopic;
    boolean isFull = isLookup && !request.addressToken().isPresent();
    return isFull ? Datagrams.MAX_BYTES : Datagrams.MIN_REQUEST_BYTES;
  }

  /**
   * Seals a reply in at most the bytes that the effect allows, and never more than {@link
   * Datagrams#MAX_BYTES}; contacts that do not fit are left out, and an answer that does not fit
   * becomes {@code Retry}.
   */
  public Sealed seal(Effect.Answer answer) {
    PublicKey caller = answer.to().key();
    Optional<PairKeys.Pair> found = pairs.withCaller(caller);
    if (found.isEmpty()) {
      return new Sealed.Unsealable(RejectReason.KEY_NOT_ON_CURVE);
    }
    PairKeys.Pair pair = found.get();
    int maxBytes = Math.min(answer.maxBytes(), Datagrams.MAX_BYTES);
    ByteBuffer target = ByteBuffer.wrap(message);
    int maxMessageBytes = maxBytes - Datagrams.REPLY_OVERHEAD_BYTES;
    if (!MessageCodec.encode(answer.reply(), maxMessageBytes, target)) {
      return new Sealed.Unsealable(RejectReason.NO_ROOM);
    }
    if (!pair.countOne()) {
      return new Sealed.Unsealable(RejectReason.KEY_EXHAUSTED);
    }
    int length = target.position();
    RequestId id = answer.reply().id();
    drawNonce();
    ByteBuffer.wrap(replyData)
        .put(Datagrams.REPLY)
        .putLong(id.head())
        .put(nonce)
        .putLong(id.head())
        .putInt(id.tail());
    byte[] datagram = new byte[Datagrams.REPLY_OVERHEAD_BYTES + length];
    System.arraycopy(replyData, 0, datagram, 0, Datagrams.REPLY_HEADER_BYTES);
    pairs
        .cipher(pair, Datagrams.REPLY)
        .seal(nonce, replyData, message, 0, length, datagram, Datagrams.REPLY_HEADER_BYTES);
    return new Sealed.Datagram(datagram);
  }

  /**
   * Opens a datagram.
   *
   * @param nowMillis monotonic
   * @param buffer untrusted; not changed, and not kept
   * @param offset where the datagram begins
   * @param length of the datagram
   * @param from its source address
   * @throws IndexOutOfBoundsException if the range does not lie within the buffer
   */
  public Opened open(long nowMillis, byte[] buffer, int offset, int length, IpPort from) {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length > Datagrams.MAX_BYTES) {
      return new Opened.Rejected(RejectReason.TOO_LONG);
    }
    if (length < Datagrams.CHALLENGE_BYTES) {
      return new Opened.Rejected(RejectReason.TOO_SHORT);
    }
    return switch (buffer[offset]) {
      case Datagrams.REQUEST, Datagrams.REQUEST_WITH_COOKIE ->
          length < Datagrams.MIN_REQUEST_BYTES
              ? new Opened.Rejected(RejectReason.TOO_SHORT)
              : admitted(admission.visit(nowMillis, from), buffer, offset, length, from);
      case Datagrams.REPLY -> openReply(buffer, offset, length);
      case Datagrams.CHALLENGE -> openChallenge(buffer, offset, length, from);
      default -> new Opened.Rejected(RejectReason.UNKNOWN_VERSION);
    };
  }

  private Opened admitted(
      Admission.Visit visit, byte[] buffer, int offset, int length, IpPort from) {
    RejectReason over = visit.takeUnproven();
    if (over != null) {
      Opened instead = proven(visit, over, buffer, offset);
      if (instead != null) {
        return instead;
      }
    }
    if (isKey(buffer, offset, selfBytes)) {
      return new Opened.Rejected(RejectReason.OWN_KEY);
    }
    RequestId id = id(buffer, offset);
    if (replays.contains(callerHead(buffer, offset), id.head(), id.tail())) {
      return new Opened.Rejected(RejectReason.REPLAYED);
    }
    PublicKey caller = caller(buffer, offset);
    if (!pairs.isAtHand(caller) && !visit.takeAgreement()) {
      Opened instead =
          visit.isProven()
              ? new Opened.Rejected(RejectReason.AGREEMENT_RATE)
              : proven(visit, RejectReason.AGREEMENT_RATE, buffer, offset);
      if (instead != null) {
        return instead;
      }
      if (!visit.takeAgreement()) {
        return new Opened.Rejected(RejectReason.AGREEMENT_RATE);
      }
    }
    return openRequest(caller, id, buffer, offset, length, from);
  }

  /**
   * Counts a request that is over an unproven rate among the proven ones.
   *
   * @return what becomes of it instead if it cannot be opened; null if it can
   */
  private @Nullable Opened proven(
      Admission.Visit visit, RejectReason over, byte[] buffer, int offset) {
    boolean hasCookie = buffer[offset] == Datagrams.REQUEST_WITH_COOKIE;
    if (hasCookie) {
      long cookie = ByteBuffer.wrap(buffer).getLong(offset + Datagrams.REQUEST_HEADER_BYTES);
      if (visit.proves(caller(buffer, offset), cookie)) {
        RejectReason overToo = visit.takeProven();
        return overToo == null ? null : new Opened.Rejected(overToo);
      }
    }
    if (!visit.takeChallenge()) {
      return new Opened.Rejected(over);
    }
    byte[] challenge =
        ByteBuffer.allocate(Datagrams.CHALLENGE_BYTES)
            .put(Datagrams.CHALLENGE)
            .putLong(id(buffer, offset).head())
            .putLong(visit.cookie(caller(buffer, offset)))
            .array();
    return new Opened.Unproven(over, challenge);
  }

  private static boolean isKey(byte[] buffer, int offset, byte[] key) {
    int from = offset + 1;
    return Arrays.equals(buffer, from, from + PublicKey.BYTES, key, 0, PublicKey.BYTES);
  }

  private static PublicKey caller(byte[] buffer, int offset) {
    return PublicKey.of(Arrays.copyOfRange(buffer, offset + 1, offset + 1 + PublicKey.BYTES));
  }

  private static long callerHead(byte[] buffer, int offset) {
    return ByteBuffer.wrap(buffer).getLong(offset + 1);
  }

  private static RequestId id(byte[] buffer, int offset) {
    ByteBuffer header = ByteBuffer.wrap(buffer);
    int nonceAt = offset + 1 + PublicKey.BYTES;
    return new RequestId(header.getLong(nonceAt), header.getInt(nonceAt + Long.BYTES));
  }

  private Opened openRequest(
      PublicKey caller, RequestId id, byte[] buffer, int offset, int length, IpPort from) {
    Optional<PairKeys.Pair> found = pairs.withCaller(caller);
    if (found.isEmpty()) {
      return new Opened.Rejected(RejectReason.KEY_NOT_ON_CURVE);
    }
    PairKeys.Pair pair = found.get();
    byte[] header = buffer[offset] == Datagrams.REQUEST ? requestHeader : cookieHeader;
    System.arraycopy(buffer, offset, header, 0, header.length);
    putNonce(id);
    int boxAt = header.length;
    OptionalInt opened =
        pairs
            .cipher(pair, Datagrams.REQUEST)
            .open(nonce, header, buffer, offset + boxAt, length - boxAt, message, 0);
    if (opened.isEmpty()) {
      return new Opened.Rejected(RejectReason.NOT_AUTHENTIC);
    }
    pairs.keep(caller, pair);
    if (replays.add(callerHead(buffer, offset), id.head(), id.tail())) {
      onForgotten.accept(Forgotten.NONCES);
    }
    Decoded<Request> decoded = MessageCodec.decodeRequest(id, message, 0, opened.getAsInt());
    return decoded instanceof Decoded.Message<Request> request
        ? new Opened.IncomingRequest(new Caller(caller, from, length), request.value())
        : rejected(decoded);
  }

  /** A challenge is not sealed: it fits one request that waits, whose nonce only its way knows. */
  private Opened openChallenge(byte[] buffer, int offset, int length, IpPort from) {
    if (length != Datagrams.CHALLENGE_BYTES) {
      return new Opened.Rejected(RejectReason.TOO_LONG);
    }
    ByteBuffer challenge = ByteBuffer.wrap(buffer);
    long head = challenge.getLong(offset + 1);
    Pending waiting = pending.get(head);
    if (waiting == null || !waiting.callee().address().equals(from)) {
      return new Opened.Rejected(RejectReason.UNEXPECTED_REPLY);
    }
    pending.remove(head);
    cookies.remove(waiting.callee());
    cookies.put(waiting.callee(), challenge.getLong(offset + 1 + Datagrams.HEAD_BYTES));
    return new Opened.Challenged(waiting.callee().key(), new RequestId(head, waiting.tail()));
  }

  private Opened openReply(byte[] buffer, int offset, int length) {
    if (length < Datagrams.MIN_REPLY_BYTES) {
      return new Opened.Rejected(RejectReason.TOO_SHORT);
    }
    ByteBuffer header = ByteBuffer.wrap(buffer, offset, length);
    long head = header.getLong(offset + 1);
    Pending waiting = pending.get(head);
    if (waiting == null) {
      return new Opened.Rejected(RejectReason.UNEXPECTED_REPLY);
    }
    // A callee whose key was on the curve when it was called still is.
    PairKeys.Pair pair = pairs.withCallee(waiting.callee().key()).orElseThrow();
    ByteBuffer.wrap(replyData)
        .put(buffer, offset, Datagrams.REPLY_HEADER_BYTES)
        .putLong(head)
        .putInt(waiting.tail());
    int boxAt = Datagrams.REPLY_HEADER_BYTES;
    System.arraycopy(buffer, offset + boxAt - nonce.length, nonce, 0, nonce.length);
    OptionalInt opened =
        pairs
            .cipher(pair, Datagrams.REPLY)
            .open(nonce, replyData, buffer, offset + boxAt, length - boxAt, message, 0);
    if (opened.isEmpty()) {
      return new Opened.Rejected(RejectReason.NOT_AUTHENTIC);
    }
    pending.remove(head);
    RequestId id = new RequestId(head, waiting.tail());
    Decoded<Reply> decoded =
        MessageCodec.decodeReply(id, new MessageReader(message, 0, opened.getAsInt(), contacts));
    return decoded instanceof Decoded.Message<Reply> reply
        ? new Opened.IncomingReply(waiting.callee().key(), reply.value())
        : rejected(decoded);
  }

  private static Opened rejected(Decoded<?> decoded) {
    return new Opened.Rejected(((Decoded.Malformed<?>) decoded).reason());
  }

  private void drawNonce() {
    if (drawnUsed == drawn.length) {
      random.nextBytes(drawn);
      drawnUsed = 0;
    }
    System.arraycopy(drawn, drawnUsed, nonce, 0, nonce.length);
    drawnUsed += nonce.length;
  }

  private void putNonce(RequestId id) {
    ByteBuffer.wrap(nonce).putLong(id.head()).putInt(id.tail());
  }
}
