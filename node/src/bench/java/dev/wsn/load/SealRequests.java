package dev.wsn.load;

import dev.wsn.crypto.SecretKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import dev.wsn.kademlia.Token;
import dev.wsn.record.IpPort;
import dev.wsn.wire.DatagramSealer;
import dev.wsn.wire.KeyAgreement;
import dev.wsn.wire.Limits;
import dev.wsn.wire.Opened;
import dev.wsn.wire.Sealed;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.SplittableRandom;

/**
 * Writes sealed requests of one caller to a file, each with its own nonce and with the address
 * token that the node gave to the caller's port, for {@code generate.c}, which sends them from that
 * port.
 */
public final class SealRequests {
  private final DatagramSealer sealer;
  private final Contact node;
  private final SplittableRandom random = new SplittableRandom(1);
  private long serial;

  private SealRequests(Contact node) {
    this.node = node;
    SecretKey secret = SecretKey.generate(new SecureRandom());
    this.sealer =
        new DatagramSealer(
            LoadNodes.CURVE.publicKey(secret),
            KeyAgreement.ecdh(LoadNodes.CURVE, secret),
            LoadNodes.NETWORK,
            new SecureRandom(),
            Limits.defaults(),
            what -> {});
  }

  /**
   * Writes them.
   *
   * @param arguments port of the node, port of the caller, {@code find} or {@code get}, how many,
   *     how many different records, the file
   */
  public static void main(String[] arguments) throws IOException {
    int to = Integer.parseInt(arguments[0]);
    int from = Integer.parseInt(arguments[1]);
    int count = Integer.parseInt(arguments[3]);
    int records = Integer.parseInt(arguments[4]);
    SealRequests requests = new SealRequests(LoadNodes.contact(0, to));
    Token token = requests.token(from);
    NodeId[] places = new NodeId[records];
    for (int i = 0; i < records; i++) {
      places[i] = NodeId.ofRecord(LoadNodes.CURVE.publicKey(LoadNodes.secret(i)));
    }
    try (OutputStream file =
        new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[5])), 1 << 20)) {
      for (int i = 0; i < count; i++) {
        Request.Ask ask =
            arguments[2].equals("find")
                ? new Request.FindNode(requests.target())
                : new Request.FindRecord(places[i % records]);
        file.write(requests.seal(token, ask));
      }
    }
    System.out.println(requests.seal(token, new Request.FindNode(requests.target())).length);
  }

  private NodeId target() {
    return new NodeId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }

  private byte[] seal(Token token, Request.Ask ask) {
    Request request = new Request(new RequestId(++serial, 7), true, token, ask);
    return ((Sealed.Datagram) sealer.seal(new Effect.Send(node, request))).bytes();
  }

  private Token token(int port) throws IOException {
    byte[] loopback = LoadNodes.LOOPBACK.bytes();
    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getByAddress(loopback), port))) {
      byte[] asked = seal(Token.NONE, new Request.FindNode(target()));
      socket.setSoTimeout(10_000);
      socket.send(
          new DatagramPacket(
              asked, asked.length, InetAddress.getByAddress(loopback), node.address().port()));
      DatagramPacket answer = new DatagramPacket(new byte[1_500], 1_500);
      socket.receive(answer);
      IpPort from = node.address();
      Opened opened =
          sealer.open(LoadNodes.millis(), answer.getData(), 0, answer.getLength(), from);
      return ((Opened.IncomingReply) opened).reply().addressToken();
    }
  }
}
