package dev.wsn.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.record.IpAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class IgdTest {
  private static final WantedPort UDP = new WantedPort(WantedPort.Transport.UDP, 4848, 4848);

  private LoopbackIgd router;

  @BeforeEach
  void start() throws IOException {
    router = new LoopbackIgd();
  }

  @AfterEach
  void stop() {
    router.close();
  }

  private List<Router> found() throws IOException {
    return new Search.ByQuestion(router.everybody(), LoopbackPmp::millis).routers();
  }

  @Test
  void portIsForwardedToThisMachineAndTakenBack() throws IOException {
    Router igd = found().get(0);
    PortMapping mapping = igd.map(UDP, 1_200);
    assertThat(mapping)
        .isEqualTo(
            new PortMapping(
                UDP, "UPnP at 127.0.0.1", 1_200, IpAddress.parse("203.0.113.9").orElseThrow()));
    igd.unmap(UDP);
    assertThat(router.calls().get(0))
        .startsWith("AddPortMapping ")
        .contains(
            "<u:AddPortMapping xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\">",
            "<NewExternalPort>4848<",
            "<NewProtocol>UDP<",
            "<NewInternalPort>4848<",
            "<NewInternalClient>127.0.0.1<",
            "<NewLeaseDuration>1200<");
    assertThat(router.calls()).last().asString().startsWith("DeletePortMapping ");
  }

  @Test
  void routerThatForwardsForEverOnlyIsAskedForThat() throws IOException {
    router.answering("AddPortMapping", 500, LoopbackIgd.error(725));
    PortMapping mapping = found().get(0).map(UDP, 1_200);
    assertThat(mapping.seconds()).isZero();
    assertThat(router.calls()).anyMatch(call -> call.contains("<NewLeaseDuration>0<"));
  }

  @Test
  void refusalsAreExplained() throws IOException {
    router.answering("AddPortMapping", 500, LoopbackIgd.error(718));
    Router igd = found().get(0);
    assertThatThrownBy(() -> igd.map(UDP, 1_200)).hasMessageContaining("another machine");
    router.answering("AddPortMapping", 500, LoopbackIgd.error(987));
    assertThatThrownBy(() -> igd.map(UDP, 1_200)).hasMessageContaining("error 987");
    router.answering("AddPortMapping", 404, "");
    assertThatThrownBy(() -> igd.map(UDP, 1_200)).hasMessageContaining("HTTP status 404");
  }

  private static Optional<URI> named(String location, String sender) throws IOException {
    byte[] text =
        ("HTTP/1.1 200 OK\r\nLOCATION: " + location + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    InetAddress from = InetAddress.getByName(sender);
    return IgdSearch.location(new DatagramPacket(text, text.length, from, 1900));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://192.168.1.2/d.xml",
        "http://203.0.113.7/d.xml",
        "http://user@192.168.1.1/",
        "http://192.168.1.1:99999/",
        "http://192.168.1.1:0/",
        "https://192.168.1.1/",
        "file:///etc/passwd",
        "http://[::1]/",
        "http://localhost/",
        "http://",
        "\\\\x"
      })
  void descriptionsElsewhereAreNotFetched(String location) throws IOException {
    assertThat(named(location, "192.168.1.1")).isEmpty();
  }

  @Test
  void descriptionAtTheSenderIsFetchedIfThatIsNear() throws IOException {
    assertThat(named("http://192.168.1.1:5000/d.xml", "192.168.1.1"))
        .contains(URI.create("http://192.168.1.1:5000/d.xml"));
    assertThat(named("http://203.0.113.7/d.xml", "203.0.113.7")).isEmpty();
  }

  @Test
  void nobodyWhoIsElsewhereIsARouter() {
    router.located("http://203.0.113.7/description.xml");
    assertThatThrownBy(this::found).hasMessageContaining("no router answers");
  }

  @Test
  void controlElsewhereIsRefused() {
    router.answering(
        "description",
        200,
        "<root><service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>"
            + "<controlURL>http://192.0.2.1/admin</controlURL></service></root>");
    assertThatThrownBy(this::found).hasMessageContaining("elsewhere");
  }

  @Test
  void entitiesReadNoFilesAndDoNotGrow(@TempDir Path directory) throws IOException {
    Path secret = directory.resolve("secret");
    Files.writeString(secret, "/control");
    String service =
        "<root><service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>"
            + "<controlURL>&x;</controlURL></service></root>";
    String external = "<!DOCTYPE root [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]>";
    router.answering("description", 200, external + service);
    assertThatThrownBy(this::found).hasMessageContaining("XML");
    StringBuilder laughs = new StringBuilder("<!DOCTYPE root [<!ENTITY a0 \"ha\">");
    for (int i = 1; i < 30; i++) {
      laughs.append("<!ENTITY a").append(i).append(" \"");
      laughs.append(("&a" + (i - 1) + ";").repeat(10)).append("\">");
    }
    laughs.append("<!ENTITY x \"&a29;\">]>");
    router.answering("description", 200, laughs + service);
    assertThatThrownBy(this::found).hasMessageContaining("XML");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "not XML", "<root>", "<root/>", "<a><b></a></b>"})
  void otherDocumentsAreNoRouter(String document) {
    router.answering("description", 200, document);
    assertThatThrownBy(this::found).isInstanceOf(IOException.class);
  }

  @Test
  void longDocumentsAreNotRead() {
    router.answering("description", 200, "<root>" + "x".repeat(PlainHttp.MAX_BODY_BYTES));
    assertThatThrownBy(this::found).hasMessageContaining("too long");
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void servicesWithoutEndAreCutOff() throws IOException {
    String service = "<service><serviceType>a</serviceType><controlURL>b</controlURL></service>";
    InputStream document = stream("<r>" + service.repeat(200) + "</r>");
    assertThat(RouterXml.description(document).services()).hasSize(RouterXml.MAX_SERVICES);
    assertThat(RouterXml.texts(stream("<r><e>" + "1".repeat(5_000) + "</e></r>"), Set.of("e")))
        .containsEntry("e", "");
  }

  /** Otherwise the next exchange could begin on a connection that the router is about to close. */
  @ParameterizedTest
  @ValueSource(strings = {"200 OK", "500 Internal Server Error"})
  void connectionEndsThoughTheRouterKeepsIt(String status) throws Exception {
    try (ServerSocket keeping = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      FutureTask<Integer> server =
          new FutureTask<>(
              () -> {
                try (Socket one = keeping.accept()) {
                  one.setSoTimeout(10_000);
                  InputStream in = one.getInputStream();
                  for (String head = ""; !head.endsWith("\r\n\r\n"); ) {
                    head += (char) in.read();
                  }
                  String answer =
                      ("HTTP/1.1 " + status + "\r\nConnection: keep-alive\r\n")
                          + "Keep-Alive: timeout=60\r\nContent-Length: 4\r\n\r\n<r/>";
                  one.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                  return in.read();
                }
              });
      Thread thread = new Thread(server);
      thread.setDaemon(true);
      thread.start();
      URI uri = URI.create("http://127.0.0.1:" + keeping.getLocalPort() + "/");
      assertThat(new PlainHttp(LoopbackPmp::millis).get(uri).body()).hasContent("<r/>");
      assertThat(server.get()).isEqualTo(-1);
    }
  }

  /** A byte now and then never lets a read time out; the whole exchange has an end, too. */
  @Test
  void tricklingIsGivenUp() throws Exception {
    try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      long[] now = {0};
      Thread server =
          new Thread(
              () -> {
                try (Socket one = slow.accept();
                    OutputStream out = one.getOutputStream()) {
                  out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                  while (true) {
                    out.write(' ');
                    out.flush();
                  }
                } catch (IOException given) {
                  return;
                }
              });
      server.setDaemon(true);
      server.start();
      URI uri = URI.create("http://127.0.0.1:" + slow.getLocalPort() + "/");
      PlainHttp http = new PlainHttp(() -> now[0] += 3_000);
      assertThatThrownBy(() -> http.get(uri)).hasMessageContaining("too long");
    }
  }
}
