package dev.wsn.simulator;

import java.util.List;
import java.util.function.Function;

/**
 * What a run showed.
 *
 * @param plan what was run
 * @param seed of its random source, to name it
 * @param traceHash of every datagram sent, 32 hexadecimal digits; the same on every machine
 * @param datagrams sent
 * @param bytes sent
 * @param virtualMillis that passed, the preparation included
 * @param published records whose publication was confirmed
 * @param unpublished records whose publication was not confirmed; they are not looked up
 * @param acknowledgements that a confirmed publication had on average
 * @param samples one per lookup, in the order of their ends
 * @param abandoned lookups whose reader left before they ended
 * @param requestsPerMinute requests that each server received per minute while it was measured, in
 *     ascending order
 */
public record Findings(
    Plan plan,
    long seed,
    String traceHash,
    long datagrams,
    long bytes,
    long virtualMillis,
    int published,
    int unpublished,
    double acknowledgements,
    List<Sample> samples,
    int abandoned,
    List<Double> requestsPerMinute) {
  /** Copies the lists. */
  public Findings {
    samples = List.copyOf(samples);
    requestsPerMinute = List.copyOf(requestsPerMinute);
  }

  /** The figures of this run. */
  public Figures figures() {
    double[] answers =
        samples.stream()
            .filter(Sample::isFresh)
            .mapToDouble(Sample::answerMillis)
            .sorted()
            .toArray();
    double[] ends = samples.stream().mapToDouble(Sample::finalMillis).sorted().toArray();
    double[] loads = requestsPerMinute.stream().mapToDouble(each -> each).toArray();
    return new Figures(
        samples.size(),
        share(Sample::result, Sample.Result.FRESH),
        share(Sample::result, Sample.Result.STALE),
        Quantiles.of(answers, 0.5),
        Quantiles.of(answers, 0.95),
        Quantiles.of(answers, 0.99),
        share(Sample::finalResult, Sample.Result.FRESH),
        share(Sample::finalResult, Sample.Result.STALE),
        Quantiles.of(ends, 0.5),
        Quantiles.of(ends, 0.99),
        samples.stream().mapToInt(Sample::hops).average().orElse(0),
        samples.stream().mapToInt(Sample::asked).average().orElse(0),
        Quantiles.of(loads, 0.5),
        Quantiles.of(loads, 0.99),
        Quantiles.of(loads, 1));
  }

  private double share(Function<Sample, Sample.Result> which, Sample.Result result) {
    long count = samples.stream().filter(sample -> which.apply(sample) == result).count();
    return samples.isEmpty() ? 0 : (double) count / samples.size();
  }
}
