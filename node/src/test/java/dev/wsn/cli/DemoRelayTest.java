package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.NostrEvent;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DemoRelayTest {
  private static final long CREATED_AT = 1_790_000_000;

  private final Vertx vertx = Vertx.vertx();
  private final Secp256k1 curve = Secp256k1.preferred();
  private final SecretKey author = SecretKey.generate(new SecureRandom());
  private final DemoRelay relay = new DemoRelay(vertx, curve, curve.publicKey(author));
  private final URI uri;

  DemoRelayTest() throws Exception {
    int port = relay.start().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    uri = URI.create("ws://127.0.0.1:" + port);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private NostrEvent note(String text) {
    return NostrClient.note(curve, author, CREATED_AT, text, new byte[32]);
  }

  @Test
  void noteIsReadBackByAnotherClient() throws IOException {
    NostrEvent note = note("hello");
    try (NostrClient one = NostrClient.connect(uri);
        NostrClient other = NostrClient.connect(uri)) {
      one.publish(note);
      one.publish(note("another"));
      assertThat(other.fetch(note.id())).containsExactly(note);
    }
  }

  @Test
  void forgedNoteIsRefused() throws IOException {
    NostrEvent note = note("hello");
    NostrEvent forged =
        new NostrEvent(
            note.id(), note.pubkey(), CREATED_AT, 1, note.tags(), "forged", note.signature());
    try (NostrClient client = NostrClient.connect(uri)) {
      assertThatThrownBy(() -> client.publish(forged))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("invalid");
      assertThat(client.fetch(note.id())).isEmpty();
    }
  }

  @Test
  void relaySaysWhichKeyItHas() throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(uri.toString().replace("ws:", "http:")))
            .header("Accept", "application/nostr+json")
            .build();
    var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    assertThat(answer.body()).contains("\"self\":\"" + curve.publicKey(author).hex() + "\"");
  }
}
