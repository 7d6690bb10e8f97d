import dev.wsn.crypto.Secp256k1;
import dev.wsn.gateway.WsnClient;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.client.RememberingResolver;
import dev.wsn.resolver.client.ResolverClient;
import dev.wsn.resolver.client.SeenFile;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks a relay a question by its key, from Java, and remembers the newest record that it saw in a
 * file, so that the next run cannot be taken back to an older address. With the jar that ./wsn
 * builds:
 *
 * <pre>java -cp target/wsn.jar docs/examples/AskRelay.java http://127.0.0.1:4880 npub1… seen</pre>
 */
final class AskRelay {
  private AskRelay() {}

  public static void main(String[] arguments) throws InterruptedException {
    if (arguments.length != 3) {
      System.err.println("usage: AskRelay.java RESOLVER-URL KEY FILE");
      System.exit(2);
    }
    boolean isLocal = true; // also dial private addresses; false on the Internet
    Secp256k1 curve = Secp256k1.preferred();
    RecordRules rules = new RecordRules(curve, isLocal);
    ResolverClient asked =
        new ResolverClient(URI.create(arguments[0]), rules, InstantSource.system());
    SeenFile seen = new SeenFile(Path.of(arguments[2]));
    RememberingResolver resolver = new RememberingResolver(asked, seen, InstantSource.system());
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
              resolver.close();
              System.exit(1);
            });
    done.await();
    client.close();
    resolver.close();
    vertx.close();
  }
}
