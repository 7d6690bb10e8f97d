package dev.wsn.crypto.noise;

import dev.wsn.crypto.Vectors;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The patterns of the Noise specification, read from noise/patterns.txt. */
final class Patterns {
  private static final Map<String, HandshakePattern> ALL =
      Vectors.text("../noise/patterns.txt")
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(Patterns::parse)
          .collect(Collectors.toMap(HandshakePattern::name, Function.identity()));

  private Patterns() {}

  static HandshakePattern named(String name) {
    return Objects.requireNonNull(ALL.get(name), name);
  }

  static Map<String, HandshakePattern> all() {
    return ALL;
  }

  private static HandshakePattern parse(String line) {
    int colon = line.indexOf(':');
    String notation = line.substring(colon + 1).replace(" / ", "\n");
    return HandshakePattern.parse(line.substring(0, colon), notation);
  }
}
