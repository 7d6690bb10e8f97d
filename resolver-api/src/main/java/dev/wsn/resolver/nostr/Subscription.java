package dev.wsn.resolver.nostr;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.EventId;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.cache.Answer;
import dev.wsn.resolver.quota.Limit;
import dev.wsn.resolver.watch.Change;
import dev.wsn.resolver.watch.ChangeFeed;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One subscription: looks its authors up, tells what was found, the newest first, and after that
 * what changes. Without authors it is about what this resolver remembers. Confined to the server's
 * event loop.
 */
final class Subscription {
  /** Most authors of one subscription. */
  static final int MAX_AUTHORS = 1_000;

  /** Authors that are looked up at one time. */
  private static final int MAX_ASKING = 32;

  /** What looking through the memory costs, in requests. */
  private static final int COST_OF_MEMORY = 10;

  private final NostrFace face;
  private final NostrSocket socket;
  private final String name;
  private final List<Filter> filters;
  private final List<ChangeFeed.Watch> watches = new ArrayList<>();
  private final Map<EventId, AddressRecord> found = new LinkedHashMap<>();
  private final Set<EventId> told = new HashSet<>();
  private final Deque<PublicKey> toAsk = new ArrayDeque<>();
  private int asking;
  private boolean isStored = true;
  private boolean isOver;

  Subscription(NostrFace face, NostrSocket socket, String name, List<Filter> filters) {
    this.face = face;
    this.socket = socket;
    this.name = name;
    this.filters = filters.stream().filter(Filter::isPossible).toList();
  }

  String name() {
    return name;
  }

  void start() {
    Set<PublicKey> authors = new LinkedHashSet<>();
    boolean isAboutAll = false;
    for (Filter filter : filters) {
      if (filter.authors() == null) {
        isAboutAll = true;
      } else {
        authors.addAll(filter.authors());
      }
    }
    if (authors.size() > MAX_AUTHORS) {
      socket.close(this, "invalid: more than " + MAX_AUTHORS + " authors");
      return;
    }
    if (isAboutAll && !remember()) {
      socket.close(this, "rate-limited: too many requests, wait a moment");
      return;
    }
    if (!watch(authors, isAboutAll)) {
      face.quotas().limits().reached(Limit.WATCHERS);
      socket.close(this, "error: this relay has as many subscriptions as it can");
      return;
    }
    toAsk.addAll(authors);
    askMore();
  }

  private boolean remember() {
    if (!face.quotas().requests().take(socket.client(), COST_OF_MEMORY).isGranted()) {
      return false;
    }
    for (Filter filter : filters) {
      if (filter.authors() == null) {
        face.cache()
            .remembered(filter::matches, filter.limit())
            .forEach(each -> found.put(each.event().id(), each));
      }
    }
    return true;
  }

  private boolean watch(Set<PublicKey> authors, boolean isAboutAll) {
    Consumer<Change> watcher = change -> face.run(() -> changed(change));
    List<Optional<ChangeFeed.Watch>> each = new ArrayList<>();
    if (isAboutAll) {
      each.add(face.changes().watchAll(watcher));
    } else {
      authors.forEach(author -> each.add(face.changes().watch(author, watcher)));
    }
    each.forEach(watch -> watch.ifPresent(watches::add));
    return each.stream().allMatch(Optional::isPresent);
  }

  private void askMore() {
    while (!isOver && asking < MAX_ASKING && !toAsk.isEmpty()) {
      PublicKey author = toAsk.remove();
      Optional<Answer> held = face.cache().held(author, ResolvePolicy.FAST);
      if (held.isPresent()) {
        learn(held.get());
      } else if (!face.quotas().lookups().take(socket.client(), 1).isGranted()) {
        socket.close(this, "rate-limited: too many lookups of one client, wait a moment");
        return;
      } else {
        asking++;
        Future<Answer> unused =
            face.future(face.cache().ask(author, ResolvePolicy.FAST))
                .onComplete(
                    done -> {
                      asking--;
                      if (done.succeeded()) {
                        learn(done.result());
                      }
                      askMore();
                    });
      }
    }
    if (!isOver && isStored && asking == 0 && toAsk.isEmpty()) {
      tellStored();
    }
  }

  private void learn(Answer answer) {
    answer.newest().ifPresent(newest -> found.put(newest.event().id(), newest));
  }

  private void tellStored() {
    isStored = false;
    Set<AddressRecord> chosen = new HashSet<>();
    List<AddressRecord> newestFirst =
        found.values().stream()
            .sorted(Comparator.comparing(AddressRecord::version).reversed())
            .toList();
    for (Filter filter : filters) {
      newestFirst.stream().filter(filter::matches).limit(filter.limit()).forEach(chosen::add);
    }
    newestFirst.stream().filter(chosen::contains).forEach(this::tell);
    found.clear();
    socket.send(RelayMessage.endOfStored(name));
  }

  private void changed(Change change) {
    AddressRecord newest = change.addressRecord();
    if (isOver || change.kind() == Change.Kind.EXPIRY) {
      return;
    }
    if (isStored) {
      found.put(newest.event().id(), newest);
    } else if (filters.stream().anyMatch(filter -> filter.matches(newest))) {
      tell(newest);
    }
  }

  private void tell(AddressRecord each) {
    if (told.size() > MAX_AUTHORS) {
      told.clear();
    }
    if (told.add(each.event().id())) {
      socket.send(RelayMessage.event(name, each.event()));
    }
  }

  void end() {
    isOver = true;
    watches.forEach(ChangeFeed.Watch::end);
    watches.clear();
    toAsk.clear();
    found.clear();
  }
}
