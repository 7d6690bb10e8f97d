package dev.wsn.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IndexedHeapTest {
  private static final class Item {
    private int rank;
    private int position = -1;

    private Item(int rank) {
      this.rank = rank;
    }
  }

  private static final class Heap extends IndexedHeap<Item> {
    private int sign = 1;

    @Override
    protected boolean isBefore(Item first, Item second) {
      return sign * Integer.compare(first.rank, second.rank) < 0;
    }

    @Override
    protected int position(Item element) {
      return element.position;
    }

    @Override
    protected void moved(Item element, int position) {
      element.position = position;
    }
  }

  /** Against a list that is searched, over many random changes. */
  @Test
  void firstIsAlwaysTheOneThatASearchFinds() {
    SplittableRandom random = new SplittableRandom(3);
    Heap heap = new Heap();
    List<Item> model = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      int what = random.nextInt(10);
      if (what < 5 || model.isEmpty()) {
        Item item = new Item(random.nextInt(1_000));
        heap.add(item);
        model.add(item);
      } else if (what < 8) {
        Item gone = model.remove(random.nextInt(model.size()));
        heap.remove(gone);
      } else if (what < 9) {
        Item moved = model.get(random.nextInt(model.size()));
        moved.rank = random.nextInt(1_000);
        heap.changed(moved);
      } else {
        heap.sign = -heap.sign;
        heap.reorder();
      }
      assertThat(heap.size()).isEqualTo(model.size());
      if (!model.isEmpty()) {
        int best =
            model.stream()
                .map(item -> heap.sign * item.rank)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        assertThat(heap.sign * heap.first().rank).isEqualTo(best);
      }
    }
    List<Item> seen = new ArrayList<>();
    heap.forEach(seen::add);
    assertThat(seen).containsExactlyInAnyOrderElementsOf(model);
  }
}
