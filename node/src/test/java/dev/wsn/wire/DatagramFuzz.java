package dev.wsn.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.kademlia.Caller;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.Kademlia;
import dev.wsn.kademlia.KademliaObserver;
import dev.wsn.kademlia.Now;
import dev.wsn.kademlia.OperationId;
import dev.wsn.kademlia.Parameters;
import dev.wsn.kademlia.Protocol;
import dev.wsn.kademlia.RecordIndex;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import dev.wsn.kademlia.Token;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RollbackMemory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Whatever bytes come, nothing throws, an accepted message has one encoding, and nobody gets more
 * bytes back than they spent. Jazzer looks for bytes that disprove it (CONTRIBUTING.md has the
 * command); {@link DatagramFuzzTest} runs those that it found interesting before.
 */
public final class DatagramFuzz {
  private static final RequestId ID = new RequestId(1, 2);
  private static final RecordRules RULES = new RecordRules(Secp256k1.preferred(), false);
  private static final int RENEWED_AFTER = 5_000;

  /** An answer, and the ping that checks an unknown caller. */
  private static final int MAX_PROVEN_BYTES = Protocol.MAX_DATAGRAM_BYTES + Protocol.PING_BYTES;

  /** Notes whether a request proved its address: Jazzer reads tokens from our comparisons. */
  private static final KademliaObserver PROOFS =
      new KademliaObserver() {
        @Override
        public void requestReceived(RequestKind kind, boolean isProven) {
          isLastProven = isProven;
        }
      };

  private static Peer node = Peer.of(1);
  private static Peer caller = Peer.of(2);
  private static Kademlia kademlia = freshCore();
  private static long inputs;
  private static int repliesWaitedFor;
  private static boolean isLastProven;

  private DatagramFuzz() {}

  private static Kademlia freshCore() {
    Kademlia core =
        new Kademlia(
            Parameters.defaults(),
            node.key,
            RULES,
            new RecordIndex(10),
            new RollbackMemory(10),
            new SplittableRandom(1),
            PROOFS);
    List<Effect> joining =
        core.join(new Now(0, 1_800_000_000), new OperationId(1), List.of(caller.contact));
    assertThat(joining).isNotEmpty();
    return core;
  }

  /**
   * One input. The first byte says what the others are: the message of a request, that of a reply,
   * or a datagram as it comes from the network. Called by Jazzer.
   */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0 || input.length > 2 * Datagrams.MAX_BYTES) {
      return;
    }
    renew();
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    switch (input[0]) {
      case 0 -> request(rest);
      case 1 -> reply(rest);
      default -> datagram(rest);
    }
  }

  private static void request(byte[] message) {
    if (MessageCodec.decodeRequest(ID, message, 0, message.length)
        instanceof Decoded.Message<Request> decoded) {
      ByteBuffer again = ByteBuffer.allocate(2 * Datagrams.MAX_BYTES);
      MessageCodec.encode(decoded.value(), again);
      assertOneEncoding(message, Arrays.copyOf(again.array(), again.position()));
      int spent = Math.max(Datagrams.MIN_REQUEST_BYTES, message.length + 61);
      Caller from = new Caller(caller.key, caller.address, Math.min(spent, Datagrams.MAX_BYTES));
      Now now = new Now(1_000 + inputs, 1_800_000_000);
      int bytes = 0;
      isLastProven = false;
      for (Effect effect : kademlia.receive(now, from, decoded.value())) {
        bytes += bytes(effect);
      }
      int allowed = isLastProven ? MAX_PROVEN_BYTES : from.requestBytes();
      assertThat(bytes).isLessThanOrEqualTo(allowed);
    }
  }

  private static int bytes(Effect effect) {
    Sealed made = null;
    if (effect instanceof Effect.Answer answer) {
      made = node.sealer.seal(answer);
    } else if (effect instanceof Effect.Send send && send.to().equals(caller.contact)) {
      made = node.sealer.seal(send);
    }
    return made instanceof Sealed.Datagram datagram ? datagram.bytes().length : 0;
  }

  private static void reply(byte[] message) {
    if (MessageCodec.decodeReply(ID, message, 0, message.length)
        instanceof Decoded.Message<Reply> decoded) {
      ByteBuffer again = ByteBuffer.allocate(2 * Datagrams.MAX_BYTES);
      assertThat(MessageCodec.encode(decoded.value(), again.capacity(), again)).isTrue();
      assertOneEncoding(message, Arrays.copyOf(again.array(), again.position()));
      // The reply to a request that waits, so that the core looks into it.
      Effect.Send asked = waiting();
      Reply fitting =
          new Reply(
              asked.request().id(),
              decoded.value().observed(),
              decoded.value().addressToken(),
              decoded.value().answer());
      Now now = new Now(1_000 + inputs, 1_800_000_000);
      assertThat(kademlia.receive(now, asked.to().address(), asked.to().key(), fitting))
          .isNotEmpty();
    }
  }

  private static Effect.Send waiting() {
    repliesWaitedFor++;
    Now now = new Now(1_000 + inputs, 1_800_000_000);
    return kademlia
        .join(now, new OperationId(1 + repliesWaitedFor), List.of(caller.contact))
        .stream()
        .filter(Effect.Send.class::isInstance)
        .map(Effect.Send.class::cast)
        .findFirst()
        .orElseGet(
            () ->
                new Effect.Send(
                    caller.contact, new Request(ID, false, Token.NONE, new Request.Ping())));
  }

  private static void assertOneEncoding(byte[] message, byte[] again) {
    assertThat(again).isEqualTo(Arrays.copyOf(message, again.length));
    for (int i = again.length; i < message.length; i++) {
      assertThat(message[i]).isZero();
    }
  }

  private static void datagram(byte[] input) {
    Opened opened = node.sealer.open(inputs, input, 0, input.length, caller.address);
    int answered = opened instanceof Opened.Unproven unproven ? unproven.challenge().length : 0;
    assertThat(answered).isLessThanOrEqualTo(input.length);
  }

  /** Nothing grows without a bound, so a fresh start now and then only keeps inputs independent. */
  private static void renew() {
    inputs++;
    if (inputs % RENEWED_AFTER == 0) {
      node = Peer.of(1);
      caller = Peer.of(2);
      kademlia = freshCore();
    }
  }
}
