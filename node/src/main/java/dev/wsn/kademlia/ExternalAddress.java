package dev.wsn.kademlia;

import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The own address of one family as others see it. Every network (/24, /48) has one vote, its last
 * one; an address holds when three networks and more than half of those that voted agree. So a few
 * liars, or many in one network, cannot move this node.
 */
final class ExternalAddress {
  private final Map<Subnet, IpPort> votes = new LinkedHashMap<>();
  private Optional<IpPort> agreed = Optional.empty();

  void vote(IpAddress voter, IpPort observed) {
    Subnet subnet = Subnet.of(voter);
    IpPort gone = votes.remove(subnet);
    if (gone == null && votes.size() >= Protocol.MAX_ADDRESS_VOTES) {
      gone = votes.remove(votes.keySet().iterator().next());
    }
    votes.put(subnet, observed);
    // Every reply votes, and nearly every vote is the same as the one that it replaces.
    if (!observed.equals(gone)) {
      agreed = count();
    }
  }

  Optional<IpPort> agreed() {
    return agreed;
  }

  private Optional<IpPort> count() {
    Map<IpAddress, Integer> perAddress = new HashMap<>();
    Map<IpPort, Integer> perPort = new HashMap<>();
    for (IpPort observed : votes.values()) {
      perAddress.merge(observed.address(), 1, Integer::sum);
      perPort.merge(observed, 1, Integer::sum);
    }
    IpPort best = null;
    int bestVotes = 0;
    for (IpPort observed : votes.values()) {
      int count = perAddress.getOrDefault(observed.address(), 0);
      int withPort = perPort.getOrDefault(observed, 0);
      boolean isAgreed = count >= Protocol.MIN_ADDRESS_VOTES && 2 * count > votes.size();
      if (isAgreed && withPort > bestVotes) {
        best = observed;
        bestVotes = withPort;
      }
    }
    return Optional.ofNullable(best);
  }
}
