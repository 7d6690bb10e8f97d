package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The resolver of a node over HTTPS. */
@Timeout(120)
class TlsTest {
  private static final char[] STORE_PASSWORD = "changeit".toCharArray();

  private Path directory = Path.of(".");

  @BeforeEach
  void begin(@TempDir Path temporary) {
    directory = temporary;
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  /** Makes a key and a certificate of 127.0.0.1, and writes both as PEM. */
  private X509Certificate make(String name, String algorithm) throws Exception {
    Path store = file(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "own",
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + name,
                "-ext",
                "SAN=IP:127.0.0.1",
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(STORE_PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(file(name + ".log").toFile())
            .start();
    assertThat(keytool.waitFor()).as(Files.readString(file(name + ".log"))).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), STORE_PASSWORD);
    X509Certificate own = (X509Certificate) keys.getCertificate("own");
    write(file(name + ".crt"), "CERTIFICATE", own.getEncoded());
    write(file(name + ".key"), "PRIVATE KEY", keys.getKey("own", STORE_PASSWORD).getEncoded());
    return own;
  }

  private static void write(Path file, String label, byte[] content) throws IOException {
    Files.write(
        file,
        List.of(
            "-----BEGIN " + label + "-----",
            Base64.getMimeEncoder().encodeToString(content),
            "-----END " + label + "-----"));
  }

  private static HttpClient trusting(X509Certificate certificate) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("it", certificate);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(tls).build();
  }

  private static HttpResponse<String> get(HttpClient client, String url) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private List<String> arguments(String certificate, String key) {
    return List.of(
        "node",
        "--local",
        "--listen",
        "127.0.0.1:0",
        "--http",
        "127.0.0.1:0",
        "--data",
        file("data").toString(),
        "--tls-certificate",
        file(certificate).toString(),
        "--tls-key",
        file(key).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA"})
  void speaksHttp2AndTakesOverARenewedCertificate(String algorithm) throws Exception {
    X509Certificate first = make("first", algorithm);
    X509Certificate second = make("second", "EC");
    Files.copy(file("first.crt"), file("shown.crt"));
    Files.copy(file("first.key"), file("shown.key"));
    RecordedHost machine = new RecordedHost();
    try (RecordedHost.Running node =
        machine.start(arguments("shown.crt", "shown.key").toArray(String[]::new))) {
      String url = node.line("http ");
      assertThat(url).startsWith("https://127.0.0.1:");
      HttpResponse<String> answer = get(trusting(first), url + "/v1/network");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);

      Files.write(file("shown.key"), Files.readAllBytes(file("second.key")));
      machine.reload();
      assertThat(get(trusting(first), url + "/v1/network").statusCode())
          .as("the files do not fit together, so nothing changes")
          .isEqualTo(200);

      Files.write(file("shown.crt"), Files.readAllBytes(file("second.crt")));
      machine.reload();
      assertThat(get(trusting(second), url + "/v1/network").statusCode()).isEqualTo(200);

      try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), URI.create(url).getPort())) {
        OutputStream out = plain.getOutputStream();
        out.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(plain.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
            .doesNotContain("HTTP/1.1 200");
      }
    }
  }

  @Test
  void filesThatCannotBeUsedAreNamedBeforeAnythingStarts() throws Exception {
    make("first", "EC");
    make("second", "EC");
    Files.writeString(file("empty.crt"), "");
    assertThat(refused(arguments("first.crt", "second.key")))
        .contains("second.key is not the key of ")
        .contains("first.crt");
    assertThat(refused(arguments("first.crt", "none.key"))).contains("there is no file ");
    assertThat(refused(arguments("empty.crt", "first.key"))).contains("cannot be used (");
    assertThat(refused(arguments("first.crt", "first.crt"))).contains("cannot be used (");
    make("third", "Ed25519");
    assertThat(refused(arguments("third.crt", "third.key"))).contains("a key is RSA or EC");
    List<String> all = arguments("first.crt", "first.key");
    assertThat(refused(all.subList(0, all.size() - 2))).contains("belong together");
  }

  private static String refused(List<String> arguments) {
    RecordedHost machine = new RecordedHost();
    assertThat(machine.run(arguments.toArray(String[]::new))).isEqualTo(ExitCode.USAGE);
    return machine.err();
  }
}
