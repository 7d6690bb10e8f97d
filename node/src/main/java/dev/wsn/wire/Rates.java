package dev.wsn.wire;

import dev.wsn.kademlia.Protocol;

/**
 * How many requests a second a {@link DatagramSealer} opens (PROTOCOL.md, "Limits and cookies").
 * Each rate allows {@link Protocol#BURST_SECONDS} seconds' worth at once. The requests of one
 * subnet may be four times those of one address.
 *
 * @param unproven rates of requests whose source address may be forged
 * @param proven rates of requests with a cookie
 * @param challengesPerAddress challenges that are sent to one address
 * @param challenges challenges in total
 * @param slots counters per kind of source; 8 bytes each, five kinds
 * @param isLocal whether addresses that are not public are exempt from the rates of one source: in
 *     a network of one machine everybody has the same
 */
public record Rates(
    Allowance unproven,
    Allowance proven,
    int challengesPerAddress,
    int challenges,
    int slots,
    boolean isLocal) {

  /**
   * The rates of one class of requests, a second.
   *
   * @param perAddress of one address
   * @param perSubnet of one /24 (IPv4) or /48 (IPv6)
   * @param total of all
   * @param agreements key agreements with callers whose keys are not at hand
   */
  public record Allowance(int perAddress, int perSubnet, int total, int agreements) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a rate is less than one
     */
    public Allowance {
      check(perAddress, perSubnet, total, agreements);
    }
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is less than one
   */
  public Rates {
    check(challengesPerAddress, challenges, slots, slots);
  }

  private static void check(int a, int b, int c, int d) {
    if (Math.min(Math.min(a, b), Math.min(c, d)) < 1
        || Math.max(Math.max(a, b), Math.max(c, d)) > Protocol.MAX_RATE) {
      throw new IllegalArgumentException("every rate is 1 to " + Protocol.MAX_RATE);
    }
  }

  /** What a node on the Internet allows. */
  public static Rates defaults() {
    return new Rates(
        new Allowance(
            Protocol.UNPROVEN_PER_ADDRESS,
            Protocol.UNPROVEN_PER_SUBNET,
            Protocol.UNPROVEN_IN_TOTAL,
            Protocol.UNPROVEN_AGREEMENTS),
        new Allowance(
            Protocol.PROVEN_PER_ADDRESS,
            Protocol.PROVEN_PER_SUBNET,
            Protocol.PROVEN_IN_TOTAL,
            Protocol.PROVEN_AGREEMENTS),
        Protocol.CHALLENGES_PER_ADDRESS,
        Protocol.CHALLENGES_IN_TOTAL,
        Protocol.RATE_SLOTS,
        false);
  }

  /** The same for a network of one machine or building. */
  public Rates asLocal() {
    return new Rates(unproven, proven, challengesPerAddress, challenges, slots, true);
  }

  /** The same with fewer or more counters. */
  public Rates withSlots(int count) {
    return new Rates(unproven, proven, challengesPerAddress, challenges, count, isLocal);
  }

  /**
   * The same with another bound of all requests together.
   *
   * @param total unproven, a second; proven ones two and a half times as many
   */
  public Rates withTotal(int total) {
    return new Rates(
        new Allowance(unproven.perAddress, unproven.perSubnet, total, unproven.agreements),
        new Allowance(proven.perAddress, proven.perSubnet, scaled(total, 2.5), proven.agreements),
        challengesPerAddress,
        challenges,
        slots,
        isLocal);
  }

  /**
   * The same with another bound of the requests of one address.
   *
   * @param perAddress unproven, a second; proven ones five times as many, and a subnet may send
   *     four times as much as an address
   */
  public Rates withPerAddress(int perAddress) {
    return new Rates(
        new Allowance(perAddress, scaled(perAddress, 4), unproven.total, unproven.agreements),
        new Allowance(
            scaled(perAddress, 5), scaled(perAddress, 20), proven.total, proven.agreements),
        challengesPerAddress,
        challenges,
        slots,
        isLocal);
  }

  /** A multiple, at most what a counter can count: one event a nanosecond. */
  private static int scaled(int rate, double factor) {
    return (int) Math.min(Protocol.MAX_RATE, rate * factor);
  }
}
