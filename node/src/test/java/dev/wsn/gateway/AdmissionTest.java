package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.IpAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class AdmissionTest {
  private static final GatewayLimits LIMITS = GatewayLimits.defaults();

  private final Admission admission = new Admission(LIMITS, 0);
  private final Set<GatewayLimit> refused = EnumSet.noneOf(GatewayLimit.class);

  private static IpAddress ip(String literal) {
    return IpAddress.parse(literal).orElseThrow();
  }

  private static IpAddress numbered(int n) {
    return IpAddress.of(new byte[] {8, (byte) (n >> 16), (byte) (n >> 8), (byte) n});
  }

  private Admission.Lease admit(String literal) {
    Optional<Admission.Lease> lease = admission.admit(ip(literal), 0, refused::add);
    assertThat(lease).isPresent();
    return lease.orElseThrow();
  }

  @Test
  void aSourceHasItsShareAndGetsItBack() {
    List<Admission.Lease> leases = new ArrayList<>();
    for (int i = 0; i < LIMITS.maxConnectionsPerSource(); i++) {
      leases.add(admit("203.0.113.7"));
    }

    assertThat(admission.admit(ip("203.0.113.7"), 0, refused::add)).isEmpty();
    assertThat(refused).containsExactly(GatewayLimit.CONNECTIONS_OF_SOURCE);
    assertThat(admission.admit(ip("203.0.113.8"), 0, refused::add)).isPresent();
    leases.get(0).release();
    leases.get(0).release();
    assertThat(admission.admit(ip("203.0.113.7"), 0, refused::add)).isPresent();
    assertThat(admission.admit(ip("203.0.113.7"), 0, refused::add)).isEmpty();
  }

  @Test
  void oneIpv6NetworkIsOneSource() {
    for (int i = 0; i < LIMITS.maxConnectionsPerSource(); i++) {
      Admission.Lease unused = admit("2001:db8:1:2::" + Integer.toHexString(i + 1));
    }

    assertThat(admission.admit(ip("2001:db8:1:2:ffff::1"), 0, refused::add)).isEmpty();
    assertThat(admission.admit(ip("2001:db8:1:3::1"), 0, refused::add)).isPresent();
  }

  @Test
  void allTogetherHaveALimit() {
    for (int i = 0; i < LIMITS.maxConnections(); i++) {
      assertThat(admission.admit(numbered(i), i, refused::add)).isPresent();
    }

    long later = 2L * LIMITS.maxConnections();
    assertThat(admission.admit(ip("203.0.113.7"), later, refused::add)).isEmpty();
    assertThat(admission.admit(ip("127.0.0.1"), later, refused::add)).isEmpty();
    assertThat(admission.connections()).isEqualTo(LIMITS.maxConnections());
    assertThat(refused).containsExactly(GatewayLimit.CONNECTIONS);
  }

  @Test
  void soManyAreAcceptedInASecond() {
    int atOnce = 2 * LIMITS.acceptsPerSecond();
    for (int i = 0; i < atOnce; i++) {
      assertThat(admission.admit(numbered(i), 0, refused::add)).isPresent();
    }
    assertThat(admission.admit(numbered(atOnce), 0, refused::add)).isEmpty();
    assertThat(refused).containsExactly(GatewayLimit.ACCEPTS);
    assertThat(admission.admit(numbered(atOnce), 1, refused::add)).isPresent();
  }

  @Test
  void theOwnMachineIsManySources() {
    for (int i = 0; i < 3 * LIMITS.maxConnectionsPerSource(); i++) {
      Admission.Lease unused = admit("127.0.0.1");
    }
    for (int i = 0; i < LIMITS.handshakesPerSecond(); i++) {
      assertThat(admission.mayShakeHands(ip("127.0.0.1"), 0, refused::add)).isTrue();
    }
    assertThat(admission.mayShakeHands(ip("127.0.0.1"), 0, refused::add)).isFalse();
    assertThat(refused).containsExactly(GatewayLimit.HANDSHAKES);
  }

  @Test
  void handshakesOfASourceAreBoundInTime() {
    IpAddress source = ip("203.0.113.7");
    int burst = 10 * LIMITS.handshakesPerSecondPerSource();
    for (int i = 0; i < burst; i++) {
      assertThat(admission.mayShakeHands(source, 0, refused::add)).isTrue();
    }

    assertThat(admission.mayShakeHands(source, 0, refused::add)).isFalse();
    assertThat(refused).containsExactly(GatewayLimit.HANDSHAKES_OF_SOURCE);
    assertThat(admission.mayShakeHands(ip("203.0.113.8"), 0, refused::add)).isTrue();
    assertThat(admission.mayShakeHands(source, 100, refused::add)).isTrue();
    assertThat(admission.mayShakeHands(source, 100, refused::add)).isFalse();
  }

  @Test
  void forgetsIdleSourcesFirstAndNeverConnectedOnes() {
    Admission.Lease held = admit("203.0.113.7");

    for (int i = 0; i < Admission.MAX_IDLE_SOURCES + 1000; i++) {
      boolean unused = admission.mayShakeHands(numbered(i), 0, refused::add);
    }

    assertThat(admission.sources()).isEqualTo(Admission.MAX_IDLE_SOURCES + 1);
    held.release();
    assertThat(admission.connections()).isZero();
    assertThat(admission.sources()).isEqualTo(Admission.MAX_IDLE_SOURCES);
  }

  @Test
  void aBucketThatSawTheClockGoBackStillWorks() {
    TokenBucket bucket = new TokenBucket(10, 1, 1000);

    assertThat(bucket.take(1000)).isTrue();
    assertThat(bucket.take(500)).isFalse();
    assertThat(bucket.take(600)).isTrue();
  }
}
