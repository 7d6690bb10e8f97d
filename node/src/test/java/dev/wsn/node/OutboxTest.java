package dev.wsn.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.SecretKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import dev.wsn.kademlia.Token;
import dev.wsn.record.IpPort;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private static final Contact NODE =
      Contact.of(LoopbackNodes.CURVE.publicKey(SecretKey.generate(new SecureRandom())), at());

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<Long> sealed = new ArrayList<>();
  private final Outbox outbox =
      new Outbox(tasks::add, send -> sealed.add(send.request().id().head()));

  private static IpPort at() {
    return new IpPort(LoopbackNodes.LOOPBACK, 4848);
  }

  private void add(int from, int to) {
    for (int i = from; i < to; i++) {
      Request request = new Request(new RequestId(i, i), true, Token.NONE, new Request.Ping());
      outbox.add(new Effect.Send(NODE, request));
    }
  }

  @Test
  void fewAreSealedBetweenTwoLooksAtTheSocketAndAllInTheirOrder() {
    int most = Outbox.AT_ONCE;
    add(0, most + 1);
    assertThat(sealed).isEmpty();
    assertThat(tasks).hasSize(1);
    tasks.remove().run();
    assertThat(sealed).hasSize(most);
    add(most + 1, most + 3);
    assertThat(tasks).hasSize(1);
    tasks.remove().run();
    assertThat(sealed).hasSize(most + 3).isSorted();
    assertThat(tasks).isEmpty();
    add(most + 3, most + 4);
    assertThat(tasks).hasSize(1);
  }

  @Test
  void whatWasForgottenIsNotSealed() {
    add(0, 3);
    outbox.clear();
    tasks.remove().run();
    assertThat(sealed).isEmpty();
    assertThat(tasks).isEmpty();
  }
}
