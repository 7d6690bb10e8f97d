package dev.wsn.resolver;

import java.util.List;
import java.util.Optional;

/**
 * Why an answer should be believed to be fresh.
 *
 * @param policy what was asked for
 * @param source where the answer comes from: {@code dht}, {@code mirror}, {@code local} (what this
 *     node keeps or has just published), {@code cache} (at most a minute old) or {@code stale}
 *     (older)
 * @param asked nodes that a request was sent to
 * @param answered nodes that replied in time
 * @param had nodes that returned a valid record of the key
 * @param agreed nodes that returned the newest one
 * @param conflicting nodes that returned another one
 * @param hops length of the longest chain of referrals that led to an answer
 * @param elapsedMillis from the question to the answer
 * @param path whom the lookup asked, by hops, at most {@link AskedNode#MAX}; empty if that is not
 *     known or was not asked for
 * @param mirror URL of the Nostr relay that had the record when the DHT had none; remains when the
 *     answer is told again from memory
 * @param widened whether, why and by how much the lookup was widened; empty if it was not
 */
public record Evidence(
    ResolvePolicy policy,
    String source,
    int asked,
    int answered,
    int had,
    int agreed,
    int conflicting,
    int hops,
    long elapsedMillis,
    List<AskedNode> path,
    Optional<String> mirror,
    Optional<Widening> widened) {
  /** Source of what a mirror had. */
  public static final String MIRROR = "mirror";

  /** Copies the path. */
  public Evidence {
    path = List.copyOf(path);
  }

  /** Evidence of no mirror that does not tell of the path, of a lookup that was not widened. */
  public Evidence(
      ResolvePolicy policy,
      String source,
      int asked,
      int answered,
      int had,
      int agreed,
      int conflicting,
      int hops,
      long elapsedMillis) {
    this(
        policy,
        source,
        asked,
        answered,
        had,
        agreed,
        conflicting,
        hops,
        elapsedMillis,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  /** Nobody was asked. */
  public static Evidence none(ResolvePolicy policy, String source) {
    return new Evidence(policy, source, 0, 0, 0, 0, 0, 0, 0);
  }

  /** The same evidence with a path, or another one. */
  public Evidence along(List<AskedNode> other) {
    return with(source, elapsedMillis, other, mirror);
  }

  /** The same evidence without the path, told later from another place. */
  public Evidence from(String place) {
    return with(place, elapsedMillis, List.of(), mirror);
  }

  /** This is how the network was asked in vain, and then a mirror had the record. */
  public Evidence ofMirror(String url, long elapsed) {
    return with(MIRROR, elapsed, path, Optional.of(url));
  }

  private Evidence with(String place, long elapsed, List<AskedNode> along, Optional<String> relay) {
    return new Evidence(
        policy,
        place,
        asked,
        answered,
        had,
        agreed,
        conflicting,
        hops,
        elapsed,
        along,
        relay,
        widened);
  }
}
