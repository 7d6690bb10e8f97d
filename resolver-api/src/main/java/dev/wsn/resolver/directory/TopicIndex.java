package dev.wsn.resolver.directory;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.Topic;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Who has announced itself under a topic? Implemented by a DHT node. Thread-safe; stages complete
 * on a thread of the implementation and never with an exception for what a remote party did.
 */
public interface TopicIndex {
  /** What the network says. */
  sealed interface Answer {}

  /**
   * The relays that announced themselves.
   *
   * @param records verified, alive, each with the topic, one per key, at most some hundred
   * @param asked nodes that a request was sent to
   * @param answered nodes that replied in time
   */
  record Announced(List<AddressRecord> records, int asked, int answered) implements Answer {
    /** Copies the list. */
    public Announced {
      records = List.copyOf(records);
    }
  }

  /** The network could not be asked; {@code reason} is a sentence for people. */
  record Unreachable(String reason) implements Answer {}

  /** Asks the network. */
  CompletionStage<Answer> list(Topic topic);

  /** Knows of nobody. */
  static TopicIndex none() {
    return topic ->
        CompletableFuture.completedFuture(
            new Unreachable("this resolver keeps no directory of relays"));
  }
}
