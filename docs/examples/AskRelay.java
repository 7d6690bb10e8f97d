import dev.wsn.crypto.Secp256k1;
import dev.wsn.gateway.WsnClient;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.client.ResolverClient;
import io.vertx.core.Vertx;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks a relay a question by its key, from Java. With the jar of wsn in the class path:
 *
 * <pre>java -cp wsn.jar docs/examples/AskRelay.java http://127.0.0.1:4880 npub1…</pre>
 */
final class AskRelay {
  private AskRelay() {}

  public static void main(String[] arguments) throws InterruptedException {
    boolean isLocal = true; // also dial private addresses; false on the Internet
    Secp256k1 curve = Secp256k1.preferred();
    RecordRules rules = new RecordRules(curve, isLocal);
    ResolverClient resolver =
        new ResolverClient(URI.create(arguments[0]), rules, InstantSource.system());
    Vertx vertx = Vertx.vertx();
    CountDownLatch done = new CountDownLatch(1);
    WsnClient client =
        WsnClient.anonymous(
            vertx,
            resolver,
            curve,
            isLocal,
            InstantSource.system(),
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
            new SecureRandom());
    client
        .connect(arguments[1], List.of())
        .onSuccess(
            socket -> {
              socket
                  .onText(
                      text -> {
                        System.out.println(text);
                        if (text.startsWith("[\"EOSE\"")) {
                          socket.close(CloseStatus.of(CloseStatus.NORMAL));
                        }
                      })
                  .onClose(status -> done.countDown())
                  .start();
              socket.send("[\"REQ\",\"a\",{\"kinds\":[1],\"limit\":1}]");
            })
        .onFailure(
            cause -> {
              System.err.println(cause.getMessage());
              System.exit(1);
            });
    done.await();
    client.close();
    vertx.close();
  }
}
