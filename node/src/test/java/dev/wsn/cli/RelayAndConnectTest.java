package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.NostrEvent;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A relay behind {@code wsn relay}, reached by a plain client through {@code wsn connect}. */
class RelayAndConnectTest {
  private static final Secp256k1 CURVE = Secp256k1.preferred();

  private static NostrEvent note(String text) {
    SecretKey author = SecretKey.generate(new SecureRandom());
    return NostrClient.note(CURVE, author, 1_790_000_000, text, new byte[32]);
  }

  private static String makeKey(Path file) throws IOException {
    RecordedHost machine = new RecordedHost();
    assertThat(machine.run("keygen", "--out", file.toString(), "--json")).isZero();
    return new ObjectMapper().readTree(machine.out()).get("npub").asText();
  }

  @Test
  void plainClientReachesTheRelayByItsKeyWhereverItMoves(@TempDir Path directory) throws Exception {
    Path key = directory.resolve("relay.key");
    String npub = makeKey(key);
    Vertx vertx = Vertx.vertx();
    DemoRelay backend =
        new DemoRelay(vertx, CURVE, CURVE.publicKey(SecretKey.generate(new SecureRandom())));
    int port = backend.start().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    NostrEvent note = note("hello");
    try (CliNetwork network = new CliNetwork(directory)) {
      String[] connect = {
        "connect", "--listen", "127.0.0.1:0", "--resolver", network.resolver(), "--local"
      };
      String[] relay = {
        "relay",
        "--key",
        key.toString(),
        "--backend",
        "ws://127.0.0.1:" + port,
        "--listen",
        "127.0.0.1:0",
        "--local",
        "--seed",
        network.seed()
      };
      try (RecordedHost.Running proxy = new RecordedHost().start(connect)) {
        URI door = URI.create(proxy.line("ready ").replace("<npub>", npub));
        String first;
        try (RecordedHost.Running gateway = new RecordedHost().start(relay)) {
          assertThat(gateway.line("relay ")).isEqualTo("wsn://" + npub);
          first = gateway.line("address ");
          try (NostrClient client = NostrClient.connect(door)) {
            client.publish(note);
          }
          assertThat(probed(network, npub).path("reachable").asBoolean()).isTrue();
        }
        try (RecordedHost.Running gateway = new RecordedHost().start(relay)) {
          assertThat(gateway.line("address ")).isNotEqualTo(first);
          try (NostrClient client = NostrClient.connect(door)) {
            assertThat(client.fetch(note.id())).containsExactly(note);
          }
        }
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  /** What the resolver says of the relay's endpoint after it dialled. */
  private static JsonNode probed(CliNetwork network, String key) throws IOException {
    URI uri = URI.create(network.resolver() + "/v1/relays/" + key + "?probe=true");
    try (InputStream in = uri.toURL().openStream()) {
      return new ObjectMapper().readTree(in).path("probes").path(0);
    }
  }

  @Test
  void relayIsFoundUnderItsTopic(@TempDir Path directory) throws Exception {
    Path key = directory.resolve("relay.key");
    String npub = makeKey(key);
    Vertx vertx = Vertx.vertx();
    DemoRelay backend =
        new DemoRelay(vertx, CURVE, CURVE.publicKey(SecretKey.generate(new SecureRandom())));
    int port = backend.start().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    try (CliNetwork network = new CliNetwork(directory)) {
      String[] relay = {
        "relay",
        "--key",
        key.toString(),
        "--backend",
        "ws://127.0.0.1:" + port,
        "--listen",
        "127.0.0.1:0",
        "--local",
        "--withdraw",
        "--topic",
        "jazz",
        "--topic",
        "music",
        "--seed",
        network.seed()
      };
      try (RecordedHost.Running gateway = new RecordedHost().start(relay)) {
        assertThat(gateway.line("relay ")).isEqualTo("wsn://" + npub);
        RecordedHost told = new RecordedHost();
        assertThat(told.run("directory", "jazz", "--resolver", network.resolver())).isZero();
        assertThat(told.out()).startsWith(npub + "  wsn demo relay");
        RecordedHost asked = new RecordedHost();
        assertThat(asked.run("directory", "music", "--seed", network.seed(), "--json")).isZero();
        JsonNode listing = new ObjectMapper().readTree(asked.out());
        assertThat(listing.path("relays").path(0).path("npub").asText()).isEqualTo(npub);
        assertThat(listing.path("relays").path(0).path("live").asBoolean()).isTrue();
        RecordedHost helped = new RecordedHost();
        String dead = "http://127.0.0.1:1";
        assertThat(helped.run("directory", "jazz", "--resolver", dead, "--seed", network.seed()))
            .as("the DHT is asked when the resolver does not answer")
            .isZero();
        assertThat(helped.out()).startsWith(npub);
        RecordedHost other = new RecordedHost();
        assertThat(other.run("directory", "chess", "--seed", network.seed())).isEqualTo(3);
      }
      RecordedHost gone = new RecordedHost();
      assertThat(gone.run("directory", "music", "--seed", network.seed())).isEqualTo(3);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void advertisedAddressIsPublishedInsteadOfTheOwn(@TempDir Path directory) throws Exception {
    Path key = directory.resolve("relay.key");
    String npub = makeKey(key);
    try (CliNetwork network = new CliNetwork(directory)) {
      String[] relay = {
        "relay",
        "--key",
        key.toString(),
        "--backend",
        "ws://127.0.0.1:1",
        "--listen",
        "127.0.0.1:0",
        "--local",
        "--seed",
        network.seed(),
        "--advertise",
        "127.0.0.2:4848",
        "--advertise",
        "[::1]:4848"
      };
      try (RecordedHost.Running gateway = new RecordedHost().start(relay)) {
        assertThat(gateway.line("address ")).endsWith("@127.0.0.2:4848");
        RecordedHost machine = new RecordedHost();
        assertThat(machine.run("resolve", npub, "--resolver", network.resolver())).isZero();
        assertThat(machine.out())
            .isEqualTo("wsn://%s@127.0.0.2:4848%nwsn://%s@[::1]:4848%n".formatted(npub, npub));
      }
    }
  }

  @Test
  void relayWithoutANetworkServesThoseWhoKnowItsAddress(@TempDir Path directory)
      throws IOException {
    Path key = directory.resolve("relay.key");
    String npub = makeKey(key);
    String[] relay = {
      "relay",
      "--key",
      key.toString(),
      "--backend",
      "ws://127.0.0.1:1",
      "--listen",
      "127.0.0.1:0",
      "--local"
    };
    RecordedHost machine = new RecordedHost();
    try (RecordedHost.Running gateway = machine.start(relay)) {
      assertThat(gateway.line("address ")).startsWith("wsn://" + npub + "@127.0.0.1:");
    }
  }

  @Test
  void memoryOfAnotherKeyIsNamedAndNotUsed(@TempDir Path directory) throws Exception {
    Path key = directory.resolve("relay.key");
    makeKey(key);
    String other = "0".repeat(63) + "1 1700000000";
    Path memory = Files.writeString(directory.resolve("relay.key.published"), other);
    try (CliNetwork network = new CliNetwork(directory)) {
      RecordedHost machine = new RecordedHost();
      int status =
          machine.run(
              "relay",
              "--key",
              key.toString(),
              "--backend",
              "ws://127.0.0.1:1",
              "--listen",
              "127.0.0.1:0",
              "--local",
              "--seed",
              network.seed());
      assertThat(status).isEqualTo(ExitCode.USAGE);
      assertThat(machine.err()).contains(memory + " belongs to another key");
      assertThat(memory).hasContent(other);
    }
  }
}
