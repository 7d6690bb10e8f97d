package dev.wsn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.crypto.Nip19;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code wsn demo}. */
@Command(
    name = "demo",
    description = "Shows everything once, for real, on this machine only.",
    footer = {
      "",
      "Starts a DHT over UDP, a resolver, a Nostr relay behind a gateway and a local proxy;",
      "publishes, resolves, talks, moves the relay, withdraws. Stays up to be tried, until",
      "Ctrl-C, unless --exit."
    })
final class DemoCommand implements Callable<Integer>, Server {
  private static final int MIN_NODES = 2;
  private static final int MAX_NODES = 64;

  private final Host host;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "8",
      description = "nodes of the DHT, 2 to 64 (default: ${DEFAULT-VALUE})")
  private int nodes = 8;

  @Option(names = "--exit", description = "end when everything was shown")
  private boolean isExit;

  @Option(names = "--json", description = "print one JSON object")
  private boolean isJson;

  DemoCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    if (nodes < MIN_NODES || nodes > MAX_NODES) {
      throw CommandFailure.usage("--nodes is " + MIN_NODES + " to " + MAX_NODES + ", not " + nodes);
    }
    host.stop().serve();
    // With --json the words are for people only, and standard output is for the object.
    DemoStory story = new DemoStory(host, isJson ? host.err() : host.out());
    story.say("");
    story.say(story.strong("wsn: a server, reached by its key. All of it on this machine."));
    story.say("");
    try (Demo demo = new Demo(host, story, nodes)) {
      Demo.Running running = demo.run(!isExit);
      story.say("");
      story.say("Done in " + DurationText.ofMillis(story.elapsedMillis()) + ".");
      if (isJson) {
        host.out().println(JsonText.of(json(story, running)));
      }
      if (!isExit) {
        invite(story, running);
        host.stop().await();
        story.say("Stopping.");
      }
      return ExitCode.DONE;
    } catch (CommandFailure failure) {
      if (isJson) {
        host.out().println(JsonText.of(story.json(false).put("error", failure.text())));
      }
      throw failure;
    }
  }

  private ObjectNode json(DemoStory story, Demo.Running running) {
    return story
        .json(true)
        .put("nodes", nodes)
        .put("npub", Nip19.npub(running.key()))
        .put("pubkey", running.key().hex())
        .put("resolver", running.resolver().toString())
        .put("websocket", running.door().toString())
        .put("seed", running.seed());
  }

  private void invite(DemoStory story, Demo.Running running) {
    String wsn = host.environment().getOrDefault("WSN_COMMAND", "wsn");
    String npub = Nip19.npub(running.key());
    story.say("");
    story.say(story.strong("Everything is still running. Try it from another terminal:"));
    story.say("");
    story.say("  " + wsn + " resolve " + npub + " --resolver " + running.resolver());
    story.say("  " + wsn + " resolve " + npub + " --policy quorum --seed " + running.seed());
    story.say("  curl -s " + running.resolver() + "/v1/relays/" + npub);
    story.say("  curl -s " + running.resolver() + "/v1/network");
    story.say("");
    story.say("Publish a key of your own, find it, and take it back:");
    story.say("");
    String where = " --resolver " + running.resolver();
    story.say("  " + wsn + " keygen --out my.key");
    story.say("  " + wsn + " publish --key my.key --endpoint 127.0.0.1:7777 --local" + where);
    story.say("  " + wsn + " withdraw --key my.key" + where);
    story.say("");
    story.say("Any Nostr app reaches the relay by its key if you give it this relay URL:");
    story.say("");
    story.say("  " + running.door());
    story.say("");
    story.say("or by hand, with websocat (then type [\"REQ\",\"a\",{\"limit\":5}]):");
    story.say("");
    story.say("  websocat " + running.door());
    story.say("");
    story.say("Ctrl-C stops everything.");
  }
}
