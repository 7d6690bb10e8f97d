package dev.wsn.bench;

import dev.wsn.crypto.SecretKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordCodec;
import dev.wsn.record.RecordRules;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The record of a relay with two endpoints: compact codec, and the whole check that a node makes.
 * Limits: {@link #copy} for the codec, {@code verify} of {@link CurveBenchmark} for the check.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RecordBenchmark {
  private static final long CREATED_AT = 1_790_000_000;

  @Param private BackEnd backEnd = BackEnd.NATIVE;

  private RecordRules rules = new RecordRules(BackEnd.PORTABLE.curve(), false);
  private NostrEvent event = record(rules).event();
  private byte[] compact = RecordCodec.encode(event);

  /** Signs the record. */
  @Setup
  public void setUp() {
    rules = new RecordRules(backEnd.curve(), false);
    event = record(rules).event();
    compact = RecordCodec.encode(event);
  }

  private static AddressRecord record(RecordRules rules) {
    SecureRandom random = new SecureRandom();
    return rules.sign(
        SecretKey.generate(random),
        List.of(Endpoint.parse("203.0.113.7:4848"), Endpoint.parse("[2001:db9::1]:4848")),
        CREATED_AT,
        Duration.ofHours(2),
        random.generateSeed(32));
  }

  /** Event to bytes. */
  @Benchmark
  public byte[] encode() {
    return RecordCodec.encode(event);
  }

  /** Bytes to event, id recomputed. */
  @Benchmark
  public NostrEvent decode() {
    return RecordCodec.decode(compact);
  }

  /** The limit of both: the same bytes copied. */
  @Benchmark
  public byte[] copy() {
    return compact.clone();
  }

  /** Bytes to verified record: every rule, id and signature. */
  @Benchmark
  public RecordRules.Verdict verify() {
    return rules.verify(compact, CREATED_AT);
  }
}
