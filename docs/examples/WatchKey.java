import dev.wsn.crypto.Secp256k1;
import dev.wsn.record.KeyText;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.client.ResolverGroup;
import dev.wsn.resolver.client.ResolverWatch;
import java.net.URI;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Follows a key through several resolvers, none of which is trusted, and prints where it is until
 * it is withdrawn. With the jar that ./wsn builds:
 *
 * <pre>java -cp target/wsn.jar docs/examples/WatchKey.java npub1… http://127.0.0.1:4880 …</pre>
 */
final class WatchKey {
  private WatchKey() {}

  public static void main(String[] arguments) throws InterruptedException {
    boolean isLocal = true; // also believe private addresses; false on the Internet
    RecordRules rules = new RecordRules(Secp256k1.preferred(), isLocal);
    List<URI> resolvers =
        Arrays.stream(arguments).skip(1).map(URI::create).toList();
    ResolverGroup group = new ResolverGroup(resolvers, rules, InstantSource.system());
    LinkedBlockingQueue<Resolution> changes = new LinkedBlockingQueue<>();
    try (ResolverWatch watch = group.watch(KeyText.parse(arguments[0]).key(), changes::add)) {
      while (true) {
        Resolution now = changes.take();
        if (now instanceof Resolution.Found found) {
          System.out.println("found " + found.addressRecord().endpoints().get(0).address());
        } else if (now instanceof Resolution.Withdrawn) {
          System.out.println("withdrawn");
          return;
        } else {
          System.out.println("expired");
        }
      }
    }
  }
}
