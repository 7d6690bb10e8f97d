package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What holders of a record do about it unasked. */
class HoldersTest {
  private static final long SETTLED = Neighbourhood.SETTLING_MILLIS;
  private static final long HASTE =
      Neighbourhood.DELAY_MILLIS + Neighbourhood.JITTER_MILLIS + 5_000;
  private static final Reply.Answer NOBODY = new Reply.Nodes(List.of());

  private static Reply.Answer token(long bits) {
    return new Reply.RecordFound(new Token(bits), Optional.empty(), List.of());
  }

  private static Reply.Answer token(long bits, AddressRecord held) {
    return new Reply.RecordFound(new Token(bits), Optional.of(held.event()), List.of());
  }

  private NodeByHand holder(Duration lifetime) {
    AddressRecord held = Peers.signed(1, Peers.WALL - 10, lifetime);
    return new NodeByHand(Parameters.defaults().asLocal(), held);
  }

  private static List<Effect.Send> sends(List<Effect> effects, Class<? extends Request.Ask> kind) {
    return effects.stream()
        .filter(Effect.Send.class::isInstance)
        .map(Effect.Send.class::cast)
        .filter(send -> kind.isInstance(send.request().ask()))
        .toList();
  }

  /** Sleeps in small steps, with contacts that answer pings and searches unless they are gone. */
  private static List<Effect.Send> findsUntil(NodeByHand holder, long end, Contact... gone) {
    List<Contact> silent = List.of(gone);
    while (holder.millis < end) {
      List<Effect> effects = holder.sleepUntil(holder.millis + 50);
      List<Effect.Send> finds = sends(effects, Request.FindRecord.class);
      for (Effect.Send ping : sends(effects, Request.Ping.class)) {
        if (!silent.contains(ping.to())) {
          holder.reply(ping, new Reply.Pong());
        }
      }
      for (Effect.Send find : sends(effects, Request.FindNode.class)) {
        if (!silent.contains(find.to())) {
          holder.reply(find, NOBODY);
        }
      }
      if (!finds.isEmpty()) {
        return finds;
      }
    }
    return List.of();
  }

  /** A holder of an hour's standing minus its duty, among some contacts. */
  private static NodeByHand settled(Parameters parameters, Contact... contacts) {
    AddressRecord held = held();
    NodeByHand holder = new NodeByHand(parameters, held);
    holder.meet(contacts);
    assertThat(holder.store(contacts[0], held).orElseThrow().answer())
        .isEqualTo(new Reply.Stored());
    assertThat(findsUntil(holder, SETTLED + 1000)).isEmpty();
    return holder;
  }

  private static AddressRecord held() {
    return Peers.signed(1, Peers.WALL - 10, Duration.ofHours(12));
  }

  /** Contacts by their distance from the record, closest first. */
  private static List<Contact> byDistance(int count) {
    NodeId place = NodeId.ofRecord(held().pubkey());
    List<Contact> contacts = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      contacts.add(Peers.contact(i));
    }
    contacts.sort((a, b) -> a.id().distanceTo(place).compareTo(b.id().distanceTo(place)));
    return contacts;
  }

  @Test
  void newcomerIsGivenTheRecordBeforeTheHourIsOver() {
    NodeByHand holder = settled(Parameters.defaults().asLocal(), Peers.contact(1));
    holder.meet(Peers.contact(2), Peers.contact(3));
    List<Effect.Send> finds = findsUntil(holder, holder.millis + HASTE);
    assertThat(finds).extracting(Effect.Send::to).contains(Peers.contact(2), Peers.contact(3));
    for (Effect.Send find : finds) {
      boolean isOld = find.to().equals(Peers.contact(1));
      holder.reply(find, isOld ? token(5, held()) : token(6));
    }
    assertThat(holder.sends())
        .extracting(send -> send.request().ask())
        .contains(new Request.Store(new Token(6), held().event()));
  }

  @Test
  void newcomerIsLeftOutWhenEnoughHaveTheRecord() {
    NodeByHand holder =
        settled(
            Parameters.defaults().asLocal(), Peers.contact(1), Peers.contact(2), Peers.contact(3));
    holder.meet(Peers.contact(4));
    List<Effect.Send> finds = findsUntil(holder, holder.millis + HASTE);
    assertThat(finds).hasSize(4);
    for (Effect.Send find : finds) {
      boolean isNew = find.to().equals(Peers.contact(4));
      holder.reply(find, isNew ? token(6) : token(5, held()));
    }
    assertThat(holder.sends()).isEmpty();
    assertThat(holder.searches).containsEntry(KademliaObserver.SearchKind.REPUBLISH, 1);
    assertThat(findsUntil(holder, holder.millis + 40 * 60_000))
        .as("the hour starts anew")
        .isEmpty();
  }

  /** As after a partition: enough have the newest record, and one has the one before. */
  @Test
  void oneWhoHasAnOlderRecordIsCorrectedAlthoughEnoughHaveTheNewest() {
    AddressRecord older = Peers.signed(1, Peers.WALL - 60, Duration.ofHours(12));
    NodeByHand holder =
        settled(
            Parameters.defaults().asLocal(), Peers.contact(1), Peers.contact(2), Peers.contact(3));
    holder.meet(Peers.contact(4));
    List<Effect.Send> finds = findsUntil(holder, holder.millis + HASTE);
    assertThat(finds).hasSize(4);
    for (Effect.Send find : finds) {
      boolean isNew = find.to().equals(Peers.contact(4));
      holder.reply(find, isNew ? token(6, older) : token(5, held()));
    }
    assertThat(holder.sends()).extracting(Effect.Send::to).containsExactly(Peers.contact(4));
    assertThat(holder.sends().get(0).request().ask())
        .isEqualTo(new Request.Store(new Token(6), held().event()));
  }

  @Test
  void recordIsLookedAfterWhenHoldersVanish() {
    Contact[] contacts = {Peers.contact(1), Peers.contact(2), Peers.contact(3)};
    NodeByHand holder = settled(Parameters.defaults().asLocal(), contacts);
    List<Effect.Send> finds = findsUntil(holder, holder.millis + 7 * 60_000 + HASTE, contacts[2]);
    assertThat(holder.removed).containsExactly(contacts[2]);
    assertThat(finds).isNotEmpty();
  }

  @Test
  void whoIsTooFarFromTheRecordChangesNothing() {
    List<Contact> contacts = byDistance(12);
    Contact[] near = contacts.subList(0, 3).toArray(new Contact[0]);
    NodeByHand holder = settled(Parameters.defaults().asLocal().withK(3), near);
    Contact far = contacts.get(11);
    if (holder.kademlia.state().tables.of(far).isWanted(far)) {
      holder.meet(far);
    }
    assertThat(findsUntil(holder, holder.millis + HASTE)).isEmpty();
  }

  @Test
  void fartherHoldersLeaveItToTheNearer() {
    NodeId place = NodeId.ofRecord(held().pubkey());
    Distance own = NodeId.unplaced(NodeByHand.SELF).distanceTo(place);
    List<Contact> nearer = new ArrayList<>(byDistance(200));
    nearer.removeIf(contact -> contact.id().distanceTo(place).compareTo(own) >= 0);
    Contact[] others = nearer.subList(0, 5).toArray(new Contact[0]);
    NodeByHand holder = settled(Parameters.defaults().asLocal(), others);
    holder.meet(nearer.get(5));
    long all = Neighbourhood.DELAY_MILLIS + 6 * Neighbourhood.DELAY_PER_RANK_MILLIS;
    assertThat(findsUntil(holder, holder.millis + all)).isEmpty();
  }

  @Test
  void changesThatAreRememberedAreBounded() {
    NodeByHand holder = settled(Parameters.defaults().asLocal(), Peers.contact(1));
    Neighbourhood neighbourhood = holder.kademlia.state().neighbourhood;
    for (int i = 0; i <= Protocol.MAX_CHANGES; i++) {
      neighbourhood.changed(new Step(holder.now()), Peers.contact(i));
    }
    assertThat(holder.limits(KademliaObserver.Limit.CHANGES)).isEqualTo(1);
  }

  @Test
  void holderRepublishesWithinTheHourAndPutsTheDutyOfOthersOff() {
    NodeByHand holder = holder(Duration.ofHours(12));
    holder.meet(Peers.contact(1), Peers.contact(2));
    List<Effect.Send> finds = findsUntil(holder, 3_600_000);
    assertThat(finds).hasSize(2);

    AddressRecord held = holder.index.records().get(0);
    holder.reply(finds.get(0), token(1, held));
    holder.reply(finds.get(1), token(2));

    List<Effect.Send> stores = holder.sends();
    assertThat(stores)
        .extracting(Effect.Send::to)
        .containsExactlyInAnyOrder(finds.get(0).to(), finds.get(1).to());
    holder.reply(stores.get(0), new Reply.Stored());
    holder.reply(stores.get(1), new Reply.Stored());
    assertThat(holder.outcomes()).as("nobody waits for it").isEmpty();
    assertThat(holder.searches).containsEntry(KademliaObserver.SearchKind.REPUBLISH, 1);
  }

  @Test
  void storeFromOutsidePutsTheRepublishOff() {
    NodeByHand holder = holder(Duration.ofHours(12));
    holder.meet(Peers.contact(1));
    AddressRecord held = holder.index.records().get(0);
    for (int half = 1; half <= 6; half++) {
      assertThat(holder.store(Peers.contact(1), held).orElseThrow().answer())
          .isEqualTo(new Reply.Stored());
      assertThat(findsUntil(holder, half * 1_800_000L)).isEmpty();
    }
  }

  @Test
  void recordAboutToDieIsNotRepublished() {
    NodeByHand holder = holder(Duration.ofSeconds(5 * 60 + 9));
    holder.meet(Peers.contact(1));
    assertThat(findsUntil(holder, 3_700_000)).isEmpty();
  }

  @Test
  void holderWithoutContactsKeepsItsDuty() {
    NodeByHand holder = holder(Duration.ofHours(12));
    holder.sleepUntil(2 * 3_600_000);
    assertThat(holder.searches).doesNotContainKey(KademliaObserver.SearchKind.REPUBLISH);
    holder.meet(Peers.contact(1));
    assertThat(findsUntil(holder, holder.millis + 15_000)).hasSize(1);
  }
}
