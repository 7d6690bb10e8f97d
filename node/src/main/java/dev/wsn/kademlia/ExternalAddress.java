package dev.wsn.kademlia;

import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The own address of one family as others see it. Every network (/24, /48) has one vote, its last
 * one; an address holds when three networks and more than half of those that voted agree. So a few
 * liars, or many in one network, cannot move this node. A vote counts for ten minutes: when the
 * address changed, those who have gone since must not hold the old one up.
 */
final class ExternalAddress {
  static final long KEPT_MILLIS = 10 * 60_000;

  private record Vote(IpPort observed, long atMillis) {}

  /** By age, the oldest first. */
  private final Map<Subnet, Vote> votes = new LinkedHashMap<>();

  private Optional<IpPort> agreed = Optional.empty();

  /** Counts a vote; false if the oldest of another network had to go for it. */
  boolean vote(IpAddress voter, IpPort observed, long nowMillis) {
    Subnet subnet = Subnet.of(voter);
    Vote before = votes.remove(subnet);
    boolean isChanged = before == null || !before.observed.equals(observed);
    boolean isFull = before == null && votes.size() >= Protocol.MAX_ADDRESS_VOTES;
    if (isFull) {
      votes.remove(votes.keySet().iterator().next());
    }
    votes.put(subnet, new Vote(observed, nowMillis));
    // Every reply votes, and nearly every vote is the same as the one that it replaces.
    if (votes.values().removeIf(vote -> nowMillis - vote.atMillis >= KEPT_MILLIS) || isChanged) {
      agreed = count();
    }
    return !isFull;
  }

  Optional<IpPort> agreed() {
    return agreed;
  }

  /** How many networks have a vote. */
  int voters() {
    return votes.size();
  }

  /** Whether nothing says that the address is another one now: the latest votes are for it. */
  boolean isSure() {
    if (agreed.isEmpty()) {
      return false;
    }
    List<Vote> all = new ArrayList<>(votes.values());
    IpAddress address = agreed.get().address();
    List<Vote> latest =
        all.subList(Math.max(0, all.size() - Protocol.LATEST_ADDRESS_VOTES), all.size());
    return latest.stream().filter(vote -> !vote.observed.address().equals(address)).count() * 2
        < latest.size();
  }

  private Optional<IpPort> count() {
    Map<IpAddress, Integer> perAddress = new HashMap<>();
    Map<IpPort, Integer> perPort = new HashMap<>();
    for (Vote vote : votes.values()) {
      perAddress.merge(vote.observed.address(), 1, Integer::sum);
      perPort.merge(vote.observed, 1, Integer::sum);
    }
    IpPort best = null;
    int bestVotes = 0;
    for (Vote vote : votes.values()) {
      int count = perAddress.getOrDefault(vote.observed.address(), 0);
      int withPort = perPort.getOrDefault(vote.observed, 0);
      boolean isAgreed = count >= Protocol.MIN_ADDRESS_VOTES && 2 * count > votes.size();
      if (isAgreed && withPort > bestVotes) {
        best = vote.observed;
        bestVotes = withPort;
      }
    }
    return Optional.ofNullable(best);
  }
}
