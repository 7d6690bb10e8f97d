package dev.wsn.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Protocol;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.RequestId;
import dev.wsn.kademlia.Token;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ContactCacheTest {
  private static final RequestId ID = new RequestId(1, 2);

  private final SplittableRandom random = new SplittableRandom(7);
  private final ContactCache cache = new ContactCache();

  private Contact contact(int addressBytes) {
    byte[] key = new byte[PublicKey.BYTES];
    random.nextBytes(key);
    byte[] address = new byte[addressBytes];
    random.nextBytes(address);
    IpPort at = new IpPort(IpAddress.of(address), 1 + random.nextInt(65_535));
    return Contact.of(PublicKey.of(key), at);
  }

  private static byte[] encoded(List<Contact> contacts) {
    ByteBuffer target = ByteBuffer.allocate(Datagrams.MAX_BYTES);
    IpPort observed = new IpPort(IpAddress.of(new byte[] {127, 0, 0, 1}), 1);
    Reply reply = new Reply(ID, observed, new Token(1), new Reply.Nodes(contacts));
    assertThat(MessageCodec.encode(reply, Datagrams.MAX_BYTES, target)).isTrue();
    return Arrays.copyOf(target.array(), target.position());
  }

  private Decoded<Reply> decoded(byte[] bytes) {
    return MessageCodec.decodeReply(ID, new MessageReader(bytes, 0, bytes.length, cache));
  }

  @Test
  void contactsAreTheSameHoweverOftenAndInWhatOrderTheyWereRead() {
    List<Contact> all = new ArrayList<>();
    for (int i = 0; i < 3 * Protocol.READ_CONTACTS; i++) {
      all.add(contact(i % 2 == 0 ? 4 : 16));
    }
    for (int round = 0; round < 1_000; round++) {
      List<Contact> some = new ArrayList<>();
      for (int i = 0; i < Datagrams.MAX_CONTACTS; i++) {
        some.add(all.get(random.nextInt(1 + round % all.size())));
      }
      byte[] bytes = encoded(some);
      Decoded<Reply> fresh = MessageCodec.decodeReply(ID, bytes, 0, bytes.length);
      assertThat(decoded(bytes)).isEqualTo(fresh);
    }
  }

  @Test
  void contactsThatDifferInOneBitAreNotTakenForEachOther() {
    Contact honest = contact(4);
    byte[] bytes = encoded(List.of(honest));
    assertThat(decoded(bytes)).isInstanceOf(Decoded.Message.class);
    int first = bytes.length - (1 + PublicKey.BYTES + 4 + 2);
    for (int bit = 0; bit < 8 * (bytes.length - first); bit++) {
      byte[] other = bytes.clone();
      other[first + bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(decoded(other))
          .isEqualTo(MessageCodec.decodeReply(ID, other, 0, other.length))
          .isNotEqualTo(decoded(bytes));
    }
  }

  @Test
  void whatIsCutShortIsNoContactThoughItIsKnown() {
    byte[] bytes = encoded(List.of(contact(16)));
    assertThat(decoded(bytes)).isInstanceOf(Decoded.Message.class);
    for (int length = 0; length < bytes.length; length++) {
      assertThat(decoded(Arrays.copyOf(bytes, length))).isInstanceOf(Decoded.Malformed.class);
    }
  }

  @Test
  void idsAreThoseOfKeyAndAddress() {
    Contact contact = contact(4);
    byte[] bytes = encoded(List.of(contact));
    for (int i = 0; i < 2; i++) {
      Reply reply = ((Decoded.Message<Reply>) decoded(bytes)).value();
      Contact read = ((Reply.Nodes) reply.answer()).closest().get(0);
      assertThat(read.id()).isEqualTo(NodeId.of(contact.key(), contact.address().address()));
    }
  }
}
