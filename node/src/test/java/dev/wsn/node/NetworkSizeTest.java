package dev.wsn.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.NodeId;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against networks of a known size with evenly spread ids. */
class NetworkSizeTest {
  private static NodeId id(Random random) {
    byte[] bytes = new byte[NodeId.BYTES];
    random.nextBytes(bytes);
    return NodeId.of(bytes);
  }

  private static List<Contact> contacts(int number, Random random) {
    PublicKey key = PublicKey.of(new byte[PublicKey.BYTES]);
    IpPort address = new IpPort(IpAddress.of(new byte[] {8, 8, 8, 8}), 4848);
    List<Contact> contacts = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      contacts.add(new Contact(id(random), key, address));
    }
    return contacts;
  }

  @Test
  void smallNetworkIsCounted() {
    Random random = new Random(1);
    assertThat(NetworkSize.estimate(id(random), List.of())).isEqualTo(1);
    assertThat(NetworkSize.estimate(id(random), contacts(19, random))).isEqualTo(20);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 1_000, 20_000})
  void manyObserversTogetherComeNearTheTruth(int size) {
    Random random = new Random(size);
    List<Contact> everybody = contacts(size, random);
    double sum = 0;
    int observers = 40;
    for (int i = 0; i < observers; i++) {
      sum += NetworkSize.estimate(id(random), everybody);
    }
    assertThat(sum / observers).isBetween(0.8 * size, 1.25 * size + 1);
  }
}
