package dev.wsn.simulator;

import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Distance;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Protocol;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.Token;
import dev.wsn.record.NostrEvent;
import dev.wsn.wire.Opened;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What adversaries answer. All of one kind conspire: they know each other and every target. Pings
 * they answer as everybody, and stores they acknowledge and drop, so that they look well.
 */
final class Adversaries {
  private static final Token ANY_TOKEN = new Token(1);
  private static final int MAX_ANSWERS = 4096;
  private static final int LIE_TRIES = 16;

  /** What is to be sent back; nothing means silence. */
  record Decision(Optional<Reply.Answer> answer) {}

  private final Map<Role, List<Contact>> conspirators = new EnumMap<>(Role.class);
  private final Map<Role, Map<NodeId, List<Contact>>> answers = new EnumMap<>(Role.class);
  private final Map<NodeId, NostrEvent> replaced = new HashMap<>();
  private final Supplier<Ground> ground;

  Adversaries(Supplier<Ground> ground) {
    this.ground = ground;
  }

  void join(Member member) {
    conspirators.computeIfAbsent(member.role(), role -> new ArrayList<>()).add(member.contact());
  }

  /** A record was replaced by a newer one; from now on stale holders hand it out again. */
  void replaced(NodeId place, NostrEvent older) {
    replaced.put(place, older);
  }

  /** What an adversary does with a request; empty if it does what everybody would do. */
  Optional<Decision> decide(Role role, Opened.IncomingRequest incoming) {
    Request.Ask ask = incoming.request().ask();
    if (role == Role.HONEST || ask instanceof Request.Ping) {
      return Optional.empty();
    }
    if (role == Role.STALE) {
      return stale(ask);
    }
    if (role == Role.SILENT) {
      return Optional.of(new Decision(Optional.empty()));
    }
    if (ask instanceof Request.Store) {
      return decision(new Reply.Stored());
    }
    if (ask instanceof Request.FindRecord find) {
      return decision(
          new Reply.RecordFound(ANY_TOKEN, Optional.empty(), contacts(role, find.target())));
    }
    return ask instanceof Request.FindNode find
        ? decision(new Reply.Nodes(contacts(role, find.target())))
        : Optional.empty();
  }

  private static Optional<Decision> stale(Request.Ask ask) {
    return ask instanceof Request.Store ? decision(new Reply.Stored()) : Optional.empty();
  }

  /** The honest answer of a stale holder about a target, with the older record in it. */
  Effect.Answer falsified(NodeId target, Effect.Answer honest) {
    NostrEvent older = replaced.get(target);
    if (older == null || !(honest.reply().answer() instanceof Reply.RecordFound found)) {
      return honest;
    }
    Reply reply = honest.reply();
    Reply.Answer answer =
        new Reply.RecordFound(found.storeToken(), Optional.of(older), found.closest());
    return new Effect.Answer(
        honest.to(),
        new Reply(reply.id(), reply.observed(), reply.addressToken(), answer),
        honest.maxBytes());
  }

  private static Optional<Decision> decision(Reply.Answer answer) {
    return Optional.of(new Decision(Optional.of(answer)));
  }

  private List<Contact> contacts(Role role, NodeId target) {
    Map<NodeId, List<Contact>> ofRole = answers.computeIfAbsent(role, any -> new HashMap<>());
    List<Contact> known = ofRole.get(target);
    if (known == null) {
      known =
          role == Role.LYING
              ? ground.get().near(target, Protocol.K, LIE_TRIES)
              : nearest(conspirators.getOrDefault(role, List.of()), target);
      if (ofRole.size() < MAX_ANSWERS) {
        ofRole.put(target, known);
      }
    }
    return known;
  }

  private static List<Contact> nearest(List<Contact> all, NodeId target) {
    List<Contact> best = new ArrayList<>(Protocol.K + 1);
    List<Distance> distances = new ArrayList<>(Protocol.K + 1);
    for (Contact contact : all) {
      Distance distance = contact.id().distanceTo(target);
      int at = distances.size();
      while (at > 0 && distances.get(at - 1).compareTo(distance) > 0) {
        at--;
      }
      if (at < Protocol.K) {
        best.add(at, contact);
        distances.add(at, distance);
        if (best.size() > Protocol.K) {
          best.remove(Protocol.K);
          distances.remove(Protocol.K);
        }
      }
    }
    return best;
  }
}
