package dev.wsn.kademlia;

import java.util.ArrayList;
import java.util.List;

/** One call of the step machine: its time, and the effects that it collects. */
final class Step {
  private final Now now;
  private final List<Effect> effects = new ArrayList<>();

  Step(Now now) {
    this.now = now;
  }

  long millis() {
    return now.monotonicMillis();
  }

  long unixSeconds() {
    return now.unixSeconds();
  }

  void emit(Effect effect) {
    effects.add(effect);
  }

  List<Effect> end(long wakeAtMillis) {
    effects.add(new Effect.WakeAt(Math.max(wakeAtMillis, now.monotonicMillis())));
    return List.copyOf(effects);
  }
}
