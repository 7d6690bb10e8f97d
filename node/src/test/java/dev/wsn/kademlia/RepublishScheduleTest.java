package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RepublishScheduleTest {
  private static final long HOUR = RepublishSchedule.INTERVAL_MILLIS;

  private final RepublishSchedule schedule = new RepublishSchedule(Peers.random(1));

  @Test
  void recordIsDueOnceAnHourMoreOrLess() {
    schedule.putOff(Peers.id(1), 1_000);
    long due = schedule.nextMillis();
    assertThat(due).isBetween(1_000 + HOUR * 3 / 4, 1_000 + HOUR * 5 / 4);
    assertThat(schedule.next(due - 1)).isEmpty();
    assertThat(schedule.next(due)).contains(Peers.id(1));
  }

  @Test
  void holdersOfOneRecordAreNotDueTogether() {
    long[] due = new long[20];
    for (int i = 0; i < due.length; i++) {
      RepublishSchedule holder = new RepublishSchedule(Peers.random(i));
      holder.putOff(Peers.id(1), 0);
      due[i] = holder.nextMillis();
    }
    assertThat(Arrays.stream(due).distinct().count()).isEqualTo(20);
    assertThat(Arrays.stream(due).max().orElseThrow())
        .isGreaterThan(Arrays.stream(due).min().orElseThrow() + HOUR / 4);
  }

  @Test
  void storeFromOutsideCountsTheHourAnew() {
    schedule.putOff(Peers.id(1), 0);
    schedule.putOff(Peers.id(1), 10 * HOUR);
    assertThat(schedule.size()).isEqualTo(1);
    assertThat(schedule.next(10 * HOUR)).isEmpty();
  }

  @Test
  void restoredRecordsAreSpreadOverAnHour() {
    for (int i = 0; i < 100; i++) {
      schedule.spread(Peers.id(i), 5_000);
    }
    assertThat(schedule.nextMillis()).isBetween(5_000L, 5_000 + HOUR / 10);
    assertThat(schedule.size()).isEqualTo(100);
  }

  @Test
  void hasteOnlyBringsForward() {
    schedule.putOff(Peers.id(1), 0);
    schedule.hasten(Peers.id(1), 2 * HOUR);
    assertThat(schedule.isHastened(Peers.id(1))).isFalse();
    schedule.hasten(Peers.id(1), 5_000);
    assertThat(schedule.isHastened(Peers.id(1))).isTrue();
    assertThat(schedule.next(5_000)).contains(Peers.id(1));
    schedule.putOff(Peers.id(1), 5_000);
    assertThat(schedule.isHastened(Peers.id(1))).isFalse();
    schedule.hasten(Peers.id(2), 5_000);
    assertThat(schedule.size()).as("a record that is not held has no duty").isEqualTo(1);
  }

  @Test
  void droppedRecordIsNeverDue() {
    schedule.putOff(Peers.id(1), 0);
    schedule.drop(Peers.id(1));
    schedule.drop(Peers.id(2));
    assertThat(schedule.nextMillis()).isEqualTo(Long.MAX_VALUE);
    assertThat(schedule.next(Long.MAX_VALUE - 1)).isEmpty();
  }
}
