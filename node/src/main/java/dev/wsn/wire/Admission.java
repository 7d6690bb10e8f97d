package dev.wsn.wire;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Protocol;
import dev.wsn.kademlia.RotatingSecret;
import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests are worth opening, before anything is done that costs (PROTOCOL.md,
 * "Limits and cookies"). Requests count first as unproven, because their source may be forged. What
 * is over the unproven rates is opened if it has a cookie and is within the proven ones, and else
 * challenged to come back with one. So whoever forges an address takes nothing from its owner but a
 * round trip. Keeps nothing per source. Not thread-safe; owned by a {@link DatagramSealer}.
 */
final class Admission {
  private static final int IPV4_SUBNET_BYTES = 3;
  private static final int IPV6_SUBNET_BYTES = 6;

  /** Of sources that are not public, in a network of one machine: bounded in total only. */
  private static final long ALL = 0;

  /** The rates of one class of requests. */
  private static final class RequestRates {
    private final RateLimit ofAddress;
    private final RateLimit ofSubnet;
    private final RateLimit inTotal;
    private final RateLimit agreements;

    RequestRates(Rates.Allowance rates, int slots, RandomGenerator random) {
      this.ofAddress = new RateLimit(rates.perAddress(), slots, random);
      this.ofSubnet = new RateLimit(rates.perSubnet(), slots, random);
      this.inTotal = RateLimit.inTotal(rates.total(), random);
      this.agreements = RateLimit.inTotal(rates.agreements(), random);
    }

    /** Counts the request, or says which rate it is over. */
    @Nullable RejectReason take(long nowMillis, long address, long subnet, boolean isExempt) {
      if (!isExempt && !ofAddress.hasRoom(nowMillis, address)) {
        return RejectReason.ADDRESS_RATE;
      }
      if (!isExempt && !ofSubnet.hasRoom(nowMillis, subnet)) {
        return RejectReason.SUBNET_RATE;
      }
      if (!inTotal.hasRoom(nowMillis, ALL)) {
        return RejectReason.TOTAL_RATE;
      }
      if (!isExempt) {
        ofAddress.count(nowMillis, address);
        ofSubnet.count(nowMillis, subnet);
      }
      inTotal.count(nowMillis, ALL);
      return null;
    }

    boolean takeAgreement(long nowMillis) {
      if (!agreements.hasRoom(nowMillis, ALL)) {
        return false;
      }
      agreements.count(nowMillis, ALL);
      return true;
    }
  }

  private final boolean isLocal;
  private final RandomGenerator random;
  private RequestRates unproven;
  private RequestRates proven;
  private final RateLimit challengesOfAddress;
  private final RateLimit challengesInTotal;
  private final RotatingSecret cookies;
  private final byte[] text = new byte[16 + Short.BYTES + PublicKey.BYTES];
  private final ByteBuffer writer = ByteBuffer.wrap(text);

  Admission(Rates rates, RandomGenerator random) {
    this.isLocal = rates.isLocal();
    this.random = random;
    this.unproven = new RequestRates(rates.unproven(), rates.slots(), random);
    this.proven = new RequestRates(rates.proven(), rates.slots(), random);
    this.challengesOfAddress = new RateLimit(rates.challengesPerAddress(), rates.slots(), random);
    this.challengesInTotal = RateLimit.inTotal(rates.challenges(), random);
    this.cookies = new RotatingSecret(random, Protocol.COOKIE_SECRET_MILLIS);
  }

  /** Other rates of requests; those of challenges, and who is exempt, stay. */
  void change(Rates rates) {
    this.unproven = new RequestRates(rates.unproven(), rates.slots(), random);
    this.proven = new RequestRates(rates.proven(), rates.slots(), random);
  }

  /** A request at the door; valid until it is admitted or not. */
  final class Visit {
    private final long nowMillis;
    private final IpPort from;
    private final long address;
    private final boolean isExempt;
    private boolean isProven;

    private Visit(long nowMillis, IpPort from) {
      this.nowMillis = nowMillis;
      this.from = from;
      IpAddress ip = from.address();
      this.address = number(ip, Integer.MAX_VALUE);
      this.isExempt = isLocal && ip.scope() != AddressScope.PUBLIC;
    }

    /** Counts the request as unproven; or says which rate it is over. */
    @Nullable RejectReason takeUnproven() {
      return unproven.take(nowMillis, address, subnet(), isExempt);
    }

    /** Counts the request as one whose cookie {@link #proves} its address. */
    @Nullable RejectReason takeProven() {
      isProven = true;
      return proven.take(nowMillis, address, subnet(), isExempt);
    }

    /** Counts a key agreement for the request. */
    boolean takeAgreement() {
      return (isProven ? proven : unproven).takeAgreement(nowMillis);
    }

    boolean isProven() {
      return isProven;
    }

    /** Whether this node gave this cookie to this address and key. */
    boolean proves(PublicKey caller, long cookie) {
      return cookies.isOurs(nowMillis, text, write(from, caller), cookie);
    }

    /** Counts a challenge; false if the address, or everybody, has had enough of them. */
    boolean takeChallenge() {
      boolean hasAddressRoom = isExempt || challengesOfAddress.hasRoom(nowMillis, address);
      if (!hasAddressRoom || !challengesInTotal.hasRoom(nowMillis, ALL)) {
        return false;
      }
      challengesOfAddress.count(nowMillis, address);
      challengesInTotal.count(nowMillis, ALL);
      return true;
    }

    long cookie(PublicKey caller) {
      return cookies.proof(nowMillis, text, write(from, caller));
    }

    private long subnet() {
      IpAddress ip = from.address();
      return number(ip, ip.isIpv4() ? IPV4_SUBNET_BYTES : IPV6_SUBNET_BYTES);
    }
  }

  /** Begins with the request of a datagram from there. */
  Visit visit(long nowMillis, IpPort from) {
    return new Visit(nowMillis, from);
  }

  /** Leading bytes of an address, and its family, in one number. */
  private static long number(IpAddress address, int bytes) {
    byte[] ip = address.bytes();
    long number = ip.length;
    for (int i = 0; i < Math.min(bytes, ip.length); i++) {
      number = (i % Long.BYTES == 0 ? RateLimit.mix(number) : number) * 257 + ip[i];
    }
    return number;
  }

  /** Writes the text of a cookie down and returns its length. */
  private int write(IpPort from, PublicKey caller) {
    writer.clear();
    from.address().putTo(writer);
    writer.putShort((short) from.port());
    caller.putTo(writer);
    return writer.position();
  }
}
