package dev.wsn.resolver.mirror;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.resolver.mirror.MirrorCounts.Sent;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records that are to go to a mirror, one of each key, the newest; and those that were sent and
 * wait for their OK. In memory only: the owner publishes again well before a record expires. Not
 * thread-safe; the time is an argument.
 */
final class Outbox {
  /** Most records that wait; the one that waited longest makes room. */
  static final int MAX_WAITING = 1_000;

  /** Most records that were sent and have no answer. */
  static final int MAX_SENT = 20;

  /** How often one is sent. */
  static final int MAX_TRIES = 5;

  /** How long the answer may take. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

  private record Letter(AddressRecord addressRecord, int tries, long dueMillis) {}

  private final MirrorCounts counts;
  private final Map<PublicKey, Letter> waiting = new LinkedHashMap<>();
  private final Map<String, Letter> sent = new LinkedHashMap<>();

  Outbox(MirrorCounts counts) {
    this.counts = counts;
  }

  /** How many wait, sent or not. */
  int size() {
    return waiting.size() + sent.size();
  }

  void add(AddressRecord addressRecord, long nowMillis) {
    put(new Letter(addressRecord, 0, nowMillis));
  }

  private void put(Letter letter) {
    PublicKey key = letter.addressRecord().pubkey();
    Letter other = waiting.get(key);
    if (other != null
        && !letter.addressRecord().version().supersedes(other.addressRecord().version())) {
      return;
    }
    waiting.remove(key);
    waiting.put(key, letter);
    if (waiting.size() > MAX_WAITING) {
      waiting.remove(waiting.keySet().iterator().next());
      counts.count(Sent.DROPPED);
    }
  }

  /** Forgets what is of no use to anybody. */
  void dropExpired(long unixSeconds) {
    Iterator<Letter> each = waiting.values().iterator();
    while (each.hasNext()) {
      if (!each.next().addressRecord().isLive(unixSeconds)) {
        each.remove();
        counts.count(Sent.DROPPED);
      }
    }
  }

  /** Whether {@link #next} has something. */
  boolean hasDue(long nowMillis) {
    return sent.size() < MAX_SENT
        && waiting.values().stream().anyMatch(letter -> letter.dueMillis() <= nowMillis);
  }

  /** The next one to send, which then waits for its answer; null if there is none. */
  @Nullable NostrEvent next(long nowMillis) {
    if (sent.size() >= MAX_SENT) {
      return null;
    }
    Iterator<Letter> each = waiting.values().iterator();
    while (each.hasNext()) {
      Letter letter = each.next();
      if (letter.dueMillis() <= nowMillis) {
        each.remove();
        NostrEvent event = letter.addressRecord().event();
        sent.put(
            event.id().hex(),
            new Letter(
                letter.addressRecord(), letter.tries() + 1, nowMillis + PATIENCE.toMillis()));
        return event;
      }
    }
    return null;
  }

  /**
   * Notes an answer.
   *
   * @param id hex, as the mirror said it
   * @return false if nothing of that id was sent
   */
  boolean answered(String id, Sent result, long nowMillis) {
    Letter letter = sent.remove(id);
    if (letter == null) {
      return false;
    }
    finish(letter, result, nowMillis);
    return true;
  }

  private void finish(Letter letter, Sent result, long nowMillis) {
    counts.count(result);
    if (result.isWorthAnotherTry()) {
      if (letter.tries() >= MAX_TRIES) {
        counts.count(Sent.DROPPED);
      } else {
        long pause = FIRST_PAUSE.toMillis() << (2 * letter.tries());
        put(new Letter(letter.addressRecord(), letter.tries(), nowMillis + pause));
      }
    }
  }

  /** Gives up waiting for answers that are late. */
  void expect(long nowMillis) {
    List<Letter> late =
        sent.values().stream().filter(letter -> letter.dueMillis() <= nowMillis).toList();
    for (Letter letter : late) {
      boolean unused =
          answered(letter.addressRecord().event().id().hex(), Sent.UNANSWERED, nowMillis);
    }
  }

  /** No more answers will come to what was sent. */
  void disconnected(long nowMillis) {
    List<Letter> unanswered = List.copyOf(sent.values());
    sent.clear();
    unanswered.forEach(letter -> finish(letter, Sent.UNANSWERED, nowMillis));
  }
}
