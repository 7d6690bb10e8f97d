package dev.wsn.kademlia;

import dev.wsn.record.AddressRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a node does unasked. Every job has its own method with its times next to it, runs when it is
 * due, and does a bounded amount of work at a time.
 */
final class Upkeep {
  private final NodeState node;
  private final List<Contact> joinContacts = new ArrayList<>();
  private final List<Publishing> republishing = new ArrayList<>();
  private @Nullable NodeSearch joining;
  private @Nullable NodeSearch refreshing;
  private boolean isStarted;
  private long pingAtMillis;
  private long refreshAtMillis;
  private long joinAtMillis;
  private long joinBackoffMillis = FIRST_JOIN_BACKOFF_MILLIS;
  private long expireAtMillis;
  private long republishAtMillis;
  private long reuniteAtMillis;
  private long lookAfterAtMillis;
  private int joinContactsTried;

  Upkeep(NodeState node) {
    this.node = node;
  }

  /** Schedules the jobs; in the first step, because the time is not known before. */
  void start(Step step) {
    if (isStarted) {
      return;
    }
    isStarted = true;
    node.neighbourhood.start(step);
    node.tables.both().forEach(table -> table.reachability().start(step.millis()));
    pingAtMillis = step.millis() + node.jitter(PING_TICK_MILLIS);
    refreshAtMillis = step.millis() + node.jitter(REFRESH_TICK_MILLIS);
    joinAtMillis = step.millis() + REFRESH_MILLIS + node.jitter(REFRESH_MILLIS / 4);
    expireAtMillis = step.millis() + EXPIRE_TICK_MILLIS;
    republishAtMillis = step.millis();
    reuniteAtMillis = step.millis() + node.jitter(REUNITE_MILLIS);
    for (NodeId place : node.index.places()) {
      node.schedule.spread(place, step.millis());
    }
  }

  void wake(Step step) {
    judgeReachability(step);
    joinAgain(step);
    pingStale(step);
    refreshBuckets(step);
    expireRecords(step);
    lookAfterRecords(step);
    republish(step);
    reunite(step);
  }

  /** When the next job is due. */
  long nextMillis() {
    long republishDue = Math.max(republishAtMillis, node.schedule.nextMillis());
    if (node.neighbourhood.isBusy()) {
      republishDue = Math.min(republishDue, lookAfterAtMillis);
    }
    long pingOrRefresh = Math.min(pingAtMillis, refreshAtMillis);
    long joinOrReunite = Math.min(joinAtMillis, reuniteAtMillis);
    return Math.min(Math.min(pingOrRefresh, joinOrReunite), Math.min(expireAtMillis, republishDue));
  }

  private static final long FIRST_JOIN_BACKOFF_MILLIS = 1000;

  /** Joins through these contacts now, and again whenever nobody else is left. */
  void join(Step step, OperationId operation, List<Contact> seedsAndRemembered) {
    Set<Contact> contacts = new LinkedHashSet<>();
    for (Contact contact : seedsAndRemembered) {
      if (!node.tables.isUsable(contact)) {
        node.observer.dropped(KademliaObserver.Drop.UNUSABLE_CONTACT);
      } else if (contacts.size() < Protocol.MAX_JOIN_CONTACTS) {
        contacts.add(contact);
      } else if (!contacts.contains(contact)) {
        node.observer.limitReached(KademliaObserver.Limit.JOIN_CONTACTS);
      }
    }
    joinContacts.clear();
    joinContacts.addAll(contacts);
    NodeSearch search = new NodeSearch(node, KademliaObserver.SearchKind.JOIN, step.millis());
    search.endsWith(operation);
    search(step, search, List.of());
  }

  /**
   * Looks the own id up every quarter of an hour, which finds the neighbours that came since; when
   * no contact answers any more, sooner and with growing pauses.
   */
  private void joinAgain(Step step) {
    boolean isAlone = !node.tables.hasResponsive();
    boolean mayJoin = node.tables.size() > 0 || !joinContacts.isEmpty();
    if (!isAlone) {
      joinBackoffMillis = FIRST_JOIN_BACKOFF_MILLIS;
    }
    if (node.takeHasMoved()) {
      joinAtMillis = step.millis();
    }
    if (isRunning(joining) || !mayJoin) {
      long pause = mayJoin ? FIRST_JOIN_BACKOFF_MILLIS : Protocol.MAX_JOIN_BACKOFF_MILLIS;
      joinAtMillis = Math.max(joinAtMillis, step.millis() + pause);
      return;
    }
    if (isAlone) {
      joinAtMillis = Math.min(joinAtMillis, step.millis() + joinBackoffMillis);
    }
    if (step.millis() >= joinAtMillis) {
      search(
          step, new NodeSearch(node, KademliaObserver.SearchKind.JOIN, step.millis()), List.of());
      if (isAlone) {
        joinBackoffMillis = Math.min(Protocol.MAX_JOIN_BACKOFF_MILLIS, 2 * joinBackoffMillis);
        joinAtMillis = step.millis() + joinBackoffMillis + node.jitter(joinBackoffMillis / 2);
      }
    }
  }

  private void search(Step step, NodeSearch search, List<Contact> more) {
    joinAtMillis = step.millis() + REFRESH_MILLIS + node.jitter(REFRESH_MILLIS / 4);
    joining = search;
    boolean needsHelp = node.tables.size() < node.parameters.k() || !node.tables.hasResponsive();
    for (RoutingTable table : node.tables.both()) {
      List<Contact> first = new ArrayList<>(needsHelp ? joinContacts : List.of());
      first.addAll(more);
      first.removeIf(contact -> node.tables.of(contact) != table);
      search.lookUp(step, table, table.own(), node.parameters.wideAlpha(), first);
    }
    search.begin(step);
  }

  private static final long REUNITE_MILLIS = 60_000;

  /**
   * Asks one contact that fell silent and one that this node once joined through, if it is not in a
   * table, for the own id. A network that was cut in two for so long that each part forgot the
   * other grows together again when the cut is mended, because an answer with new neighbours starts
   * a search among them.
   */
  private void reunite(Step step) {
    if (step.millis() < reuniteAtMillis) {
      return;
    }
    reuniteAtMillis = step.millis() + REUNITE_MILLIS;
    if (node.parameters.isClient() || !node.tables.hasResponsive()) {
      return;
    }
    node.lost.next().ifPresent(contact -> askForNeighbours(step, contact));
    if (!joinContacts.isEmpty()) {
      joinContactsTried = (joinContactsTried + 1) % joinContacts.size();
      Contact contact = joinContacts.get(joinContactsTried);
      if (node.tables.of(contact).entry(contact).isEmpty()) {
        askForNeighbours(step, contact);
      }
    }
  }

  private void askForNeighbours(Step step, Contact contact) {
    RoutingTable table = node.tables.of(contact);
    Sender sender =
        new Sender() {
          @Override
          public void answered(Step later, PendingRequest request, Reply.Answer answer) {
            if (answer instanceof Reply.Nodes nodes && !isRunning(joining)) {
              List<Contact> strangers = new ArrayList<>(node.usable(contact, nodes.closest()));
              strangers.removeIf(known -> table.entry(known).isPresent());
              if (!strangers.isEmpty()) {
                search(
                    later,
                    new NodeSearch(node, KademliaObserver.SearchKind.JOIN, later.millis()),
                    strangers);
              }
            }
          }

          @Override
          public void silent(Step later, PendingRequest request) {}
        };
    node.send(step, contact, new Request.FindNode(table.own()), sender);
  }

  private static final long PING_TICK_MILLIS = 10_000;
  private static final long PING_AFTER_MILLIS = 5 * 60_000;
  private static final long PING_SILENT_AFTER_MILLIS = 10_000;
  private static final long PING_ANY_AFTER_MILLIS = 5_000;

  /**
   * Pings contacts that were not heard for five minutes, and silent ones after ten seconds. On this
   * node's own schedule, not when others write: who writes often must not look better for it. One
   * of the others is pinged too when only silent ones are due, because its answer shows that the
   * silence is theirs; and when nobody at all answered for a while, so that this node knows within
   * a minute that it was cut off.
   */
  private void pingStale(Step step) {
    if (step.millis() < pingAtMillis) {
      return;
    }
    pingAtMillis = step.millis() + PING_TICK_MILLIS;
    if (node.parameters.isClient()) {
      return;
    }
    List<TableEntry> stale = new ArrayList<>();
    List<TableEntry> controls = new ArrayList<>();
    for (RoutingTable table : node.tables.both()) {
      for (TableEntry entry : table.entries()) {
        long patience = entry.isSilent() ? PING_SILENT_AFTER_MILLIS : PING_AFTER_MILLIS;
        if (step.millis() - entry.lastAskedMillis() >= patience) {
          stale.add(entry);
        } else if (!entry.isSilent()) {
          controls.add(entry);
        }
      }
    }
    stale.sort(Comparator.comparingLong(TableEntry::lastAskedMillis));
    List<TableEntry> now = stale.subList(0, Math.min(Protocol.MAX_PINGS_PER_TICK, stale.size()));
    now.forEach(entry -> ping(step, entry));
    boolean isQuiet =
        step.millis() - node.lastAnswerMillis().orElse(step.millis()) >= PING_ANY_AFTER_MILLIS;
    boolean isControlNeeded = now.isEmpty() ? isQuiet : now.stream().allMatch(TableEntry::isSilent);
    if (isControlNeeded) {
      controls.stream()
          .sorted(Comparator.comparingLong(TableEntry::lastAskedMillis))
          .limit(now.isEmpty() ? Protocol.MAX_CONTROLS : 1)
          .forEach(control -> ping(step, control));
    }
  }

  private void ping(Step step, TableEntry entry) {
    node.send(step, entry.contact(), new Request.Ping(), Sender.NONE);
  }

  static final long REFRESH_MILLIS = 15 * 60_000;
  private static final long REFRESH_TICK_MILLIS = 30_000;
  private static final long REFRESH_PAUSE_MILLIS = 1000;

  /**
   * Searches for a random id of a bucket that was not looked up for a quarter of an hour. A client
   * does so in the far half only, so that it knows the size of the network from another place than
   * its own, where somebody may have crowded.
   */
  private void refreshBuckets(Step step) {
    if (step.millis() < refreshAtMillis) {
      return;
    }
    refreshAtMillis = step.millis() + REFRESH_TICK_MILLIS;
    if (isRunning(refreshing) || isRunning(joining)) {
      return;
    }
    int nearest = node.parameters.isClient() ? Protocol.ID_BITS - 1 : 0;
    for (RoutingTable table : node.tables.both()) {
      OptionalInt bucket = table.bucketToRefresh(step.millis(), nearest);
      if (bucket.isPresent() && !node.operations.isFull()) {
        refreshAtMillis = step.millis() + REFRESH_PAUSE_MILLIS;
        NodeSearch search =
            new NodeSearch(node, KademliaObserver.SearchKind.REFRESH, step.millis());
        refreshing = search;
        int shared = Protocol.ID_BITS - 1 - bucket.getAsInt();
        NodeId target = table.own().beside(shared, node.random);
        search.lookUp(step, table, target, node.parameters.alpha(), List.of());
        search.begin(step);
        return;
      }
    }
  }

  private static final long EXPIRE_TICK_MILLIS = 60_000;

  /** Lets go of dead records, and of versions that nothing older can follow any more. */
  private void expireRecords(Step step) {
    if (step.millis() < expireAtMillis) {
      return;
    }
    expireAtMillis = step.millis() + EXPIRE_TICK_MILLIS;
    List<NodeId> dead = node.index.expire(step.unixSeconds());
    dead.forEach(node.schedule::drop);
    if (!dead.isEmpty()) {
      node.observer.recordsExpired(dead.size());
    }
    node.announcements.expire(step.unixSeconds());
    node.memory.forget(step.unixSeconds());
  }

  private static final long LOOK_AFTER_TICK_MILLIS = 1000;

  /** Hastens the duty about held records whose surroundings changed. */
  private void lookAfterRecords(Step step) {
    if (node.neighbourhood.isBusy() && step.millis() >= lookAfterAtMillis) {
      lookAfterAtMillis = step.millis() + LOOK_AFTER_TICK_MILLIS;
      node.neighbourhood.work(step);
    }
  }

  private static final long REPUBLISH_TICK_MILLIS = 1000;
  private static final long REPUBLISH_ALONE_MILLIS = 10_000;
  private static final long MIN_LIFE_LEFT_SECONDS = 5 * 60;

  /** Stores held records at their k closest nodes again, see {@link RepublishSchedule}. */
  private void republish(Step step) {
    if (step.millis() < Math.max(republishAtMillis, node.schedule.nextMillis())) {
      return;
    }
    republishAtMillis = step.millis() + REPUBLISH_TICK_MILLIS;
    if (!node.tables.hasResponsive()) {
      republishAtMillis = step.millis() + REPUBLISH_ALONE_MILLIS;
      return;
    }
    republishing.removeIf(Publishing::isEnded);
    Optional<NodeId> due = node.schedule.next(step.millis());
    while (due.isPresent()
        && republishing.size() < Protocol.MAX_REPUBLISHING
        && !node.operations.isFull()) {
      boolean isOnlyIfFew = node.schedule.isHastened(due.get());
      node.schedule.putOff(due.get(), step.millis());
      AddressRecord held = node.index.at(due.get()).orElse(null);
      if (held != null && held.isLive(step.unixSeconds() + MIN_LIFE_LEFT_SECONDS)) {
        Publishing search = new Publishing(node, held, isOnlyIfFew, step.millis());
        republishing.add(search);
        search.start(step);
      }
      due = node.schedule.next(step.millis());
    }
  }

  /** Judges in each family whether others reach this node. */
  private void judgeReachability(Step step) {
    for (RoutingTable table : node.tables.both()) {
      boolean was = table.reachability().isReachable();
      boolean isKnown = !node.parameters.isLocal() && table.size() >= node.parameters.k();
      table.reachability().judge(step.millis(), isKnown);
      boolean is = table.reachability().isReachable();
      if (was != is && !node.parameters.isClient()) {
        node.observer.reachability(table == node.tables.both().get(0), is);
      }
    }
  }

  /** Takes note of who wrote, whatever is asked. */
  void asked(Step step, Caller caller, Request request) {
    RoutingTable table = node.tables.of(caller.address().address());
    table.reachability().received(step.millis(), caller.address());
    if (request.isClient() && table.entry(caller.key()).isPresent()) {
      Contact contact = Contact.of(caller.key(), caller.address());
      if (table.retire(contact)) {
        node.neighbourhood.changed(step, contact);
      }
    }
  }

  private static boolean isRunning(@Nullable NodeSearch search) {
    return search != null && !search.isSearched();
  }
}
