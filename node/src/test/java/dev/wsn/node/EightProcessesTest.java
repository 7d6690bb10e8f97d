package dev.wsn.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Eight processes: any two may be killed, and find their way back without seeds. */
@Timeout(180)
class EightProcessesTest {
  private static final int COUNT = 8;
  private static final long PAUSE_NANOS = 10_000_000;

  private final Path parent;
  private final List<NodeProcess> processes = new ArrayList<>();
  private final List<String> seeds = new ArrayList<>();

  EightProcessesTest(@TempDir Path parent) {
    this.parent = parent;
  }

  @AfterEach
  void killAll() {
    processes.forEach(NodeProcess::kill);
  }

  @Test
  void recordOutlivesAnyTwoProcessesWhichComeBackByThemselves() throws Exception {
    start();
    AddressRecord published = LoopbackNodes.sign(1, LoopbackNodes.unixSeconds(), 4848);
    untilAllReady();
    assertThat(publishedAtLast(processes.get(2), published))
        .isInstanceOfSatisfying(
            Publication.Accepted.class,
            accepted -> assertThat(accepted.acknowledged()).isGreaterThanOrEqualTo(5));
    assertFoundBy(6, published);

    NodeProcess intruder = NodeProcess.launch(directory(3), 0, List.of());
    assertThat(intruder.exitCode()).isEqualTo(2);
    assertThat(intruder.log()).contains("another wsn node uses " + directory(3));

    // The first one is the seed of all others, the third one took the record in.
    List<Integer> killed = List.of(0, 2);
    for (int number : killed) {
      untilOthersAreRemembered(number);
    }
    killed.forEach(number -> processes.get(number).kill());
    for (int number : List.of(1, 5, 7)) {
      assertFoundBy(number, published);
    }

    // On other ports, so that only what they remember brings them back.
    for (int number : killed) {
      NodeProcess again = NodeProcess.launch(directory(number), 0, List.of());
      processes.set(number, again);
      assertThat(NodeProcess.contact(again.seed()).key())
          .isEqualTo(NodeProcess.contact(seeds.get(number)).key());
    }
    untilAllReady();
    for (int number : killed) {
      assertFoundBy(number, published);
    }
  }

  private void start() throws IOException {
    NodeProcess first = NodeProcess.launch(directory(0), 0, List.of());
    processes.add(first);
    seeds.add(first.seed());
    for (int number = 1; number < COUNT; number++) {
      processes.add(NodeProcess.launch(directory(number), 0, seeds.subList(0, 1)));
    }
    for (int number = 1; number < COUNT; number++) {
      seeds.add(processes.get(number).seed());
    }
  }

  private Path directory(int number) {
    return parent.resolve("node" + number);
  }

  private void assertFoundBy(int number, AddressRecord published) {
    assertThat(processes.get(number).resolve(published))
        .isInstanceOfSatisfying(
            Resolution.Found.class,
            found -> assertThat(found.addressRecord()).isEqualTo(published));
  }

  /**
   * Again for those who were late: eight starting processes may be more than a machine has time
   * for.
   */
  private static Publication publishedAtLast(NodeProcess publisher, AddressRecord published) {
    Publication said = publisher.publish(published);
    for (int i = 0;
        i < 5 && !(said instanceof Publication.Accepted all && all.acknowledged() > 4);
        i++) {
      LockSupport.parkNanos(100 * PAUSE_NANOS);
      said = publisher.publish(published);
    }
    return said;
  }

  /** More of them than are killed with it, so that one at least is there when it comes back. */
  private void untilOthersAreRemembered(int number) throws SQLException {
    String file = "jdbc:sqlite:" + directory(number).resolve("wsn.db");
    try (Connection connection = DriverManager.getConnection(file);
        Statement statement = connection.createStatement()) {
      while (statement.executeQuery("SELECT count(*) FROM contact").getInt(1) < COUNT / 2) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /** Until each has heard from another one; the timeout of the class ends the wait. */
  private void untilAllReady() {
    for (NodeProcess process : processes) {
      while (!process.isReady()) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }
}
