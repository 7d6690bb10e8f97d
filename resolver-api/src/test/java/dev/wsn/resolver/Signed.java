package dev.wsn.resolver;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpPort;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRules;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Keys, times and signed records that tests share. */
public final class Signed {
  public static final Instant NOW = Instant.ofEpochSecond(1_790_000_000);
  public static final RecordRules RULES = new RecordRules(Secp256k1.preferred(), false);
  public static final SecretKey ALICE_SECRET = secret(1);
  public static final SecretKey BOB_SECRET = secret(2);
  public static final PublicKey ALICE = RULES.author(ALICE_SECRET);
  public static final SecretKey CAROL_SECRET = secret(3);
  public static final PublicKey CAROL = RULES.author(CAROL_SECRET);
  public static final PublicKey BOB = RULES.author(BOB_SECRET);
  public static final Duration LIFETIME = Duration.ofHours(2);

  private static final byte[] AUXILIARY = new byte[32];

  private Signed() {}

  private static SecretKey secret(int fill) {
    byte[] scalar = new byte[32];
    Arrays.fill(scalar, (byte) fill);
    return SecretKey.of(scalar);
  }

  public static Endpoint endpoint(String ipPort) {
    return Endpoint.of(IpPort.parse(ipPort).orElseThrow(), Endpoint.WSN);
  }

  public static AddressRecord record(SecretKey secret, Duration age, String... ipPorts) {
    List<Endpoint> endpoints = Arrays.stream(ipPorts).map(Signed::endpoint).toList();
    return record(secret, age, endpoints);
  }

  public static AddressRecord record(SecretKey secret, Duration age, List<Endpoint> endpoints) {
    long createdAt = NOW.minus(age).getEpochSecond();
    return RULES.sign(secret, endpoints, createdAt, LIFETIME, AUXILIARY);
  }

  public static NostrEvent withContent(NostrEvent event, String content) {
    return new NostrEvent(
        event.id(),
        event.pubkey(),
        event.createdAt(),
        event.kind(),
        event.tags(),
        content,
        event.signature());
  }

  public static NostrEvent withTags(NostrEvent event, List<List<String>> tags) {
    return new NostrEvent(
        event.id(),
        event.pubkey(),
        event.createdAt(),
        event.kind(),
        tags,
        event.content(),
        event.signature());
  }
}
