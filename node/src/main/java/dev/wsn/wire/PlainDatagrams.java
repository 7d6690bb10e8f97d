package dev.wsn.wire;

import dev.wsn.crypto.Aead;
import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Caller;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import dev.wsn.record.IpPort;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Datagrams without their seal, for simulations of many nodes: the same codec, the same lengths and
 * the same omissions as {@link DatagramSealer}, no cryptography and no memory of replays. Only the
 * simulator may use it; on a wire it would authenticate nobody. Not thread-safe; one owner.
 */
public final class PlainDatagrams {
  /**
   * A datagram as it would be.
   *
   * @param sender who would have sealed it
   * @param id of the request that it is or answers
   * @param isRequest whether it is one
   * @param message encoded, without padding; not to be changed
   * @param datagramBytes length that the sealed datagram would have
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Plain(
      PublicKey sender, RequestId id, boolean isRequest, byte[] message, int datagramBytes) {}

  private final BiFunction<PublicKey, IpPort, Contact> contacts;
  private final ByteBuffer buffer = ByteBuffer.allocate(Datagrams.MAX_BYTES);

  /**
   * A codec for any number of nodes.
   *
   * @param contacts the contact of a key at an address, equal to that of {@link Contact#of}; a
   *     simulation of many nodes has it already and saves the hashes of the id
   */
  public PlainDatagrams(BiFunction<PublicKey, IpPort, Contact> contacts) {
    this.contacts = contacts;
  }

  /** The datagram of a request. */
  public Plain of(PublicKey self, Effect.Send send) {
    Request request = send.request();
    buffer.clear();
    MessageCodec.encode(request, buffer);
    int length =
        Math.max(
            Datagrams.REQUEST_HEADER_BYTES + Aead.TAG_BYTES + buffer.position(),
            DatagramSealer.shortestBytes(request));
    return new Plain(self, request.id(), true, written(), length);
  }

  /** The datagram of a reply; empty if not even {@code Retry} fits into what the effect allows. */
  public Optional<Plain> of(PublicKey self, Effect.Answer answer) {
    int maxBytes = Math.min(answer.maxBytes(), Datagrams.MAX_BYTES);
    buffer.clear();
    if (!MessageCodec.encode(answer.reply(), maxBytes - Datagrams.REPLY_OVERHEAD_BYTES, buffer)) {
      return Optional.empty();
    }
    int length = Datagrams.REPLY_OVERHEAD_BYTES + buffer.position();
    return Optional.of(new Plain(self, answer.reply().id(), false, written(), length));
  }

  /** Decodes a datagram that came from an address. */
  public Opened open(Plain plain, IpPort from) {
    byte[] message = plain.message();
    if (plain.isRequest()) {
      Decoded<Request> decoded = MessageCodec.decodeRequest(plain.id(), message, 0, message.length);
      return decoded instanceof Decoded.Message<Request> request
          ? new Opened.IncomingRequest(
              new Caller(plain.sender(), from, plain.datagramBytes()), request.value())
          : new Opened.Rejected(((Decoded.Malformed<?>) decoded).reason());
    }
    Decoded<Reply> decoded =
        MessageCodec.decodeReply(
            plain.id(), new MessageReader(message, 0, message.length, contacts));
    return decoded instanceof Decoded.Message<Reply> reply
        ? new Opened.IncomingReply(plain.sender(), reply.value())
        : new Opened.Rejected(((Decoded.Malformed<?>) decoded).reason());
  }

  private byte[] written() {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }
}
