package dev.wsn.cli;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.RecordRules;
import dev.wsn.record.Topic;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/** Signs with a key of this machine. */
final class LocalSigner implements RecordSigner {
  private final SecretKey secret;
  private final RecordRules rules;
  private final SecureRandom random;

  /** A signer that owns its key. */
  LocalSigner(SecretKey secret, RecordRules rules, SecureRandom random) {
    this.secret = secret;
    this.rules = rules;
    this.random = random;
  }

  @Override
  public PublicKey author() {
    return rules.author(secret);
  }

  @Override
  public AddressRecord sign(
      List<Endpoint> endpoints, List<Topic> topics, long createdAt, Duration lifetime) {
    byte[] auxiliary = new byte[Secp256k1.AUXILIARY_RANDOM_BYTES];
    random.nextBytes(auxiliary);
    try {
      return rules.sign(secret, endpoints, topics, createdAt, lifetime, auxiliary);
    } catch (IllegalArgumentException forbidden) {
      throw CommandFailure.usage(String.valueOf(forbidden.getMessage()));
    }
  }

  @Override
  public void close() {
    secret.close();
  }
}
