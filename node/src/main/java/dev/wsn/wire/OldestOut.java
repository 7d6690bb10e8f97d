package dev.wsn.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A map of bounded size: one entry too many pushes out the one that was used least recently, or
 * that is oldest.
 */
final class OldestOut<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;

  private final int maxEntries;
  private final transient Consumer<V> evicted;

  private OldestOut(int maxEntries, boolean byUse, Consumer<V> evicted) {
    super(16, 0.75f, byUse);
    this.maxEntries = maxEntries;
    this.evicted = evicted;
  }

  /** Drops the entry that was read or written least recently, and hands it to {@code evicted}. */
  static <K, V> OldestOut<K, V> byUse(int maxEntries, Consumer<V> evicted) {
    return new OldestOut<>(maxEntries, true, evicted);
  }

  /** Drops the entry that was put first, and hands it to {@code evicted}. */
  static <K, V> OldestOut<K, V> byAge(int maxEntries, Consumer<V> evicted) {
    return new OldestOut<>(maxEntries, false, evicted);
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    if (size() <= maxEntries) {
      return false;
    }
    evicted.accept(eldest.getValue());
    return true;
  }
}
