package dev.wsn.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The address that a node tells others to join it at. */
class SeedTextTest {
  private static final PublicKey KEY = PublicKey.of(new byte[PublicKey.BYTES]);
  private static final IpPort EXTERNAL = IpPort.parse("203.0.113.7:5000").orElseThrow();

  private static SeedText listening(String address) {
    return new SeedText(KEY, IpPort.parse(address).orElseThrow());
  }

  @Test
  void addressThatWasChosenStays() {
    assertThat(listening("127.0.0.1:4848").text(Optional.of(EXTERNAL)))
        .isEqualTo(Nip19.npub(KEY) + "@127.0.0.1:4848");
    assertThat(listening("[2001:db8::1]:4848").text(Optional.empty()))
        .isEqualTo(Nip19.npub(KEY) + "@[2001:db8::1]:4848");
  }

  @Test
  void nodeOnAllAddressesTellsWhereOthersSeeIt() {
    for (String any : new String[] {"0.0.0.0:4848", "[::]:4848"}) {
      assertThat(listening(any).text(Optional.of(EXTERNAL)))
          .isEqualTo(Nip19.npub(KEY) + "@203.0.113.7:5000");
    }
  }

  @Test
  void beforeThatItTellsAnAddressOfThisMachine() throws Exception {
    for (String any : new String[] {"0.0.0.0:4848", "[::]:4848"}) {
      IpPort told = listening(any).address(Optional.empty());
      assertThat(told.port()).isEqualTo(4848);
      InetAddress address = InetAddress.getByAddress(told.address().bytes());
      assertThat(NetworkInterface.getByInetAddress(address)).isNotNull();
    }
    assertThat(listening("0.0.0.0:1").address(Optional.empty()).address())
        .satisfies(address -> assertThat(address.isIpv4()).isTrue())
        .extracting(IpAddress::scope)
        .isNotEqualTo(AddressScope.UNUSABLE);
  }
}
