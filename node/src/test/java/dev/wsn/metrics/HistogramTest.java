package dev.wsn.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class HistogramTest {
  @Test
  void boundIsInclusiveAndTheLastRangeIsOpen() {
    Histogram histogram = Histogram.ofNumbers();
    histogram.observe(0);
    histogram.observe(1);
    histogram.observe(5);
    histogram.observe(1e9);
    histogram.observe(-3);
    long[] counts = histogram.counts();
    assertThat(counts).hasSize(histogram.bounds().length + 1);
    assertThat(counts[0]).isEqualTo(2);
    assertThat(counts[1]).isEqualTo(1);
    assertThat(counts[Arrays.binarySearch(histogram.bounds(), 6)]).isEqualTo(1);
    assertThat(counts[counts.length - 1]).isEqualTo(1);
    assertThat(histogram.sum()).isEqualTo(1e9 + 6);
  }

  @Property(tries = 200)
  void everyValueFallsIntoTheRangeThatHoldsIt(
      @ForAll @DoubleRange(min = 0, max = 100) double value) {
    Histogram histogram = Histogram.ofSeconds();
    histogram.observe(value);
    long[] counts = histogram.counts();
    double[] bounds = histogram.bounds();
    for (int i = 0; i < counts.length; i++) {
      boolean isAbove = i == 0 || value > bounds[i - 1];
      boolean isBelow = i == bounds.length || value <= bounds[i];
      assertThat(counts[i]).isEqualTo(isAbove && isBelow ? 1 : 0);
    }
  }

  private enum Colour {
    RED,
    BLUE
  }

  @Test
  void tallyTellsConstantsApart() {
    Tally<Colour> tally = new Tally<>(Colour.class);
    tally.count(Colour.RED);
    tally.add(Colour.BLUE, 4);
    assertThat(tally.of(Colour.RED)).isEqualTo(1);
    assertThat(tally.of(Colour.BLUE)).isEqualTo(4);
    assertThat(tally.total()).isEqualTo(5);
  }
}
