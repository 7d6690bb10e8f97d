package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RollbackMemory;
import dev.wsn.record.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Keys, contacts and records with numbers, the same in every run. */
final class Peers {
  static final long WALL = 1_800_000_000;
  static final RecordRules RULES = new RecordRules(Secp256k1.preferred(), true);

  private Peers() {}

  static RandomGenerator random(long seed) {
    return new SplittableRandom(seed);
  }

  static Now at(long millis) {
    return new Now(millis, WALL + millis / 1000);
  }

  /** Some key; nobody signs with it. */
  static PublicKey key(int number) {
    return PublicKey.of(ByteBuffer.allocate(32).putInt(28, number).array());
  }

  static IpPort loopback(int number) {
    return new IpPort(ip("127.0.0.1"), 10_000 + number);
  }

  static IpAddress ip(String literal) {
    return IpAddress.parse(literal).orElseThrow();
  }

  static IpPort address(String text) {
    return IpPort.parse(text).orElseThrow();
  }

  static Contact contact(int number) {
    return Contact.of(key(number), loopback(number));
  }

  /** A contact at an id of choice, which no real one can have. */
  static Contact toy(int leadingByte, int number) {
    return new Contact(id(leadingByte), key(number), loopback(number));
  }

  static NodeId id(int leadingByte) {
    return new NodeId((long) leadingByte << 56, 0, 0, 0);
  }

  static Contact publicContact(int number, String address) {
    return Contact.of(key(number), address(address));
  }

  static SecretKey owner(int number) {
    return SecretKey.of(ByteBuffer.allocate(32).putInt(28, number).array());
  }

  /** A record of an owner that lives two hours. */
  static AddressRecord signed(int owner, long createdAt) {
    return signed(owner, createdAt, Duration.ofHours(2));
  }

  static AddressRecord signed(int owner, long createdAt, Duration lifetime) {
    Endpoint endpoint = new Endpoint(Endpoint.Network.CLEARNET, "127.0.0.1", 4848, Endpoint.WSN);
    return RULES.sign(owner(owner), List.of(endpoint), createdAt, lifetime, new byte[32]);
  }

  /** A record at an address of choice that is announced under topics. */
  static AddressRecord announced(int owner, String address, long createdAt, Topic... topics) {
    return RULES.sign(
        owner(owner),
        List.of(Endpoint.of(address(address), Endpoint.WSN)),
        List.of(topics),
        createdAt,
        Duration.ofHours(2),
        new byte[32]);
  }

  static RollbackMemory memory() {
    return new RollbackMemory(1000);
  }
}
