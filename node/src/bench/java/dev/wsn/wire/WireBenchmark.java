package dev.wsn.wire;

import dev.wsn.crypto.Aead;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.kademlia.Caller;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import dev.wsn.kademlia.Token;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What one exchange costs between nodes that know each other: the padded question {@code FindNode}
 * and its answer with 20 contacts. Limits, measured in the same run: {@link #rawRequest} and {@link
 * #rawExchange}, the JDK's AES-256-GCM over as many bytes and nothing else; {@link #copyReply} for
 * the codec.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WireBenchmark {
  private static final long APART_MILLIS = 50;
  private static final String NETWORK = "main";
  private static final int GCM_TAG_BITS = 128;

  private final SecureRandom random = new SecureRandom();
  private final RandomGenerator ids = new SplittableRandom(1);
  private final Secp256k1 curve = Secp256k1.preferred();
  private final SecretKey caller = SecretKey.generate(random);
  private final SecretKey callee = SecretKey.generate(random);
  private final DatagramSealer callerSealer = sealer(caller);
  private final DatagramSealer calleeSealer = sealer(callee);
  private final IpPort callerAddress = address(1);
  private final Contact to = Contact.of(curve.publicKey(callee), address(2));
  private final NodeId target = NodeId.unplaced(curve.publicKey(caller));
  private final List<Contact> contacts = new ArrayList<>();
  private final ByteBuffer message = ByteBuffer.allocate(Datagrams.MAX_BYTES);

  private int requestBytes;
  private int replyBytes;
  private byte[] encodedReply = new byte[0];
  private Cipher sealing;
  private Cipher opening;

  /** Every question comes {@link #APART_MILLIS} later, so that no rate is reached. */
  private long millis;
  private SecretKeySpec key;
  private long nonce;

  private DatagramSealer sealer(SecretKey secret) {
    PublicKey self = curve.publicKey(secret);
    KeyAgreement agreement = KeyAgreement.ecdh(curve, secret);
    return new DatagramSealer(self, agreement, NETWORK, random, Limits.defaults(), what -> {});
  }

  private static IpPort address(int last) {
    byte[] bytes = {(byte) 198, 51, 100, (byte) last};
    return new IpPort(IpAddress.of(bytes), 4848);
  }

  /** Draws the contacts of the answer. */
  @Setup
  public void setUp() throws GeneralSecurityException {
    for (int i = 0; i < Datagrams.MAX_CONTACTS; i++) {
      contacts.add(Contact.of(curve.publicKey(SecretKey.generate(random)), address(i)));
    }
    requestBytes = sealRequest().length;
    replyBytes = exchange();
    message.clear();
    MessageCodec.encode(reply(requestId()), Datagrams.MAX_BYTES, message);
    encodedReply = new byte[message.position()];
    message.flip().get(encodedReply);
    sealing = Cipher.getInstance("AES/GCM/NoPadding");
    opening = Cipher.getInstance("AES/GCM/NoPadding");
    key = new SecretKeySpec(random.generateSeed(32), "AES");
  }

  private RequestId requestId() {
    return new RequestId(ids.nextLong(), ids.nextInt());
  }

  private Reply reply(RequestId id) {
    return new Reply(id, callerAddress, new Token(7), new Reply.Nodes(contacts));
  }

  /** A padded question, message to datagram. */
  @Benchmark
  public byte[] sealRequest() {
    Request request =
        new Request(requestId(), false, Token.NONE, new Request.FindNode(target));
    return ((Sealed.Datagram) callerSealer.seal(new Effect.Send(to, request))).bytes();
  }

  /** The whole exchange: question sealed and opened, answer sealed and opened. */
  @Benchmark
  public int exchange() {
    byte[] question = sealRequest();
    var asked =
        (Opened.IncomingRequest)
            calleeSealer.open(
                millis += APART_MILLIS, question, 0, question.length, callerAddress);
    Caller from = asked.caller();
    Effect.Answer answer =
        new Effect.Answer(from, reply(asked.request().id()), Datagrams.MAX_BYTES);
    byte[] bytes = ((Sealed.Datagram) calleeSealer.seal(answer)).bytes();
    var answered =
        (Opened.IncomingReply) callerSealer.open(millis, bytes, 0, bytes.length, to.address());
    return answered.reply() == null ? 0 : bytes.length;
  }

  /** Limit of {@link #sealRequest}. */
  @Benchmark
  public byte[] rawRequest() throws GeneralSecurityException {
    return raw(sealing, Cipher.ENCRYPT_MODE, new byte[requestBytes - Aead.TAG_BYTES], ++nonce);
  }

  /** Limit of {@link #exchange}: the same two messages, encrypted and decrypted. */
  @Benchmark
  public int rawExchange() throws GeneralSecurityException {
    byte[] question = rawRequest();
    int opened = raw(opening, Cipher.DECRYPT_MODE, question, nonce).length;
    byte[] plain = new byte[replyBytes - Aead.TAG_BYTES];
    byte[] answer = raw(sealing, Cipher.ENCRYPT_MODE, plain, ++nonce);
    return opened + raw(opening, Cipher.DECRYPT_MODE, answer, nonce).length;
  }

  private byte[] raw(Cipher cipher, int mode, byte[] bytes, long number)
      throws GeneralSecurityException {
    byte[] iv = ByteBuffer.allocate(Aead.NONCE_BYTES).putLong(number).array();
    cipher.init(mode, key, new GCMParameterSpec(GCM_TAG_BITS, iv));
    return cipher.doFinal(bytes);
  }

  /** An answer with 20 contacts, message to bytes. */
  @Benchmark
  public int encodeReply() {
    message.clear();
    MessageCodec.encode(reply(new RequestId(1, 2)), Datagrams.MAX_BYTES, message);
    return message.position();
  }

  /** Bytes to message; hashes 20 keys, because an id follows from key and address. */
  @Benchmark
  public Object decodeReply() {
    return MessageCodec.decodeReply(
        new RequestId(1, 2), encodedReply, 0, encodedReply.length);
  }

  /** Limit of the codec. */
  @Benchmark
  public byte[] copyReply() {
    return encodedReply.clone();
  }
}
