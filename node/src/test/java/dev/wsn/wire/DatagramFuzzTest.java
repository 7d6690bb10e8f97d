package dev.wsn.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What fuzzing found interesting, and changes of it, again in every build. */
class DatagramFuzzTest {
  private static final Path CORPUS = Path.of("src", "test", "resources", "fuzz", "datagrams");
  private static final int CHANGES = 50;

  @Test
  void corpusHoldsAndSoDoItsNeighbours() throws IOException {
    List<Path> corpus;
    try (Stream<Path> files = Files.list(CORPUS)) {
      corpus = files.sorted().toList();
    }
    assertThat(corpus).hasSizeGreaterThan(100);
    SplittableRandom random = new SplittableRandom(1);
    for (Path file : corpus) {
      byte[] input = Files.readAllBytes(file);
      DatagramFuzz.fuzzerTestOneInput(input);
      for (int i = 0; i < CHANGES && input.length > 1; i++) {
        byte[] changed = Arrays.copyOf(input, 1 + random.nextInt(input.length + 8));
        changed[random.nextInt(changed.length)] = (byte) random.nextInt();
        DatagramFuzz.fuzzerTestOneInput(changed);
      }
    }
  }
}
