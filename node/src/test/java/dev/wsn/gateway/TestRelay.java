package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import io.vertx.core.Vertx;
import java.net.URI;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;

/** A gateway on loopback, and what tests need to know of it. */
final class TestRelay implements AutoCloseable {
  static final Secp256k1 CURVE = Secp256k1.preferred();
  static final SecureRandom RANDOM = new SecureRandom();
  static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1").orElseThrow();

  final SecretKey key;
  final PublicKey publicKey;
  final Gateway gateway;

  TestRelay(Vertx vertx, SecretKey key, URI backend, GatewayLimits limits) {
    this.key = key;
    this.publicKey = CURVE.publicKey(key);
    this.gateway =
        new Gateway(
            vertx,
            key,
            CURVE,
            GatewayOptions.of(LOOPBACK, 0, backend, 2, limits),
            AccessPolicy.EVERYONE,
            TestRelay::millis,
            RANDOM);
    Integer unused = Awaiting.result(gateway.start());
  }

  static long millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  Endpoint endpoint() {
    return Endpoint.of(new IpPort(LOOPBACK, gateway.port()), Endpoint.WSN);
  }

  @Override
  public void close() {
    Awaiting.done(gateway.stop());
  }
}
