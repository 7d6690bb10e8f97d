package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.wsn.crypto.PublicKey;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeIdTest {
  /** The generator of the curve, the public key of the secret key 1. */
  private static final PublicKey KEY =
      PublicKey.fromHex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");

  @ParameterizedTest
  @CsvSource({"203.0.113.7", "198.51.100.200", "8.8.8.8", "2001:db8::1", "2606:4700:4700::1111"})
  void leadingBitsFollowFromTheAddressAndTheRestFromTheKey(String literal) throws Exception {
    byte[] address = Peers.ip(literal).bytes();
    byte[] ofKey = sha256(KEY.bytes());
    byte[] masked = new byte[address.length == 4 ? 4 : 8];
    long mask = address.length == 4 ? 0x030f3fff00000000L : 0x0103070f1f3f7fffL;
    for (int i = 0; i < masked.length; i++) {
      masked[i] = (byte) (address[i] & (mask >>> (56 - 8 * i)));
    }
    byte[] ofAddress =
        sha256(
            "wsn/node/1".getBytes(StandardCharsets.US_ASCII),
            masked,
            new byte[] {(byte) (ofKey[31] & 7)});

    String id = bits(NodeId.of(KEY, Peers.ip(literal)).bytes());

    assertThat(id.substring(0, 21)).isEqualTo(bits(ofAddress).substring(0, 21));
    assertThat(id.substring(21)).isEqualTo(bits(ofKey).substring(21));
  }

  /** The values of docs/PROTOCOL.md. */
  @ParameterizedTest
  @CsvSource({
    "203.0.113.7, 209229a98c31baaddba6525f5d43f2954472097fa15265f45130bfdb70e51def",
    "198.51.100.200, 1a54e1a98c31baaddba6525f5d43f2954472097fa15265f45130bfdb70e51def",
    "2001:db8::1, a3e871a98c31baaddba6525f5d43f2954472097fa15265f45130bfdb70e51def",
    "2606:4700:4700::1111, 398f39a98c31baaddba6525f5d43f2954472097fa15265f45130bfdb70e51def",
    "127.0.0.1, 132f39a98c31baaddba6525f5d43f2954472097fa15265f45130bfdb70e51def",
    "10.1.2.3, 132f39a98c31baaddba6525f5d43f2954472097fa15265f45130bfdb70e51def",
    "fd00::1, 132f39a98c31baaddba6525f5d43f2954472097fa15265f45130bfdb70e51def"
  })
  void idsAreThoseOfTheSpecification(String literal, String hex) {
    assertThat(NodeId.of(KEY, Peers.ip(literal)).hex()).isEqualTo(hex);
  }

  @Test
  void placeOfRecordIsThatOfTheSpecification() throws Exception {
    byte[] expected =
        sha256(
            "wsn/record/1".getBytes(StandardCharsets.US_ASCII),
            new byte[] {0x2b, 0x67},
            KEY.bytes());
    assertThat(NodeId.ofRecord(KEY).bytes()).isEqualTo(expected);
    assertThat(NodeId.ofRecord(KEY).hex())
        .isEqualTo("465ac66ed45700ba6d7c84eec5a656f2e00ec4b3f129f124c30aaee313e60dcb");
  }

  @Test
  void neighboursInOneNetworkShareTheirLeadingBitsOnlyIfTheirKeysChooseTheSameVariant() {
    NodeId one = NodeId.of(Peers.key(1), Peers.ip("203.0.113.7"));
    int same = 0;
    for (int i = 2; i < 200; i++) {
      NodeId other = NodeId.of(Peers.key(i), Peers.ip("203.0.113.7"));
      same += one.distanceTo(other).sharedBits() >= Protocol.ADDRESS_BITS ? 1 : 0;
    }
    assertThat(same).as("one of eight").isBetween(10, 45);
  }

  @Test
  void addressesThatAreNotPublicLeaveTheIdToTheKey() {
    NodeId unplaced = NodeId.unplaced(KEY);
    assertThat(NodeId.of(KEY, Peers.ip("127.0.0.1"))).isEqualTo(unplaced);
    assertThat(NodeId.of(KEY, Peers.ip("192.168.1.1"))).isEqualTo(unplaced);
    assertThat(NodeId.of(KEY, Peers.ip("203.0.113.7"))).isNotEqualTo(unplaced);
  }

  @Property
  void bytesAndHexAreTheSameNumber(@ForAll @Size(32) byte[] bytes) {
    NodeId id = NodeId.of(bytes);
    assertThat(id.bytes()).isEqualTo(bytes);
    assertThat(new BigInteger(id.hex(), 16)).isEqualTo(new BigInteger(1, bytes));
    assertThat(id.toString()).isEqualTo(id.hex().substring(0, 8));
  }

  @Test
  void otherLengthsAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> NodeId.of(new byte[31]));
  }

  private static byte[] sha256(byte[]... parts) throws NoSuchAlgorithmException {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    for (byte[] part : parts) {
      sha256.update(part);
    }
    return sha256.digest();
  }

  private static String bits(byte[] bytes) {
    StringBuilder bits = new StringBuilder();
    for (byte b : bytes) {
      for (int i = 7; i >= 0; i--) {
        bits.append((b >> i) & 1);
      }
    }
    return bits.toString();
  }
}
