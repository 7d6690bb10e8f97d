package dev.wsn.simulator;

import dev.wsn.kademlia.ReadPolicy;
import java.time.Duration;
import java.util.List;

/**
 * Everything that a run depends on but its random source.
 *
 * @param scenario what is done
 * @param nodes members that are online at any time, at least 4
 * @param duration virtual time that is measured
 * @param medianSession of the churn; zero for none
 * @param loss share of datagrams that are lost, 0 to 1
 * @param natShare share of members behind a NAT, 0 to 1
 * @param rttMedianMillis median round trip
 * @param rttP95Millis 95th percentile of the round trip, at least the median
 * @param start what the members know in the beginning
 * @param isSealed whether datagrams are sealed as in the product; otherwise they are as long but
 *     open
 * @param policy how records are read
 * @param records published in the beginning
 * @param lookups spread over the duration
 * @param attacks on the network
 */
public record Plan(
    Scenario scenario,
    int nodes,
    Duration duration,
    Duration medianSession,
    double loss,
    double natShare,
    double rttMedianMillis,
    double rttP95Millis,
    Start start,
    boolean isSealed,
    ReadPolicy policy,
    int records,
    int lookups,
    List<Attack> attacks) {
  /** The most members; their ids alone take about 400 bytes each. */
  public static final int MAX_NODES = 2_000_000;

  private static final double MAX_ADVERSARIES = 0.9;
  private static final int MIN_NODES = 4;
  private static final int MAX_COUNT = 10_000_000;
  private static final Duration MAX_DURATION = Duration.ofDays(30);
  private static final Duration MAX_SURVIVAL = Duration.ofHours(24).minusMinutes(2);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException for a value out of its range; the message is for people
   */
  public Plan {
    attacks = List.copyOf(attacks);
    check(
        attacks.stream()
                .filter(each -> !each.kind().isPerRecord())
                .mapToDouble(Attack::amount)
                .sum()
            <= MAX_ADVERSARIES,
        "adversaries are at most 0.9 of the servers in total");
    check(nodes >= MIN_NODES && nodes <= MAX_NODES, "nodes are 4 to 2000000, not " + nodes);
    check(
        !duration.isNegative() && !duration.isZero() && duration.compareTo(MAX_DURATION) <= 0,
        "a run lasts more than nothing and at most 30 days of virtual time");
    check(!medianSession.isNegative(), "a session is not shorter than nothing");
    check(
        medianSession.isZero() || medianSession.compareTo(Duration.ofMinutes(1)) >= 0,
        "a median session under a minute is no network");
    check(loss >= 0 && loss < 1, "loss is a share from 0 to below 1, not " + loss);
    check(natShare >= 0 && natShare < 1, "nat is a share from 0 to below 1, not " + natShare);
    check(
        rttMedianMillis >= 1 && rttP95Millis >= rttMedianMillis && rttP95Millis <= 10_000,
        "a round trip has a median from 1 ms and a 95th percentile from there to 10000 ms");
    check(records >= 1 && records <= MAX_COUNT, "records are 1 to 10000000, not " + records);
    check(lookups >= 1 && lookups <= MAX_COUNT, "lookups are 1 to 10000000, not " + lookups);
    check(
        start != Start.SNAPSHOT || scenario == Scenario.LOOKUPS,
        "a snapshot has no upkeep, so only lookups can be simulated in it");
    check(
        scenario != Scenario.SURVIVAL || duration.compareTo(MAX_SURVIVAL) <= 0,
        "records live for 24 hours, and are published first: survival lasts at most 1438 minutes");
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
