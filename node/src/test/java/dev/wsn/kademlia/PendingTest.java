package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class PendingTest {
  private final Pending pending = new Pending();

  private PendingRequest add(int number, long lateAt, long overAt) {
    Request request = new Request(new RequestId(number, 0), false, Token.NONE, new Request.Ping());
    PendingRequest added =
        new PendingRequest(
            Peers.contact(number), request, Sender.NONE, false, false, 0, lateAt, overAt);
    pending.add(added);
    return added;
  }

  @Test
  void requestIsLateFirstAndOverLater() {
    PendingRequest request = add(1, 100, 300);
    assertThat(pending.nextMillis()).isEqualTo(100);
    assertThat(pending.next(99)).isEmpty();

    assertThat(pending.next(100)).contains(new Pending.Due(request, false));
    assertThat(pending.next(100)).isEmpty();
    assertThat(pending.find(request.request().id())).contains(request);
    assertThat(pending.nextMillis()).isEqualTo(300);

    assertThat(pending.next(300)).contains(new Pending.Due(request, true));
    assertThat(pending.find(request.request().id())).isEmpty();
    assertThat(pending.nextMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void answeredRequestIsNeitherLateNorOver() {
    PendingRequest first = add(1, 100, 300);
    PendingRequest second = add(2, 200, 300);
    pending.remove(first);

    assertThat(pending.nextMillis()).isEqualTo(200);
    assertThat(pending.next(1_000)).contains(new Pending.Due(second, false));
    pending.remove(second);
    assertThat(pending.next(1_000)).isEmpty();
  }

  @Test
  void deadlinesOfTheSameTimeComeInTheOrderOfSending() {
    PendingRequest first = add(1, 100, 300);
    PendingRequest second = add(2, 100, 300);
    assertThat(pending.next(100).orElseThrow().request()).isEqualTo(first);
    assertThat(pending.next(100).orElseThrow().request()).isEqualTo(second);
  }

  @Test
  void numberOfRequestsIsBounded() {
    for (int i = 0; i < Protocol.MAX_PENDING_REQUESTS; i++) {
      add(i, 100, 300);
    }
    assertThat(pending.isFull()).isTrue();
    assertThatIllegalStateException().isThrownBy(() -> add(40_000, 100, 300));
  }

  @Test
  void idIsNeverUsedTwice() {
    add(1, 100, 300);
    assertThatIllegalStateException().isThrownBy(() -> add(1, 100, 300));
  }

  @Test
  void deadlinesOfAnsweredRequestsDoNotPileUp() {
    for (int i = 0; i < 5 * Protocol.MAX_PENDING_REQUESTS; i++) {
      pending.remove(add(i, 1_000_000 + i, 2_000_000));
    }
    add(-1, 1, 2);
    assertThat(pending.size()).isEqualTo(1);
    assertThat(pending.deadlineCount()).isLessThanOrEqualTo(2 * Protocol.MAX_PENDING_REQUESTS + 1);
    assertThat(pending.nextMillis()).isEqualTo(1);
  }
}
