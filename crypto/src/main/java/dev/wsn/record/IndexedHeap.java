package dev.wsn.record;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A priority queue whose elements know where they stand in it, so that any of them can leave in
 * logarithmic time without a search; four to five bytes an element (binary heap, Williams 1964).
 * Not thread-safe.
 *
 * @param <E> an element stands in at most one heap of each kind
 */
public abstract class IndexedHeap<E> {
  private final List<E> elements = new ArrayList<>();

  /** Whether the first of two elements leaves first. */
  protected abstract boolean isBefore(E first, E second);

  /** Where an element stands, as it was told last. */
  protected abstract int position(E element);

  /** Tells an element where it stands. */
  protected abstract void moved(E element, int position);

  /** Number of elements. */
  public final int size() {
    return elements.size();
  }

  /** Whether there are no elements. */
  public final boolean isEmpty() {
    return elements.isEmpty();
  }

  /**
   * The element that leaves first.
   *
   * @throws IndexOutOfBoundsException if there is none
   */
  public final E first() {
    return elements.get(0);
  }

  /** Adds an element that is not in this heap. */
  public final void add(E element) {
    elements.add(element);
    rise(elements.size() - 1, element);
  }

  /** Removes an element that is in this heap. */
  public final void remove(E element) {
    int at = position(element);
    E last = elements.remove(elements.size() - 1);
    if (at < elements.size()) {
      settle(at, last);
    }
  }

  /** Puts an element that is in this heap where it belongs after its order changed. */
  public final void changed(E element) {
    settle(position(element), element);
  }

  /** Puts all elements where they belong after the order changed; linear time. */
  public final void reorder() {
    for (int at = elements.size() / 2 - 1; at >= 0; at--) {
      sink(at, elements.get(at));
    }
  }

  /** Passes every element on, in no order. */
  public final void forEach(Consumer<E> each) {
    elements.forEach(each);
  }

  private void settle(int at, E element) {
    int parent = (at - 1) / 2;
    if (at > 0 && isBefore(element, elements.get(parent))) {
      rise(at, element);
    } else {
      sink(at, element);
    }
  }

  private void rise(int from, E element) {
    int at = from;
    while (at > 0) {
      int parentAt = (at - 1) / 2;
      E parent = elements.get(parentAt);
      if (!isBefore(element, parent)) {
        break;
      }
      put(at, parent);
      at = parentAt;
    }
    put(at, element);
  }

  private void sink(int from, E element) {
    int at = from;
    int size = elements.size();
    while (2 * at + 1 < size) {
      int childAt = 2 * at + 1;
      if (childAt + 1 < size && isBefore(elements.get(childAt + 1), elements.get(childAt))) {
        childAt++;
      }
      E child = elements.get(childAt);
      if (!isBefore(child, element)) {
        break;
      }
      put(at, child);
      at = childAt;
    }
    put(at, element);
  }

  private void put(int at, E element) {
    elements.set(at, element);
    moved(element, at);
  }
}
