package dev.wsn.node;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.SecretKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Parameters;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordCodec;
import dev.wsn.resolver.NetworkStatus;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A node as a process of its own, told what to do by lines on standard input. Arguments: data
 * directory, port, seeds. First line out: {@code seed npub1…@ip:port}.
 */
final class NodeProcessMain {
  private NodeProcessMain() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    List<Contact> seeds = new ArrayList<>();
    for (int i = 2; i < arguments.length; i++) {
      seeds.add(contact(arguments[i]));
    }
    SecureRandom random = new SecureRandom();
    try (SecretKey secret = NodeKey.loadOrCreate(directory, random);
        DhtNode node =
            DhtNode.start(
                new DhtNode.Options(
                    "test",
                    LoopbackNodes.LOOPBACK,
                    Integer.parseInt(arguments[1]),
                    new DhtNode.Storage.InDirectory(directory),
                    seeds,
                    Parameters.defaults().asLocal(),
                    secret,
                    LoopbackNodes.CURVE,
                    InstantSource.system(),
                    () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
                    random),
                bug -> Runtime.getRuntime().halt(1));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      answer("seed " + node.seed());
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int space = line.indexOf(' ');
        String argument = line.substring(space + 1);
        answer(
            switch (line.substring(0, Math.max(0, space))) {
              case "publish" -> publish(node, argument);
              case "resolve" -> resolve(node, argument);
              default -> status(node);
            });
      }
    }
  }

  static Contact contact(String seed) {
    int at = seed.indexOf('@');
    return Contact.of(
        Nip19.parsePublicKey(seed.substring(0, at)),
        IpPort.parse(seed.substring(at + 1)).orElseThrow());
  }

  private static void answer(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private static String publish(DhtNode node, String compact) {
    var event = RecordCodec.decode(HexFormat.of().parseHex(compact));
    Publication publication = LoopbackNodes.await(node.resolver().publish(event));
    return publication instanceof Publication.Accepted accepted
        ? "accepted " + accepted.acknowledged()
        : publication.toString();
  }

  private static String resolve(DhtNode node, String key) {
    Resolution resolution =
        LoopbackNodes.await(node.resolver().resolve(PublicKey.fromHex(key), ResolvePolicy.QUORUM));
    return resolution instanceof Resolution.Found found
        ? "found " + found.addressRecord().version().id().hex()
        : resolution.toString();
  }

  private static String status(DhtNode node) {
    NetworkStatus status = node.status();
    return (status.isReachable() ? "reachable " : "alone ") + status.nodes();
  }
}
