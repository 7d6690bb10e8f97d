import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.record.KeyText;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.client.ResolverClient;
import dev.wsn.resolver.client.ResolverGroup;
import dev.wsn.resolver.client.SeenVersions;
import java.net.URI;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/**
 * Asks several resolvers, none of which is trusted: the next one when one does not answer, then all
 * of them to find out who lies, and then each alone with a memory of what the others have shown.
 * With the jar that ./wsn builds:
 *
 * <pre>java -cp target/wsn.jar docs/examples/CrossCheck.java npub1… http://127.0.0.1:4880 …</pre>
 */
final class CrossCheck {
  private CrossCheck() {}

  public static void main(String[] arguments) {
    boolean isLocal = true; // also believe private addresses; false on the Internet
    RecordRules rules = new RecordRules(Secp256k1.preferred(), isLocal);
    InstantSource time = InstantSource.system();
    PublicKey key = KeyText.parse(arguments[0]).key();
    List<URI> resolvers = Arrays.stream(arguments).skip(1).map(URI::create).toList();
    ResolverGroup group = new ResolverGroup(resolvers, rules, time);

    // One after the other, until one answers with a record that holds.
    System.out.println("first: " + text(group.resolve(key, ResolvePolicy.FAST)
        .toCompletableFuture().join()));

    // All of them: the newest record, and who withholds it or serves an old one.
    ResolverGroup.Checked checked = group.check(key).toCompletableFuture().join();
    System.out.println("newest: " + text(checked.resolution()));
    for (ResolverGroup.Accusation each : checked.accusations()) {
      System.out.println("accused: " + each.resolver() + " " + each.offence());
    }

    // What one has shown, no other can take back. Keep the memory as long as the program runs.
    SeenVersions seen = new SeenVersions();
    for (URI each : resolvers) {
      ResolverClient client = new ResolverClient(each, rules, time, seen);
      System.out.println(
          each + ": " + text(client.resolve(key, ResolvePolicy.QUORUM).toCompletableFuture().join()));
    }
  }

  private static String text(Resolution resolution) {
    if (resolution instanceof Resolution.Found found) {
      return "found " + found.addressRecord().endpoints().get(0).address();
    }
    return resolution.getClass().getSimpleName();
  }
}
