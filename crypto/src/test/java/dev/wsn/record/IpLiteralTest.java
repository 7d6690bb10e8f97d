package dev.wsn.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Literals are read strictly and written as RFC 5952 says, and agree with the JDK. */
class IpLiteralTest {
  private static final HexFormat HEX = HexFormat.of();

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 00000000",
    "203.0.113.7, cb007107",
    "255.255.255.255, ffffffff",
    "::, 00000000000000000000000000000000",
    "::1, 00000000000000000000000000000001",
    "1::, 00010000000000000000000000000000",
    "2001:db8::1, 20010db8000000000000000000000001",
    "2001:DB8:0:0:0:0:0:1, 20010db8000000000000000000000001",
    "2001:0db8::0001, 20010db8000000000000000000000001",
    "1:2:3:4:5:6:7:8, 00010002000300040005000600070008",
    "1:2:3:4:5:6:7::, 00010002000300040005000600070000",
    "::2:3:4:5:6:7:8, 00000002000300040005000600070008",
    "::ffff:203.0.113.7, 00000000000000000000ffffcb007107",
    "64:ff9b::192.0.2.33, 0064ff9b0000000000000000c0000221",
    "1:2:3:4:5:6:1.2.3.4, 00010002000300040005000601020304",
    "fe80:ffff:ffff:ffff:ffff:ffff:255.255.255.255, fe80ffffffffffffffffffffffffffff",
  })
  void literalsGiveTheirBytes(String literal, String hex) {
    assertThat(IpLiteral.parse(literal))
        .hasValueSatisfying(bytes -> assertThat(HEX.formatHex(bytes)).isEqualTo(hex));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "localhost",
        "example.com",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.4.",
        ".1.2.3.4",
        "1..2.3",
        "01.2.3.4",
        "1.2.3.04",
        "256.1.1.1",
        "1.2.3.999",
        "0x7f.0.0.1",
        "2130706433",
        "1.2.3.-4",
        "+1.2.3.4",
        "1.2.3.4 ",
        " 1.2.3.4",
        "1.2.3.٤",
        ":",
        ":::",
        "::1::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8::",
        ":1::2",
        "1::2:",
        "12345::",
        "g::",
        "::1%eth0",
        "fe80::1%1",
        "[::1]",
        "1.2.3.4::",
        "::1.2.3.4:5",
        "::1.2.3",
        "::01.2.3.4",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::٠",
        "-1::",
        "::+1",
        "0x1::",
        "::ffff:256.0.0.1",
        "1:2:3:4:5:6:7:8:9:a:b:c:d:e:f:0:1:2:3:4:5:6:7:8"
      })
  void anythingElseIsNoLiteral(String text) {
    assertThat(IpLiteral.parse(text)).isEmpty();
    assertThat(IpAddress.parse(text)).isEmpty();
  }

  /** The examples of RFC 5952 4 and 5. */
  @ParameterizedTest
  @CsvSource({
    "2001:0db8::0001, 2001:db8::1",
    "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
    "2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:DB8:AAAA::, 2001:db8:aaaa::",
    "0:0:0:0:0:0:0:0, ::",
    "1:0:0:0:0:0:0:0, 1::",
    "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
    "::ffff:c000:201, ::ffff:192.0.2.1",
  })
  void formatIsTheOneOfRfc5952(String literal, String canonical) {
    assertThat(IpLiteral.parse(literal).map(IpLiteral::format)).contains(canonical);
  }

  @Test
  void mappedAddressIsItsIpv4Address() {
    assertThat(IpAddress.parse("::ffff:127.0.0.1"))
        .contains(IpAddress.of(new byte[] {127, 0, 0, 1}));
    assertThat(IpAddress.parse("::ffff:127.0.0.1").orElseThrow().scope())
        .isEqualTo(AddressScope.LOOPBACK);
  }

  @Property
  void ipv4TextRoundTripsAndAgreesWithTheJdk(@ForAll @Size(4) byte[] address)
      throws UnknownHostException {
    String text = IpLiteral.format(address);
    assertThat(text).isEqualTo(InetAddress.getByAddress(address).getHostAddress());
    assertThat(IpLiteral.parse(text)).hasValueSatisfying(b -> assertThat(b).isEqualTo(address));
  }

  @Property
  void ipv6TextRoundTripsAndTheJdkReadsTheSame(
      @ForAll @Size(8) List<@IntRange(max = 0xffff) Integer> groups,
      @ForAll @IntRange(max = 255) int zeros)
      throws UnknownHostException {
    byte[] address = new byte[16];
    for (int i = 0; i < 8; i++) {
      int group = (zeros >> i & 1) == 0 ? groups.get(i) : 0;
      address[2 * i] = (byte) (group >> 8);
      address[2 * i + 1] = (byte) group;
    }
    String text = IpLiteral.format(address);
    assertThat(IpLiteral.parse(text)).hasValueSatisfying(b -> assertThat(b).isEqualTo(address));
    byte[] jdk = InetAddress.getByName(text).getAddress();
    assertThat(jdk).isEqualTo(jdk.length == 4 ? Arrays.copyOfRange(address, 12, 16) : address);
    String jdkText = InetAddress.getByAddress(address).getHostAddress();
    assertThat(IpAddress.parse(jdkText)).contains(IpAddress.of(address));
  }

  /** The JDK never asks a name service for text with a colon, and is the laxer reader. */
  @Property(tries = 3000)
  void whateverIsReadAsIpv6TheJdkReadsTheSame(
      @ForAll @StringLength(max = 20) @Chars({':', '0', '1', 'f', '.', '2'}) String text) {
    String withColon = text + ":1";
    IpAddress.parse(withColon)
        .ifPresent(
            address -> {
              try {
                assertThat(IpAddress.of(InetAddress.getByName(withColon).getAddress()))
                    .isEqualTo(address);
              } catch (UnknownHostException refused) {
                throw new AssertionError("the JDK refuses " + withColon, refused);
              }
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"203.0.113.7:4848", "[2001:db8::1]:4848", "1.2.3.4:1", "[::]:65535"})
  void addressAndPortRoundTrip(String text) {
    assertThat(IpPort.parse(text)).map(IpPort::toString).contains(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "203.0.113.7",
        "203.0.113.7:",
        "203.0.113.7:0",
        "203.0.113.7:65536",
        "203.0.113.7:04848",
        "203.0.113.7:+1",
        "203.0.113.7:4848 ",
        "[203.0.113.7]:4848",
        "2001:db8::1:4848",
        "[2001:db8::1]",
        "[2001:db8::1]4848",
        "[2001:db8::1:4848",
        "2001:db8::1]:4848",
        "[]:1",
        "example.com:80",
        "203.0.113.7:99999999999999999999"
      })
  void otherAddressesAndPortsAreRefused(String text) {
    assertThat(IpPort.parse(text)).isEmpty();
  }
}
