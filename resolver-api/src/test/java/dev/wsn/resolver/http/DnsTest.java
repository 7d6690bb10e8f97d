package dev.wsn.resolver.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpPort;
import dev.wsn.resolver.InMemoryResolver;
import dev.wsn.resolver.Signed;
import dev.wsn.resolver.dns.DnsServer;
import dev.wsn.resolver.quota.Limit;
import dev.wsn.resolver.quota.Quotas;
import dev.wsn.resolver.quota.Rate;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The resolver as a DNS server, asked over real UDP, TCP and HTTP. */
final class DnsTest {
  private static final String NPUB = Nip19.npub(Signed.ALICE);
  private static final AddressRecord RECORD =
      Signed.record(
          Signed.ALICE_SECRET,
          Duration.ofMinutes(5),
          List.of(
              Signed.endpoint("203.0.113.7:4848"),
              Signed.endpoint("[2001:db9::1]:4849"),
              Endpoint.parse("https://203.0.113.9:8443")));

  private final Serving serving = new Serving();
  private DnsServer server;
  private IpPort at;

  @BeforeEach
  void start() {
    server = serving.dns();
    at = Serving.await(server.start(Serving.LOOPBACK, 0));
  }

  @AfterEach
  void stop() {
    Serving.await(server.stop());
    serving.close();
  }

  private static Message question(String name, int type) {
    try {
      return Message.newQuery(
          org.xbill.DNS.Record.newRecord(Name.fromString(name, Name.root), type, DClass.IN));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] udp(byte[] packet, int patienceMillis) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(patienceMillis);
      socket.send(
          new DatagramPacket(packet, packet.length, InetAddress.getLoopbackAddress(), at.port()));
      DatagramPacket answer = new DatagramPacket(new byte[4096], 4096);
      socket.receive(answer);
      return Arrays.copyOf(answer.getData(), answer.getLength());
    }
  }

  private Message udp(Message question) {
    try {
      Message answer = new Message(udp(question.toWire(), 20_000));
      assertThat(answer.getHeader().getID()).isEqualTo(question.getHeader().getID());
      assertThat(answer.getHeader().getFlag(Flags.QR)).isTrue();
      assertThat(answer.getHeader().getFlag(Flags.RA)).as("no recursion").isFalse();
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Message tcp(Message question) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), at.port())) {
      socket.setSoTimeout(20_000);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      byte[] packet = question.toWire();
      out.writeShort(packet.length);
      out.write(packet);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answer = new byte[in.readUnsignedShort()];
      in.readFully(answer);
      return new Message(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> data(Message answer) {
    return answer.getSection(Section.ANSWER).stream()
        .map(org.xbill.DNS.Record::rdataToString)
        .toList();
  }

  @Test
  void aKeyHasAddressesServicesAndText() {
    serving.resolver.rollBackTo(RECORD);
    Message four = udp(question(NPUB, Type.A));
    assertThat(four.getHeader().getFlag(Flags.AA)).isTrue();
    assertThat(data(four)).containsExactly("203.0.113.7", "203.0.113.9");
    assertThat(data(udp(question(NPUB, Type.AAAA)))).containsExactly("2001:db9:0:0:0:0:0:1");
    assertThat(data(udp(question(NPUB, Type.SVCB))))
        .containsExactly(
            "1 . port=4848 ipv4hint=203.0.113.7", "2 . port=4849 ipv6hint=2001:db9:0:0:0:0:0:1");
    assertThat(data(udp(question(NPUB, Type.HTTPS))))
        .containsExactly("1 . port=8443 ipv4hint=203.0.113.9");
    assertThat(data(udp(question(NPUB, Type.TXT))))
        .singleElement()
        .satisfies(text -> assertThat(text).contains("id=" + RECORD.event().id().hex()));
    assertThat(data(udp(question(NPUB, Type.ANY)))).singleElement().asString().contains("RFC8482");
    assertThat(serving.resolver.asked()).as("one lookup for all").hasSize(1);
  }

  @Test
  void namesAreFoundBelowTheSuffixAndInAnyCase() {
    serving.resolver.rollBackTo(RECORD);
    String mixed = NPUB.substring(0, 20).toUpperCase(Locale.ROOT) + NPUB.substring(20);
    for (String name : List.of(NPUB + ".wsn.example.", mixed + ".WSN.example.", mixed + ".")) {
      assertThat(data(udp(question(name, Type.A)))).as(name).hasSize(2);
    }
  }

  @Test
  void theTimeToLiveIsWhatIsLeftOfTheAnswer() {
    serving.resolver.rollBackTo(RECORD);
    assertThat(ttl(udp(question(NPUB, Type.A)))).isEqualTo(60);
    serving.sleep(Duration.ofSeconds(25));
    assertThat(ttl(udp(question(NPUB, Type.A)))).isEqualTo(35);
    serving.now.set(Signed.NOW.plus(Signed.LIFETIME).minusSeconds(310));
    assertThat(ttl(udp(question(NPUB, Type.A)))).isEqualTo(10);
  }

  private static long ttl(Message answer) {
    return answer.getSection(Section.ANSWER).get(0).getTTL();
  }

  @Test
  void nobodyNothingOutageAndForeignNamesDiffer() {
    Message unknown = udp(question(NPUB, Type.A));
    assertThat(unknown.getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(unknown.getSection(Section.AUTHORITY))
        .singleElement()
        .satisfies(soa -> assertThat(soa.getType()).isEqualTo(Type.SOA));
    serving.put(RECORD);
    Message noData = udp(question(NPUB, Type.MX));
    assertThat(noData.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(noData.getSection(Section.ANSWER)).isEmpty();
    assertThat(noData.getSection(Section.AUTHORITY)).hasSize(1);
    serving.put(Signed.record(Signed.ALICE_SECRET, Duration.ZERO));
    Message withdrawn = udp(question(NPUB, Type.A));
    assertThat(withdrawn.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(withdrawn.getSection(Section.ANSWER)).isEmpty();
    serving.resolver.network(InMemoryResolver.Network.UNREACHABLE);
    assertThat(udp(question(Nip19.npub(Signed.BOB), Type.A)).getRcode()).isEqualTo(Rcode.SERVFAIL);
    for (String foreign : List.of("example.com.", ".", "npub1abc.", "a." + NPUB + ".")) {
      Message refused = udp(question(foreign, Type.A));
      assertThat(refused.getRcode()).as(foreign).isEqualTo(Rcode.REFUSED);
      assertThat(refused.getHeader().getFlag(Flags.AA)).isFalse();
    }
    assertThat(udp(question("nobody.wsn.example.", Type.A)).getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(udp(question("wsn.example.", Type.A)).getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(data(udp(question("wsn.example.", Type.SOA)))).hasSize(1);
  }

  @Test
  void ednsIsSpokenAndOtherVersionsAndOpcodesAreRefused() {
    serving.resolver.rollBackTo(RECORD);
    Message edns = question(NPUB, Type.A);
    edns.addRecord(new OPTRecord(4096, 0, 0), Section.ADDITIONAL);
    assertThat(udp(edns).getOPT().getPayloadSize()).isEqualTo(1232);
    assertThat(udp(question(NPUB, Type.A)).getOPT()).isNull();
    Message future = question(NPUB, Type.A);
    future.addRecord(new OPTRecord(4096, 0, 1), Section.ADDITIONAL);
    assertThat(udp(future).getRcode()).isEqualTo(Rcode.BADVERS);
    Message update = question(NPUB, Type.A);
    update.getHeader().setOpcode(Opcode.UPDATE);
    assertThat(udp(update).getRcode()).isEqualTo(Rcode.NOTIMP);
    Message transfer = question("wsn.example.", Type.AXFR);
    assertThat(tcp(transfer).getRcode()).isEqualTo(Rcode.REFUSED);
  }

  @Test
  void theLongestAnswerFitsIntoPlainUdp() {
    List<Endpoint> many =
        java.util.stream.IntStream.range(1, 9)
            .mapToObj(i -> Signed.endpoint("[2001:db9:1:2:3:4:5:" + i + "]:484" + i))
            .toList();
    serving.resolver.rollBackTo(Signed.record(Signed.ALICE_SECRET, Duration.ZERO, many));
    Message whole = udp(question(NPUB + ".wsn.example.", Type.SVCB));
    assertThat(whole.toWire().length).isLessThanOrEqualTo(512);
    assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(whole.getSection(Section.ANSWER)).hasSize(8);
    assertThat(tcp(question(NPUB + ".wsn.example.", Type.SVCB)).getSection(Section.ANSWER))
        .hasSize(8);
  }

  @Test
  void aFloodIsAnsweredInPartAndWithNothingButAWayOut() throws IOException {
    serving.resolver.rollBackTo(RECORD);
    byte[] packet = question(NPUB, Type.TXT).toWire();
    for (int i = 0; i < 100; i++) {
      assertThat(new Message(udp(packet, 20_000)).getHeader().getFlag(Flags.TC)).isFalse();
    }
    int silent = 0;
    for (int i = 0; i < 6; i++) {
      try {
        byte[] slipped = udp(packet, 300);
        assertThat(new Message(slipped).getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(slipped.length).isLessThanOrEqualTo(packet.length);
      } catch (SocketTimeoutException dropped) {
        silent++;
      }
    }
    assertThat(silent).as("dropped of 6").isGreaterThanOrEqualTo(3);
    assertThat(serving.refused.of(Limit.DNS_ANSWERS)).isEqualTo(6);
    assertThat(data(tcp(question(NPUB, Type.TXT)))).hasSize(1);
  }

  @Test
  void forgedSourcesUseUpNobodysLookups() throws Exception {
    Rate free = Rate.unlimited();
    Quotas.Rates rates = new Quotas.Rates(free, new Rate(1, 5), free);
    try (Serving other = new Serving(Serving.Setup.defaults().with(rates))) {
      other.resolver.rollBackTo(RECORD);
      DnsServer strict = other.dns();
      at = Serving.await(strict.start(Serving.LOOPBACK, 0));
      // Over UDP anybody can say that he is at this address.
      int sentToTcp = 0;
      for (int i = 0; i < 30; i++) {
        String unknown = Nip19.npub(Signed.RULES.author(SecretKey.generate(new SecureRandom())));
        sentToTcp += udp(question(unknown, Type.A)).getHeader().getFlag(Flags.TC) ? 1 : 0;
      }
      assertThat(sentToTcp).as("of 30, with 20 at once").isEqualTo(10);
      assertThat(data(tcp(question(NPUB, Type.TXT)))).as("whose own quota is whole").hasSize(1);
      assertThat(other.get(Serving.path(Signed.ALICE)).statusCode()).isEqualTo(200);
      Serving.await(strict.stop());
    }
  }

  @Test
  void noiseDoesNoHarm() throws IOException {
    serving.resolver.rollBackTo(RECORD);
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    byte[] good = question(NPUB, Type.A).toWire();
    try (DatagramSocket socket = new DatagramSocket()) {
      for (int i = 0; i < 5_000; i++) {
        byte[] packet = good.clone();
        if (i % 2 == 0) {
          packet = new byte[random.nextInt(1, 600)];
          random.nextBytes(packet);
        } else {
          packet[random.nextInt(2, packet.length)] = (byte) random.nextInt();
        }
        socket.send(
            new DatagramPacket(packet, packet.length, InetAddress.getLoopbackAddress(), at.port()));
      }
    }
    serving.sleep(Duration.ofMinutes(1));
    assertThat(data(tcp(question(NPUB, Type.A)))).hasSize(2);
  }

  private HttpResponse<byte[]> doh(HttpRequest.Builder request) {
    try {
      return HttpClient.newHttpClient()
          .send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theSameIsAnsweredOverHttp() throws IOException {
    serving.resolver.rollBackTo(RECORD);
    byte[] packet = question(NPUB, Type.A).toWire();
    String text = Base64.getUrlEncoder().withoutPadding().encodeToString(packet);
    URI uri = serving.uri("/dns-query");
    List<HttpRequest.Builder> both =
        List.of(
            HttpRequest.newBuilder(URI.create(uri + "?dns=" + text)),
            HttpRequest.newBuilder(uri)
                .header("Content-Type", "application/dns-message")
                .POST(HttpRequest.BodyPublishers.ofByteArray(packet)));
    for (HttpRequest.Builder request : both) {
      HttpResponse<byte[]> answer = doh(request);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/dns-message");
      assertThat(answer.headers().firstValue("Cache-Control")).hasValue("max-age=60");
      assertThat(data(new Message(answer.body()))).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/dns-query", "/dns-query?dns=", "/dns-query?dns=***", "/dns-query?dns=AAAA"})
  void whatIsNoQuestionIsAProblem(String path) {
    Serving.problem(serving.get(path), 400, "malformed-dns");
    Serving.problem(
        serving.send("POST", "/dns-query", "x", "Content-Type", "text/plain"),
        415,
        "unsupported-dns-type");
  }
}
