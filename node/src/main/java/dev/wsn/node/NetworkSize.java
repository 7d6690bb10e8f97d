package dev.wsn.node;

import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Distance;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Protocol;
import java.util.List;

/**
 * How many nodes there are, judged by how dense they are around this one: in a network of n evenly
 * spread ids the i-th closest is i/(n+1) of the key space away. The line through the closest ones,
 * fitted by least squares, gives n (Steiner and Biersack 2009; go-libp2p's netsize does the same).
 */
final class NetworkSize {
  private static final double TWO_TO_64 = 0x1p64;

  private NetworkSize() {}

  /**
   * The estimate, this node included.
   *
   * @param own id of this node
   * @param contacts all that it knows, in any order
   */
  static long estimate(NodeId own, List<Contact> contacts) {
    if (contacts.size() < Protocol.K) {
      return contacts.size() + 1L;
    }
    List<Distance> closest =
        contacts.stream()
            .map(contact -> own.distanceTo(contact.id()))
            .sorted()
            .limit(Protocol.K)
            .toList();
    double products = 0;
    double squares = 0;
    for (int i = 0; i < closest.size(); i++) {
      double rank = i + 1.0;
      products += rank * fraction(closest.get(i));
      squares += rank * rank;
    }
    return Math.max(contacts.size() + 1L, Math.round(squares / products) - 1);
  }

  /** The distance as a part of the key space, to 64 bits. */
  private static double fraction(Distance distance) {
    double unsigned = (distance.a() >>> 1) * 2.0 + (distance.a() & 1);
    return Math.max(unsigned, 1) / TWO_TO_64;
  }
}
