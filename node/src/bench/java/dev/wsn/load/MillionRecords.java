package dev.wsn.load;

import dev.wsn.kademlia.HeldRecord;
import dev.wsn.node.DhtNode;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RecordSeal;
import dev.wsn.store.RecordStore;
import dev.wsn.store.StoreResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stores records as a node does (signature verified, committed) and prints how many a second; then
 * starts a node that holds them and prints how long that took and what heap it uses.
 */
public final class MillionRecords {
  private static final int IN_FLIGHT = 1_024;
  private static final int RECORDS_PER_SECOND = 10_000;
  private static final int SIGNED_AT_ONCE = 50_000;

  private MillionRecords() {}

  /**
   * Measures.
   *
   * @param arguments a directory, how many records, and {@code fill} or {@code start}
   */
  public static void main(String[] arguments) throws InterruptedException {
    Path parent = Path.of(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    if (arguments[2].equals("fill")) {
      fill(parent.resolve("node0"), count);
    } else {
      start(parent, count);
    }
  }

  private static void fill(Path directory, int count) throws InterruptedException {
    RecordSeal seals = RecordSeal.of(LoadNodes.secret(LoadNodes.FIRST_NODE));
    AtomicInteger failed = new AtomicInteger();
    long nanos = 0;
    long now = LoadNodes.unixSeconds();
    try (RecordStore store =
        RecordStore.open(
            directory, LoadNodes.NETWORK, seals, LoadNodes::millis, System.err::println)) {
      for (int from = 0; from < count; from += SIGNED_AT_ONCE) {
        List<AddressRecord> signed = new ArrayList<>();
        for (int i = from; i < Math.min(count, from + SIGNED_AT_ONCE); i++) {
          // As if they came at a steady rate, so that those that expire together came together.
          signed.add(LoadNodes.record(i, now - (count - i) / RECORDS_PER_SECOND));
        }
        long start = System.nanoTime();
        Semaphore inFlight = new Semaphore(IN_FLIGHT);
        for (AddressRecord each : signed) {
          var verdict = LoadNodes.RULES.verify(each.compact(), now);
          AddressRecord verified = ((RecordRules.Verdict.Accepted) verdict).addressRecord();
          inFlight.acquire();
          store.put(
              new HeldRecord(verified, HeldRecord.OWN),
              result -> {
                failed.addAndGet(result == StoreResult.ON_DISK ? 0 : 1);
                inFlight.release();
              });
        }
        inFlight.acquire(IN_FLIGHT);
        nanos += System.nanoTime() - start;
        if (from == 0) {
          nanos = 0; // The first group warms the machine up.
        }
      }
    }
    int measured = count - SIGNED_AT_ONCE;
    System.out.printf(
        "{\"stored\":%d,\"failed\":%d,\"per_s\":%.0f}%n",
        count, failed.get(), measured * 1e9 / nanos);
  }

  private static void start(Path parent, int count) {
    long start = System.nanoTime();
    try (DhtNode node = LoadNodes.start(0, 0, parent, List.of(), count)) {
      LoadNodes.await(node.joined());
      double seconds = (System.nanoTime() - start) / 1e9;
      long heap = LoadNodes.heapBytes();
      System.out.printf(
          "{\"records\":%d,\"start_s\":%.1f,\"heap_bytes_each\":%.0f,\"file_exists\":%b}%n",
          node.view().records(),
          seconds,
          (double) heap / node.view().records(),
          Files.exists(parent.resolve("node0").resolve("wsn.db")));
    }
  }
}
