package dev.wsn.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import dev.wsn.kademlia.Token;
import dev.wsn.record.RecordRejection;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What is written is read back, nothing else is, and nothing makes the reader throw. */
class MessageCodecTest {
  private static final RequestId ID = new RequestId(1, 2);
  private static final int AMPLE = 4096;

  @Provide
  Arbitrary<Request> requests() {
    return Messages.requests();
  }

  @Provide
  Arbitrary<Reply> replies() {
    return Messages.replies();
  }

  @Provide
  Arbitrary<Reply> lists() {
    return Messages.repliesWithContacts();
  }

  @Provide
  Arbitrary<byte[]> noise() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
  }

  @Property(tries = 500)
  void requestIsReadBack(@ForAll("requests") Request request, @ForAll @IntRange(max = 9) int pad) {
    byte[] bytes = Arrays.copyOf(encode(request), encode(request).length + pad);
    assertThat(MessageCodec.decodeRequest(request.id(), bytes, 0, bytes.length))
        .isEqualTo(new Decoded.Message<>(request));
  }

  @Property(tries = 500)
  void replyIsReadBack(@ForAll("replies") Reply reply, @ForAll @IntRange(max = 9) int pad) {
    byte[] bytes = Arrays.copyOf(encode(reply, AMPLE), encode(reply, AMPLE).length + pad);
    assertThat(MessageCodec.decodeReply(reply.id(), bytes, 0, bytes.length))
        .isEqualTo(new Decoded.Message<>(reply));
  }

  @Property(tries = 300)
  void readerStaysInItsRange(@ForAll("requests") Request request, @ForAll @Size(5) byte[] around) {
    byte[] message = encode(request);
    ByteBuffer framed = ByteBuffer.allocate(message.length + 10).put(around).put(message);
    framed.put(around);
    assertThat(MessageCodec.decodeRequest(request.id(), framed.array(), 5, message.length))
        .isEqualTo(new Decoded.Message<>(request));
  }

  @Property(tries = 2000)
  void noiseIsMalformedOrCanonical(@ForAll("noise") byte[] bytes) {
    assertOneEncoding(bytes);
  }

  /** Mutations of valid messages come closer to the limits than noise does. */
  @Property(tries = 2000)
  void mutationIsMalformedOrCanonical(
      @ForAll("requests") Request request,
      @ForAll("replies") Reply reply,
      @ForAll @IntRange(max = 4095) int at,
      @ForAll byte value,
      @ForAll @IntRange(max = 40) int cut) {
    for (byte[] valid : List.of(encode(request), encode(reply, AMPLE))) {
      byte[] mutant = Arrays.copyOf(valid, Math.max(1, valid.length - cut));
      mutant[at % mutant.length] = value;
      assertOneEncoding(mutant);
      byte[] early = valid.clone();
      early[at % Math.min(64, early.length)] = value;
      assertOneEncoding(early);
    }
  }

  /** Whatever is accepted is, apart from its padding, what the writer writes for it. */
  private static void assertOneEncoding(byte[] bytes) {
    Decoded<Request> request = MessageCodec.decodeRequest(ID, bytes, 0, bytes.length);
    if (request instanceof Decoded.Message<Request> message) {
      assertThat(Arrays.copyOf(encode(message.value()), bytes.length)).isEqualTo(bytes);
    }
    Decoded<Reply> reply = MessageCodec.decodeReply(ID, bytes, 0, bytes.length);
    if (reply instanceof Decoded.Message<Reply> message) {
      assertThat(Arrays.copyOf(encode(message.value(), AMPLE), bytes.length)).isEqualTo(bytes);
    }
  }

  @Property(tries = 1000)
  void replyFitsWhateverTheRoom(
      @ForAll("replies") Reply reply, @ForAll @IntRange(max = 1300) int maxBytes) {
    ByteBuffer target = ByteBuffer.allocate(AMPLE);
    if (!MessageCodec.encode(reply, maxBytes, target)) {
      assertThat(maxBytes).isLessThan(1 + 19 + 8);
      assertThat(target.position()).isZero();
      return;
    }
    assertThat(target.position()).isLessThanOrEqualTo(maxBytes);
    Decoded<Reply> decoded =
        MessageCodec.decodeReply(reply.id(), target.array(), 0, target.position());
    Reply read = ((Decoded.Message<Reply>) decoded).value();
    assertThat(read.addressToken()).isEqualTo(reply.addressToken());
    assertThat(read.observed()).isEqualTo(reply.observed());
    if (!(read.answer() instanceof Reply.Retry)) {
      assertThat(withContacts(read.answer(), List.of()))
          .isEqualTo(withContacts(reply.answer(), List.of()));
      List<Contact> kept = contacts(read.answer());
      assertThat(kept).isEqualTo(contacts(reply.answer()).subList(0, kept.size()));
    }
  }

  /** As many contacts as possible are kept: one more would not have fitted. */
  @Property(tries = 300)
  void replyIsCutNoShorterThanNeeded(
      @ForAll("lists") Reply reply, @ForAll @IntRange(min = 100, max = 1300) int maxBytes) {
    byte[] bytes = encode(reply, maxBytes);
    Decoded<Reply> decoded = MessageCodec.decodeReply(reply.id(), bytes, 0, bytes.length);
    Reply read = ((Decoded.Message<Reply>) decoded).value();
    List<Contact> all = contacts(reply.answer());
    List<Contact> kept = contacts(read.answer());
    if (kept.size() < all.size() && !(read.answer() instanceof Reply.Retry)) {
      Reply.Answer oneMore = withContacts(reply.answer(), all.subList(0, kept.size() + 1));
      Reply longer = new Reply(reply.id(), reply.observed(), reply.addressToken(), oneMore);
      assertThat(encode(longer, AMPLE).length).isGreaterThan(maxBytes);
    }
  }

  @Test
  void answerWithoutTheContactsItHasBecomesRetry() {
    Contact contact = Peer.of(1).contact;
    Reply.Answer nodes = new Reply.Nodes(List.of(contact));
    Reply.Answer found = new Reply.RecordFound(Token.NONE, Optional.empty(), List.of(contact));
    Reply.Answer empty = new Reply.Nodes(List.of());
    Reply.Answer full =
        new Reply.RecordFound(Token.NONE, Optional.of(Messages.EVENT), List.of(contact));
    int room = 16 + 1 + 39;
    assertThat(answerIn(room, nodes)).isEqualTo(nodes);
    assertThat(answerIn(room - 1, nodes)).isEqualTo(new Reply.Retry());
    assertThat(answerIn(room + 10, found)).isEqualTo(found);
    assertThat(answerIn(room + 9, found)).isEqualTo(new Reply.Retry());
    assertThat(answerIn(16 + 1, empty)).isEqualTo(empty);
    assertThat(answerIn(16, empty)).isEqualTo(new Reply.Retry());
    assertThat(answerIn(encode(reply(full), AMPLE).length - 1, full))
        .isEqualTo(withContacts(full, List.of()));
    assertThat(answerIn(100, full)).isEqualTo(new Reply.Retry());
  }

  @Test
  void refusalWithoutRoomForItsReasonBecomesRetry() {
    Reply.Answer refused = new Reply.Refused(new Reply.Refusal(true, Optional.empty()));
    assertThat(answerIn(17, refused)).isEqualTo(refused);
    assertThat(answerIn(16, refused)).isEqualTo(new Reply.Retry());
  }

  @Test
  void everyRefusalHasItsOwnCode() {
    Set<Integer> codes = new HashSet<>();
    for (RecordRejection reason : RecordRejection.values()) {
      Reply.Refusal refusal = new Reply.Refusal(false, Optional.of(reason));
      assertThat(codes.add(RefusalCode.of(refusal))).as("code of %s", reason).isTrue();
      assertThat(RefusalCode.decode(RefusalCode.of(refusal))).contains(refusal);
    }
    assertThat(codes).doesNotContain(RefusalCode.of(new Reply.Refusal(true, Optional.empty())));
  }

  private static Reply reply(Reply.Answer answer) {
    return new Reply(ID, Peer.of(1).address, new Token(5), answer);
  }

  private static Reply.Answer answerIn(int maxBytes, Reply.Answer answer) {
    byte[] bytes = encode(reply(answer), maxBytes);
    Decoded<Reply> decoded = MessageCodec.decodeReply(ID, bytes, 0, bytes.length);
    return ((Decoded.Message<Reply>) decoded).value().answer();
  }

  private static List<Contact> contacts(Reply.Answer answer) {
    if (answer instanceof Reply.Nodes nodes) {
      return nodes.closest();
    }
    return answer instanceof Reply.RecordFound found ? found.closest() : List.of();
  }

  private static Reply.Answer withContacts(Reply.Answer answer, List<Contact> contacts) {
    if (answer instanceof Reply.Nodes) {
      return new Reply.Nodes(contacts);
    }
    return answer instanceof Reply.RecordFound found
        ? new Reply.RecordFound(found.storeToken(), found.event(), contacts)
        : answer;
  }

  private static byte[] encode(Request request) {
    ByteBuffer target = ByteBuffer.allocate(AMPLE);
    MessageCodec.encode(request, target);
    return Arrays.copyOf(target.array(), target.position());
  }

  private static byte[] encode(Reply reply, int maxBytes) {
    ByteBuffer target = ByteBuffer.allocate(AMPLE);
    assertThat(MessageCodec.encode(reply, maxBytes, target)).isTrue();
    return Arrays.copyOf(target.array(), target.position());
  }
}
