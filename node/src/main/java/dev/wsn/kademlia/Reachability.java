package dev.wsn.kademlia;

import dev.wsn.record.IpPort;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether others reach this node in one address family without being asked first. A router that
 * translates addresses, or a firewall, lets in only what answers; a node behind one would stand in
 * tables and cost everybody timeouts. A node counts as reachable until a trial shows otherwise: for
 * ten minutes a request is awaited from an address that nothing was sent to for some minutes. If
 * none comes, though enough nodes know this one, it goes on as a client and tries again in an hour.
 */
final class Reachability {
  static final long TRIAL_MILLIS = 10 * 60_000;

  /** From the end of a trial to the next one. */
  static final long PAUSE_MILLIS = 60 * 60_000;

  /**
   * What was sent in the current and the previous turn may have opened the router for its answers;
   * routers keep that open for 30 s to a few minutes (RFC 4787, 4.3). Less than the pause between
   * two pings of a contact, so that in a small network, where all know all, pings are enough.
   */
  static final long TURN_MILLIS = 2 * 60_000;

  private Set<IpPort> sentNow = new HashSet<>();
  private Set<IpPort> sentBefore = new HashSet<>();
  private boolean isReachable = true;
  private boolean isTrial;
  private long trialAtMillis = Long.MAX_VALUE;
  private long knownFromMillis;
  private long turnAtMillis;

  /** Whether the node may stand in tables. */
  boolean isReachable() {
    return isReachable;
  }

  /** Begins the first trial; nothing was sent before. */
  void start(long nowMillis) {
    begin(nowMillis);
    knownFromMillis = nowMillis;
  }

  /** Begins a trial, because the time for it has come or the own address changed. */
  void begin(long nowMillis) {
    isTrial = true;
    isReachable = true;
    trialAtMillis = nowMillis;
    turnAtMillis = nowMillis;
    knownFromMillis = nowMillis + 2 * TURN_MILLIS;
    sentNow.clear();
    sentBefore.clear();
  }

  /** A request is being sent; false if there is no room to remember that. */
  boolean sent(long nowMillis, IpPort to) {
    if (isTrial) {
      turn(nowMillis);
      if (sentNow.size() >= Protocol.MAX_ADDRESSES_SENT_TO) {
        return sentNow.contains(to);
      }
      sentNow.add(to);
    }
    return true;
  }

  /** A request arrived. */
  void received(long nowMillis, IpPort from) {
    boolean isProof = isTrial && nowMillis >= knownFromMillis;
    if (isProof) {
      turn(nowMillis);
      isProof = !sentNow.contains(from) && !sentBefore.contains(from);
    }
    if (isProof) {
      end(nowMillis, true);
    }
  }

  /**
   * Ends a trial that is over, or begins the next.
   *
   * @param isKnown whether enough nodes know this one that somebody would have written
   */
  void judge(long nowMillis, boolean isKnown) {
    if (isTrial && nowMillis >= trialAtMillis + TRIAL_MILLIS) {
      end(nowMillis, !isKnown);
    } else if (!isTrial && nowMillis >= trialAtMillis) {
      begin(nowMillis);
    }
  }

  private void end(long nowMillis, boolean isGood) {
    isTrial = false;
    isReachable = isGood;
    trialAtMillis = nowMillis + PAUSE_MILLIS;
    sentNow = new HashSet<>();
    sentBefore = new HashSet<>();
  }

  private void turn(long nowMillis) {
    if (nowMillis >= turnAtMillis + TURN_MILLIS) {
      boolean isOneOnly = nowMillis < turnAtMillis + 2 * TURN_MILLIS;
      Set<IpPort> gone = sentBefore;
      sentBefore = sentNow;
      sentNow = gone;
      sentNow.clear();
      if (!isOneOnly) {
        sentBefore.clear();
      }
      turnAtMillis += (nowMillis - turnAtMillis) / TURN_MILLIS * TURN_MILLIS;
    }
  }
}
